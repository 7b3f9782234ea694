"""Who may do what: a table of roles, and who decides about whose time.

Nobody decides about their own time, whatever their role.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from daywork.core.ids import PersonId
from daywork.core.principal import Principal


class Role(StrEnum):
    """What a person is in an organisation; one person may have several."""

    WORKER = "worker"
    FOREMAN = "foreman"
    MANAGER = "manager"
    OFFICE = "office"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a role may allow."""

    SEE_OWN = "see_own"
    SEE_TEAM = "see_team"
    SEE_ALL = "see_all"
    DECIDE = "decide"
    EDIT_OTHERS = "edit_others"
    READ_POSTINGS = "read_postings"
    ADMINISTER = "administer"


PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.WORKER: frozenset((Permission.SEE_OWN,)),
    Role.FOREMAN: frozenset((Permission.SEE_OWN,)),
    Role.MANAGER: frozenset(
        (
            Permission.SEE_OWN,
            Permission.SEE_TEAM,
            Permission.DECIDE,
            Permission.EDIT_OTHERS,
        )
    ),
    Role.OFFICE: frozenset(
        (
            Permission.SEE_OWN,
            Permission.SEE_ALL,
            Permission.DECIDE,
            Permission.EDIT_OTHERS,
            Permission.READ_POSTINGS,
        )
    ),
    Role.ADMIN: frozenset(Permission) - {Permission.SEE_TEAM},
    Role.AUDITOR: frozenset((Permission.SEE_OWN, Permission.SEE_ALL, Permission.READ_POSTINGS)),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A person as far as rights go; ``manager_id`` is who decides, if named."""

    id: PersonId
    roles: frozenset[Role]
    manager_id: PersonId | None = None

    def may(self, permission: Permission) -> bool:
        """Whether one of the person's roles allows it."""
        return any(permission in PERMISSIONS[role] for role in self.roles)


def deciders(owner: Member, members: Collection[Member]) -> frozenset[PersonId]:
    """Return who may decide about ``owner``'s time; empty: needs a second person.

    ``members`` are the organisation's people. The owner's manager decides; with
    none named, or one who is no manager any more, every other manager; without
    any, the office and the administrators. Never the owner.
    """
    others = [member for member in members if member.id != owner.id]
    managers = frozenset(m.id for m in others if Role.MANAGER in m.roles)
    if owner.manager_id in managers:
        return frozenset((owner.manager_id,))
    if managers:
        return managers
    return frozenset(m.id for m in others if m.roles & {Role.OFFICE, Role.ADMIN})


def may_decide(person: Member, owner: Member, members: Collection[Member]) -> bool:
    """Whether ``person`` may approve, reject or revoke ``owner``'s time."""
    return person.id in deciders(owner, members)


def may_see(person: Member, owner: Member, members: Collection[Member]) -> bool:
    """Whether ``owner``'s time entries are in ``person``'s scopes."""
    return (
        person.id == owner.id
        or person.may(Permission.SEE_ALL)
        or person.id in deciders(owner, members)
    )


def may_edit(person: Member, owner: Member, members: Collection[Member]) -> bool:
    """Whether ``person`` may change ``owner``'s time entries."""
    return person.id == owner.id or (
        person.may(Permission.EDIT_OTHERS) and may_see(person, owner, members)
    )


def member_of(principal: Principal) -> Member:
    """Return who is signed in, as far as its own rights go."""
    return Member(principal.person_id, frozenset(map(Role, principal.roles)))


def visible_owners(me: Member, members: Collection[Member]) -> Collection[PersonId] | None:
    """Return whose entries ``me`` sees; None means everybody's.

    ``members`` are the organisation's people; only who sees a team needs them.
    """
    if me.may(Permission.SEE_ALL):
        return None
    if not me.may(Permission.SEE_TEAM):
        return {me.id}
    return {owner.id for owner in members if may_see(me, owner, members)}
