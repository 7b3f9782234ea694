"""Somebody of an organisation."""

from dataclasses import dataclass

from daywork.core.ids import OrganisationId, PersonId
from daywork.core.roles import Member, Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works, approves or keeps the books."""

    organisation_id: OrganisationId
    id: PersonId
    name: str
    email: str | None
    roles: frozenset[Role]
    manager_id: PersonId | None = None

    def as_member(self) -> Member:
        """Return the part that rights are judged by."""
        return Member(self.id, self.roles, self.manager_id)
