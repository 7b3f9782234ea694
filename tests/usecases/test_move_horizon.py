"""The horizon follows old tombstones, and nothing else."""

from datetime import datetime, timedelta

import pytest

from daywork.core.errors import CursorExpired
from daywork.core.json_value import JsonValue
from daywork.store.database import Database
from daywork.usecases.move_horizon import TOMBSTONE_DAYS, move_horizon
from daywork.usecases.read_time_entries import Pull, PullPage, pull_changes
from support.chain import entry_id
from support.crew import COMPANY, Crew, found_crew

KEY = bytes(32)
HALF_A_YEAR = timedelta(days=TOMBSTONE_DAYS)
DAY = timedelta(days=1)


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    for number in range(3):
        await founded.record(f"e{number}", now, f"0{number}:00", f"0{number}:30")
    return founded


async def night(crew: Crew, moment: datetime) -> int:
    """Run the job; return where the horizon is then."""
    await crew.database.write(lambda unit: move_horizon(unit, COMPANY, moment))
    return await crew.database.read(lambda unit: unit.feed_marks.horizon(COMPANY))


async def delete(crew: Crew, name: str, number: int, now: datetime) -> None:
    ana = crew.phones["Ana"]
    gone: dict[str, JsonValue] = {"life": {"deleted": True, "reason": None}}
    ana.chain.write("delete", name, gone, ana.chain.seen(number))
    await ana.push(now)


async def pulled(crew: Crew, cursor: str | None, now: datetime) -> PullPage:
    pull = Pull(cursor, 500, wants_sums=False, now=int(now.timestamp()))
    page: PullPage = await crew.database.look_at(
        pull_changes(crew.phones["Ana"].principal, pull, KEY)
    )
    return page


async def test_the_horizon_moves_past_tombstones_of_half_a_year_and_not_by_age_of_nothing(
    crew: Crew, now: datetime
) -> None:
    assert await night(crew, now) == 0
    assert await night(crew, now + 10 * HALF_A_YEAR) == 0
    await delete(crew, "e0", 1, now)
    deleted_at = now + 10 * HALF_A_YEAR + DAY

    assert await night(crew, deleted_at) == 0
    assert await night(crew, deleted_at + HALF_A_YEAR - DAY) == 0
    assert await night(crew, deleted_at + HALF_A_YEAR) == 4
    assert await night(crew, deleted_at + HALF_A_YEAR) == 4


async def test_a_cursor_from_before_the_horizon_begins_anew_and_a_newer_one_goes_on(
    crew: Crew, now: datetime
) -> None:
    before = (await pulled(crew, None, now)).cursor
    await delete(crew, "e0", 1, now)
    after = (await pulled(crew, before, now)).cursor
    await night(crew, now)
    later = now + HALF_A_YEAR
    assert (await pulled(crew, before, later)).gone
    await night(crew, later)

    with pytest.raises(CursorExpired):
        await pulled(crew, before, later)
    assert (await pulled(crew, after, later)).gone == []
    anew = await pulled(crew, None, later)
    assert [entry_id(name) in row for name, row in zip(("e1", "e2"), anew.rows, strict=True)]
    assert anew.gone == []
