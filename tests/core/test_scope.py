"""Whose entries somebody sees, and what changes when that does."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.ids import PersonId, ProjectId
from daywork.core.roles import Member, Role
from daywork.core.scope import (
    BEFORE_ALL,
    Grant,
    Membership,
    Rights,
    Sight,
    Term,
    entered,
    left,
    members_at,
    scope_names,
    sees_team,
    sight_mark,
)
from support.strategies import law

ANA, BEN, MAX, OLGA = (PersonId(UUID(int=number)) for number in range(1, 5))
ROOF = ProjectId(UUID(int=10))
EVERYBODY = frozenset((ANA, BEN, MAX, OLGA))
NOBODY = Sight(frozenset())
ALL = Sight(None)


def became(
    who: PersonId, revision: int, *roles: Role, manager: PersonId | None = None
) -> Membership:
    """Return what somebody was from ``revision`` on."""
    return Membership(Member(who, frozenset(roles), manager), revision)


RIGHTS = Rights(
    (
        became(MAX, 1, Role.MANAGER),
        became(OLGA, 2, Role.OFFICE),
        became(ANA, 3, Role.WORKER, manager=MAX),
        became(BEN, 4, Role.WORKER, manager=MAX),
        became(BEN, 6, Role.WORKER, manager=OLGA),
        became(OLGA, 7, Role.MANAGER),
        became(MAX, 9, Role.WORKER),
    ),
    (Term(ANA, ROOF, 5, 8), Term(ANA, ROOF, 9, None), Term(BEN, ROOF, 5, None)),
)


@pytest.mark.parametrize(
    ("who", "revision", "seen"),
    [
        (MAX, BEFORE_ALL, NOBODY),
        (MAX, 1, Sight(frozenset((MAX,)))),
        (MAX, 2, Sight(frozenset((MAX, OLGA)))),
        (MAX, 5, Sight(frozenset((MAX, OLGA, ANA, BEN)))),
        (MAX, 7, Sight(frozenset((MAX, OLGA, ANA)))),
        (MAX, 9, Sight(frozenset((MAX,)))),
        (OLGA, 6, ALL),
        (OLGA, 7, Sight(frozenset((OLGA, MAX, BEN)))),
        (ANA, 4, Sight(frozenset((ANA,)))),
        (ANA, 5, Sight(frozenset((ANA,)), frozenset((Grant(ROOF, 5),)))),
        (ANA, 8, Sight(frozenset((ANA,)))),
        (ANA, 9, Sight(frozenset((ANA,)), frozenset((Grant(ROOF, 9),)))),
    ],
)
def test_what_was_in_sight_is_known_of_every_moment(
    who: PersonId, revision: int, seen: Sight
) -> None:
    assert RIGHTS.sight_at(who, revision) == seen


def test_what_people_were_does_not_depend_on_the_order_of_the_rows() -> None:
    turned = tuple(reversed(RIGHTS.memberships))

    for revision in range(-1, 10):
        members = {member.id: member for member in members_at(RIGHTS.memberships, revision)}
        assert {member.id: member for member in members_at(turned, revision)} == members
    assert RIGHTS.person_ids == EVERYBODY
    assert sees_team(became(MAX, 1, Role.MANAGER).member)
    assert not sees_team(became(MAX, 1, Role.MANAGER, Role.OFFICE).member)


sights = st.builds(
    Sight,
    st.one_of(st.none(), st.frozensets(st.sampled_from(sorted(EVERYBODY)))),
    st.frozensets(st.builds(Grant, st.just(ROOF), st.integers(1, 3))),
).map(lambda sight: ALL if sight.owner_ids is None else sight)


def owners(sight: Sight) -> frozenset[PersonId]:
    return EVERYBODY if sight.owner_ids is None else sight.owner_ids


@law
@given(sights, st.lists(sights, min_size=1, max_size=3))
def test_i13_cursor_what_enters_and_what_was_complete_make_the_whole_sight(
    sight: Sight, complete: list[Sight]
) -> None:
    new = entered(sight, complete, EVERYBODY)

    complete_owners = frozenset.intersection(*(owners(one) for one in complete))
    grants = frozenset.intersection(*(one.grants for one in complete))
    assert owners(new) == owners(sight) - complete_owners
    assert new.grants == sight.grants - grants


@law
@given(sights, sights)
def test_i14_scope_safety_what_was_left_is_all_that_is_not_seen_any_more(
    before: Sight, after: Sight
) -> None:
    gone = left(before, after, EVERYBODY)

    assert owners(gone) == owners(before) - owners(after)
    assert after == ALL or gone.grants == before.grants - after.grants
    assert gone.is_empty is not bool(scope_names(gone))


@law
@given(sights, sights)
def test_equal_sights_have_equal_marks_and_others_have_not(one: Sight, other: Sight) -> None:
    assert (sight_mark(one) == sight_mark(other)) is (one == other)


def test_scopes_have_the_names_of_the_wire() -> None:
    sight = Sight(frozenset((BEN, ANA)), frozenset((Grant(ROOF, 5), Grant(ROOF, 9))))

    assert scope_names(sight) == [f"w:{ANA}", f"w:{BEN}", f"p:{ROOF}"]
    assert left(sight, ALL, EVERYBODY).is_empty
