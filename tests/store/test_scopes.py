"""Rights are kept with the moment from which they hold, and so are the entries of projects."""

from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.ids import PersonId, ProjectId, TimeEntryId
from daywork.core.roles import Member, Role
from daywork.core.scope import Membership, Term
from daywork.store.database import Database
from daywork.store.scopes import load_memberships, load_terms
from daywork.store.unit_of_work import UnitOfWork
from support.crew import COMPANY, ROOF, SHED, Crew, entry_state, found_crew


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    for number in range(2):
        await founded.record(f"e{number}", now, f"0{number}:00", f"0{number}:30")
    return founded


async def test_what_people_became_is_known_with_its_reference_revision(crew: Crew) -> None:
    ana = crew.phones["Ana"].person_id

    def rename(unit: UnitOfWork) -> int:
        person = unit.people.get(COMPANY, ana)
        assert person is not None
        person = type(person)(COMPANY, ana, "Anna", None, person.roles)
        unit.people.change(person)
        unit.people.change(
            type(person)(COMPANY, ana, "Anna", None, frozenset((Role.FOREMAN,)), PersonId(ana))
        )
        return unit.organisations.reference_revision(COMPANY)

    last = await crew.database.write(rename)

    own = await crew.database.look_at(load_memberships(COMPANY, ana))
    everybody = await crew.database.look_at(load_memberships(COMPANY))
    assert sorted(own, key=lambda one: one.from_revision) == [
        Membership(Member(ana, frozenset((Role.WORKER,))), 1),
        Membership(Member(ana, frozenset((Role.FOREMAN,)), ana), last),
    ]
    assert len(everybody) == len(crew.phones) + 1


async def test_a_term_is_known_when_it_has_ended(crew: Crew, now: datetime) -> None:
    ana, ben = (crew.phones[name].person_id for name in ("Ana", "Ben"))

    def act(unit: UnitOfWork) -> list[bool]:
        for person_id in (ana, ben):
            unit.scopes.begin(COMPANY, Term(person_id, ROOF, 5, None), now)
        ended = [unit.scopes.end(COMPANY, ROOF, ana, 6), unit.scopes.end(COMPANY, ROOF, ana, 7)]
        unit.scopes.begin(COMPANY, Term(ana, ROOF, 8, None), now)
        return ended

    assert await crew.database.write(act) == [True, False]
    terms = await crew.database.look_at(load_terms(COMPANY, ana))
    assert sorted(terms, key=lambda one: one.from_revision) == [
        Term(ana, ROOF, 5, 6),
        Term(ana, ROOF, 8, None),
    ]
    present = await crew.database.read(lambda unit: unit.scopes.approvers(COMPANY))
    assert present == {ROOF: [ben, ana]}


async def test_the_entries_of_a_project_move_with_their_revisions_and_are_forgotten(
    crew: Crew,
) -> None:
    first, second = [(await entry_state(crew.database, COMPANY, f"e{n}")).id for n in range(2)]

    def note(unit: UnitOfWork) -> None:
        unit.scopes.note_entries(COMPANY, ROOF, [(first, 1), (second, 2)])
        unit.scopes.note_entries(COMPANY, SHED, [(first, 1)])
        unit.scopes.move_entries(COMPANY, {first: 9})

    async def projects(entry_id: TimeEntryId) -> frozenset[ProjectId]:
        return await crew.database.read(lambda unit: unit.scopes.projects_of(COMPANY, entry_id))

    await crew.database.write(note)

    assert await projects(first) == {ROOF, SHED}
    await crew.database.write(lambda unit: unit.scopes.forget_entries(COMPANY, ROOF))
    assert await projects(first) == {SHED}
    assert await projects(second) == await projects(TimeEntryId(UUID(int=9))) == frozenset()
