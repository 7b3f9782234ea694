"""A database that was set back is told from one that went on."""

from datetime import datetime

from daywork.core.cursor import Cursor
from daywork.store.database import Database
from daywork.store.epoch_marker import Mark
from daywork.usecases.keep_epochs import begin_epoch_behind, begin_epochs, keep_epochs
from support.crew import COMPANY, found_crew


async def test_a_history_that_went_on_keeps_its_epoch(database: Database, now: datetime) -> None:
    crew = await found_crew(database, now)
    first = await database.write(lambda unit: keep_epochs(unit, {}))
    await crew.record("pump", now)

    second = await database.write(lambda unit: keep_epochs(unit, first))

    assert first == {COMPANY: Mark("e", 0)}
    assert second == {COMPANY: Mark("e", 1)}


async def test_a_history_behind_its_mark_begins_a_new_epoch(
    database: Database, now: datetime
) -> None:
    crew = await found_crew(database, now)
    await crew.record("pump", now)

    kept = await database.write(lambda unit: keep_epochs(unit, {COMPANY: Mark("e", 2)}))

    assert kept[COMPANY].epoch != "e"
    assert kept[COMPANY].revision == 1
    stored = await database.read(lambda unit: unit.organisations.progress(COMPANY))
    assert stored == (kept[COMPANY].epoch, 1)
    assert await database.write(lambda unit: keep_epochs(unit, kept)) == kept


async def test_a_copy_from_before_the_last_epoch_begins_another(
    database: Database, now: datetime
) -> None:
    await found_crew(database, now)

    kept = await database.write(lambda unit: keep_epochs(unit, {COMPANY: Mark("later", 0)}))

    assert kept[COMPANY].epoch not in {"e", "later"}


async def test_a_restored_backup_begins_a_new_epoch_in_any_case(
    database: Database, now: datetime
) -> None:
    await found_crew(database, now)

    kept = await database.write(begin_epochs)

    assert kept[COMPANY].epoch != "e"


async def test_a_cursor_from_further_on_shows_that_the_history_was_set_back(
    database: Database, now: datetime
) -> None:
    crew = await found_crew(database, now)
    await crew.record("pump", now)
    ana = crew.phones["Ana"].person_id

    async def epoch_after(revision: int, sight_revision: int, epoch: str = "e") -> str:
        cursor = Cursor(COMPANY, ana, epoch, revision, sight_revision, "")
        await database.write(lambda unit: begin_epoch_behind(unit, cursor))
        return (await database.read(lambda unit: unit.organisations.progress(COMPANY)))[0]

    for revision, sight_revision, epoch in ((1, 4, "e"), (0, 0, "e"), (9, 9, "another")):
        assert await epoch_after(revision, sight_revision, epoch) == "e"
    second = await epoch_after(2, 4)
    assert second != "e"
    assert await epoch_after(2, 4) == second
    assert await epoch_after(1, 5, second) != second
