"""Whose time entries a person sees, and what changes when that does.

A scope is the entries of one person (``w:``) or of one project (``p:``). What was in
sight at an earlier moment is computed again from the history of people's rights, by
the rules of today: a cursor only names the moment.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from daywork.core.hash_chain import encode_base64url
from daywork.core.ids import PersonId, ProjectId
from daywork.core.roles import Member, Permission, visible_owners

BEFORE_ALL: Final = -1  # a reference revision at which nobody saw anything

_MARK_BYTES = 6
_MARKS_MAX = 4_096  # remembered: each pull asks for its person's


@dataclass(frozen=True, slots=True)
class Grant:
    """A project whose entries one sees. One that is given again is another grant."""

    project_id: ProjectId
    from_revision: int


@dataclass(frozen=True, slots=True)
class Sight:
    """All scopes of a person. None means everybody's entries, of those to come as well."""

    owner_ids: frozenset[PersonId] | None
    grants: frozenset[Grant] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is seen."""
        return self.owner_ids is not None and not self.owner_ids and not self.grants


@dataclass(frozen=True, slots=True)
class Membership:
    """What somebody was from a reference revision on, until their next one."""

    member: Member
    from_revision: int


@dataclass(frozen=True, slots=True)
class Term:
    """The reference revisions during which somebody approves a project."""

    person_id: PersonId
    project_id: ProjectId
    from_revision: int
    to_revision: int | None  # None: until further notice


@dataclass(frozen=True, slots=True)
class Rights:
    """The history of rights, as far as one person's sight depends on it."""

    memberships: Sequence[Membership]
    terms: Sequence[Term]

    def sight_at(self, person_id: PersonId, revision: int) -> Sight:
        """Return what the person saw at a reference revision."""
        members = members_at(self.memberships, revision)
        me = next((member for member in members if member.id == person_id), None)
        if me is None:
            return Sight(frozenset())
        terms = [term for term in self.terms if term.person_id == person_id]
        return sight_of(me, members, terms, revision)

    @property
    def person_ids(self) -> frozenset[PersonId]:
        """Everybody who is in this history."""
        return frozenset(membership.member.id for membership in self.memberships)


def members_at(memberships: Sequence[Membership], revision: int) -> Sequence[Member]:
    """Return what people were at a reference revision."""
    latest: dict[PersonId, Membership] = {}
    for membership in memberships:
        known = latest.get(membership.member.id)
        is_newer = known is None or known.from_revision < membership.from_revision
        if is_newer and membership.from_revision <= revision:
            latest[membership.member.id] = membership
    return [membership.member for membership in latest.values()]


def sight_of(
    me: Member, members: Collection[Member], terms: Collection[Term], revision: int
) -> Sight:
    """Return what ``me`` sees; ``members`` are needed of those who see a team only."""
    owner_ids = visible_owners(me, members)
    if owner_ids is None:
        return Sight(None)  # Projects add nothing to everything.
    grants = [
        Grant(term.project_id, term.from_revision)
        for term in terms
        if term.from_revision <= revision
        and (term.to_revision is None or revision < term.to_revision)
    ]
    return Sight(frozenset(owner_ids), frozenset(grants))


def sees_team(member: Member) -> bool:
    """Whether the sight of ``member`` depends on other people's rights."""
    return member.may(Permission.SEE_TEAM) and not member.may(Permission.SEE_ALL)


@lru_cache(maxsize=_MARKS_MAX)
def sight_mark(sight: Sight) -> str:
    """Return a text that is equal for equal sights."""
    if sight.owner_ids is None:
        return "all"
    owners = " ".join(sorted(str(owner_id) for owner_id in sight.owner_ids))
    grants = " ".join(sorted(f"{one.project_id}/{one.from_revision}" for one in sight.grants))
    digest = hashlib.sha256(f"{owners};{grants}".encode()).digest()
    return encode_base64url(digest[:_MARK_BYTES])


def entered(sight: Sight, complete: Sequence[Sight], everybody: Collection[PersonId]) -> Sight:
    """Return what is in ``sight`` and was not in all of ``complete``."""
    known = _in_all(complete)
    if sight.owner_ids is None:
        is_all_new = known.owner_ids is not None and not known.owner_ids
        if is_all_new or known.owner_ids is None:
            return Sight(None if is_all_new else frozenset())
        return Sight(frozenset(everybody) - known.owner_ids)
    owner_ids = frozenset() if known.owner_ids is None else sight.owner_ids - known.owner_ids
    return Sight(owner_ids, sight.grants - known.grants)


def left(before: Sight, after: Sight, everybody: Collection[PersonId]) -> Sight:
    """Return what was in sight before and is not after."""
    if after.owner_ids is None:
        return Sight(frozenset())
    owner_ids = frozenset(everybody) if before.owner_ids is None else before.owner_ids
    return Sight(owner_ids - after.owner_ids, before.grants - after.grants)


def scope_names(sight: Sight) -> list[str]:
    """Return the scopes of a sight that is not everybody's, as the wire calls them."""
    assert sight.owner_ids is not None, "everybody is not a list"
    people = sorted(f"w:{owner_id}" for owner_id in sight.owner_ids)
    return [*people, *sorted({f"p:{grant.project_id}" for grant in sight.grants})]


def _in_all(sights: Sequence[Sight]) -> Sight:
    """Return what is in all of ``sights``, of which there is at least one."""
    owner_ids: frozenset[PersonId] | None = None
    grants = sights[0].grants
    for sight in sights:
        grants &= sight.grants
        if sight.owner_ids is not None:
            owner_ids = sight.owner_ids if owner_ids is None else owner_ids & sight.owner_ids
    return Sight(owner_ids, grants)
