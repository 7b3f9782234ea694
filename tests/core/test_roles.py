"""Who decides about whose time."""

from collections.abc import Collection
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.ids import PersonId
from daywork.core.roles import (
    PERMISSIONS,
    Member,
    Permission,
    Role,
    deciders,
    may_decide,
    may_edit,
    may_see,
)
from support.strategies import law


def member(number: int, *roles: Role, manager: int | None = None) -> Member:
    """Return the person with that number."""
    manager_id = None if manager is None else PersonId(UUID(int=manager))
    return Member(PersonId(UUID(int=number)), frozenset(roles), manager_id)


def numbers(people: Collection[PersonId]) -> set[int]:
    """Return the numbers of those people."""
    return {person.int for person in people}


ana = member(1, Role.WORKER, manager=3)
bert = member(2, Role.WORKER)
cleo = member(3, Role.MANAGER, manager=4)
dora = member(4, Role.MANAGER)
emil = member(5, Role.OFFICE)
fay = member(6, Role.ADMIN)
gus = member(7, Role.AUDITOR)
hal = member(8, Role.FOREMAN)
EVERYBODY = (ana, bert, cleo, dora, emil, fay, gus, hal)

people = st.lists(
    st.builds(
        lambda number, roles, manager: member(number, *roles, manager=manager),
        st.integers(1, 6),
        st.sets(st.sampled_from(Role), max_size=3),
        st.none() | st.integers(1, 6),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda person: person.id,
)


@pytest.mark.parametrize(
    ("owner", "members", "expected"),
    [
        pytest.param(ana, EVERYBODY, {3}, id="the named manager"),
        pytest.param(bert, EVERYBODY, {3, 4}, id="every manager if none is named"),
        pytest.param(cleo, EVERYBODY, {4}, id="a manager's own manager"),
        pytest.param(dora, EVERYBODY, {3}, id="else any other manager"),
        pytest.param(dora, (ana, dora, emil, fay, gus), {5, 6}, id="else the office"),
        pytest.param(dora, (ana, dora, gus, hal), set(), id="nobody is left"),
        pytest.param(fay, (ana, fay), set(), id="not even an administrator's own"),
        pytest.param(ana, (ana, dora), {4}, id="the named manager has left"),
        pytest.param(member(9, Role.MANAGER, manager=9), EVERYBODY, {3, 4}, id="one's own manager"),
    ],
)
def test_somebody_else_decides(
    owner: Member, members: tuple[Member, ...], expected: set[int]
) -> None:
    assert numbers(deciders(owner, members)) == expected


@law
@given(people)
def test_nobody_decides_about_their_own_time(members: list[Member]) -> None:
    for person in members:
        assert not may_decide(person, person, members)


@law
@given(people)
def test_nobody_decides_without_a_role_for_it(members: list[Member]) -> None:
    for owner in members:
        for person in members:
            decides = may_decide(person, owner, members)
            assert not decides or person.may(Permission.DECIDE)


@law
@given(people)
def test_who_decides_or_edits_also_sees(members: list[Member]) -> None:
    for owner in members:
        for person in members:
            sees = may_see(person, owner, members)
            assert sees or not may_decide(person, owner, members)
            assert sees or not may_edit(person, owner, members)


@pytest.mark.parametrize(
    ("person", "seen", "edited"),
    [
        (ana, {1}, {1}),
        (cleo, {1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8}),
        (dora, {2, 3, 4, 5, 6, 7, 8}, {2, 3, 4, 5, 6, 7, 8}),
        (emil, {1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8}),
        (gus, {1, 2, 3, 4, 5, 6, 7, 8}, {7}),
        (hal, {8}, {8}),
    ],
    ids=["worker", "named manager", "other manager", "office", "auditor", "foreman"],
)
def test_each_role_sees_and_edits_whom_it_should(
    person: Member, seen: set[int], edited: set[int]
) -> None:
    assert {m.id.int for m in EVERYBODY if may_see(person, m, EVERYBODY)} == seen
    assert {m.id.int for m in EVERYBODY if may_edit(person, m, EVERYBODY)} == edited


def test_every_role_has_a_line_in_the_table_and_sees_its_own_time() -> None:
    assert PERMISSIONS.keys() == set(Role)
    assert all(Permission.SEE_OWN in allowed for allowed in PERMISSIONS.values())


def test_only_administrators_administer() -> None:
    administering = {role for role, may in PERMISSIONS.items() if Permission.ADMINISTER in may}

    assert administering == {Role.ADMIN}


def test_a_person_without_a_role_may_do_nothing() -> None:
    nobody = member(9)

    assert not any(nobody.may(permission) for permission in Permission)
