"""The company whose people, projects and ledger belong together."""

from dataclasses import dataclass

from daywork.core.ids import OrganisationId


@dataclass(frozen=True, slots=True)
class Organisation:
    """One tenant. Nothing of it is ever visible to another."""

    id: OrganisationId
    name: str
    time_zone: str  # IANA, used for work dates that name no zone
    currency: str  # ISO 4217
    is_practice: bool = False
