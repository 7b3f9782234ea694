"""The count of every recorded hour finds what is missing, and what says something else."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlmodel import col

from daywork.core.conservation import Bucket
from daywork.store.database import Database
from daywork.store.operations import OperationRow
from daywork.store.time_entries import TimeEntryRow
from daywork.usecases.conserve_time import Tally, conserve
from support.chain import allocation, entry_id, interval
from support.crew import COMPANY, Crew, found_crew

HOUR = 3600


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    """A crew with one approved, one plain, and one held entry."""
    founded = await found_crew(database, now)
    await founded.record("approved", now, "07:00", "15:00")
    await founded.approve("approved", now)
    await founded.record("plain", now, "15:00", "17:00")
    ana = founded.phones["Ana"]
    nowhere = allocation(str(UUID(int=9)))
    ana.chain.write("new", "held", {"time": interval("18:00", "19:00"), "alloc": nowhere})
    assert (await ana.push(now))[0]["code"] == "unknown_ref"
    return founded


async def counted(database: Database) -> Tally:
    """Count everything."""
    tally: Tally = await database.look_at(conserve(COMPANY))
    return tally


async def test_every_hour_is_somewhere(crew: Crew) -> None:
    tally = await counted(crew.database)

    assert tally.operations == {Bucket.LIVE: 2, Bucket.HELD: 1}
    assert tally.seconds == {Bucket.LIVE: 10 * HOUR, Bucket.HELD: HOUR}
    assert tally.is_whole


async def test_an_entry_that_vanished_leaves_its_operations_unaccounted(crew: Crew) -> None:
    plain = UUID(entry_id("plain").removeprefix("te:"))
    gone = delete(TimeEntryRow).where(col(TimeEntryRow.id) == plain)
    await crew.database.write(lambda unit: unit.session.execute(gone).close())

    tally = await counted(crew.database)

    assert tally.unaccounted == 1
    assert not tally.is_whole


async def test_a_row_whose_operation_vanished_is_wrong(crew: Crew) -> None:
    plain = UUID(entry_id("plain").removeprefix("te:"))
    gone = delete(OperationRow).where(col(OperationRow.entry_id) == plain)
    await crew.database.write(lambda unit: unit.session.execute(gone).close())

    tally = await counted(crew.database)

    assert tally.wrong_rows == [plain]
    assert not tally.is_whole


async def test_more_entries_than_a_page_holds_are_all_counted(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]
    for number in range(520):
        hour, minute = divmod(number, 60)
        moment = f"{hour:02}:{minute:02}"
        ana.chain.write("new", f"many {number}", {"time": interval(moment, moment)})
        if number % 200 == 199:
            await ana.push(now)
    await ana.push(now)

    tally = await counted(crew.database)

    assert tally.operations[Bucket.LIVE] == 522
    assert tally.is_whole
