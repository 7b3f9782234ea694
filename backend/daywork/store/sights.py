"""What somebody sees, asked of the database with as few questions as the case allows."""

from collections.abc import Collection

from daywork.core.principal import Principal
from daywork.core.roles import Member, Permission, member_of
from daywork.core.scope import Rights, sees_team, sight_mark, sight_of
from daywork.store.feed import load_members
from daywork.store.scopes import load_memberships, load_terms
from daywork.store.statements import Steps


def load_sight(principal: Principal, reference_revision: int, mark: str | None = None) -> Steps:
    """Return the Sight of this moment.

    ``mark`` is that of the last known one: where it fits the sight without projects,
    nobody is asked about projects.
    """
    me = member_of(principal)
    members: Collection[Member] = ()
    if sees_team(me):
        members = yield from load_members(principal.organisation_id)
    sight = sight_of(me, members, (), reference_revision)
    if sight.owner_ids is None or sight_mark(sight) == mark:
        return sight
    terms = yield from load_terms(principal.organisation_id, principal.person_id)
    return sight_of(me, members, terms, reference_revision)


def load_rights(principal: Principal) -> Steps:
    """Return the Rights that the person's sight depends on, then and now."""
    organisation_id = principal.organisation_id
    terms = yield from load_terms(organisation_id, principal.person_id)
    memberships = yield from load_memberships(organisation_id, principal.person_id)
    looks = (Permission.SEE_TEAM, Permission.SEE_ALL)
    if any(one.member.may(permission) for one in memberships for permission in looks):
        memberships = yield from load_memberships(organisation_id)
    return Rights(memberships, terms)
