"""Who is asking."""

from dataclasses import dataclass

from daywork.core.ids import Actor, OrganisationId, PersonId


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person on one device, with the roles of this very request."""

    organisation_id: OrganisationId
    person_id: PersonId
    roles: frozenset[str]  # worker foreman manager office admin auditor
    actor: Actor
