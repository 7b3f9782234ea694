"""Marks tell how old a revision is; the horizon is moved by hand of the jobs alone."""

from datetime import datetime, timedelta

import pytest

from daywork.store.database import Database
from daywork.store.scopes import TimeEntryScopeRow
from daywork.store.unit_of_work import UnitOfWork
from support.crew import COMPANY, ROOF, SHED, Crew, entry_state, found_crew

DAY = timedelta(days=1)


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    for number in range(3):
        await founded.record(f"e{number}", now, f"0{number}:00", f"0{number}:30")
    return founded


async def note(crew: Crew, moment: datetime) -> None:
    await crew.database.write(lambda unit: unit.feed_marks.note(COMPANY, moment))


async def test_a_mark_is_noted_once_for_each_place_of_the_counter(
    crew: Crew, now: datetime
) -> None:
    for days in (0, 0, 1):
        await note(crew, now + days * DAY)
    await crew.change("e0", now, "00:00", "00:10")
    await note(crew, now + 2 * DAY)

    async def before(moment: datetime) -> int | None:
        return await crew.database.read(lambda unit: unit.feed_marks.mark_before(COMPANY, moment))

    assert await before(now - DAY) is None
    assert [await before(now + days * DAY) for days in (0, 1, 2)] == [3, 3, 4]
    await crew.database.write(lambda unit: unit.feed_marks.forget_marks(COMPANY, 4))
    assert [await before(now + days * DAY) for days in (1, 2)] == [None, 4]


async def test_tombstones_are_deleted_entries_and_those_that_left_a_project(
    crew: Crew, now: datetime
) -> None:
    ids = [(await entry_state(crew.database, COMPANY, f"e{n}")).id for n in range(3)]
    ana = crew.phones["Ana"]
    ana.chain.write("delete", "e1", {"life": {"deleted": True, "reason": None}}, ana.chain.seen(2))
    await ana.push(now)

    def leave(unit: UnitOfWork) -> None:
        unit.scopes.note_entries(COMPANY, ROOF, [(ids[0], 1)])
        unit.scopes.note_entries(COMPANY, SHED, [(ids[2], 3)])
        left = unit.session.get(TimeEntryScopeRow, (COMPANY, ids[2], SHED))
        assert left is not None
        left.is_inside = False

    await crew.database.write(leave)

    async def newest(revision: int) -> int | None:
        return await crew.database.read(
            lambda unit: unit.feed_marks.newest_tombstone(COMPANY, revision)
        )

    assert [await newest(revision) for revision in (2, 3, 4, 9)] == [None, 3, 4, 4]
    await crew.database.write(lambda unit: unit.feed_marks.move_horizon(COMPANY, 3))
    assert await crew.database.read(lambda unit: unit.feed_marks.horizon(COMPANY)) == 3
    assert await newest(3) is None
