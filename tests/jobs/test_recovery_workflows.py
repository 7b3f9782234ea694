"""What durable work does about lost causes, nightly copies, and databases set back."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from dbos import DBOS
from sqlalchemy import update
from sqlmodel import col

from daywork.core.causality import CAUSAL_GAP_DAYS_MAX
from daywork.jobs.workflows import back_up, keep_feed, sweep
from daywork.store.database import open_database
from daywork.store.epoch_marker import EpochMarker
from daywork.store.migration import migrate
from daywork.store.organisations import SyncCounterRow
from support.books import Books
from support.chain import Chain
from support.crew import COMPANY, Crew, entry_state, found_crew
from support.engine import running_jobs, wait_for


@pytest.fixture
async def crew(database_url: str | None, tmp_path: Path, now: datetime) -> AsyncIterator[Crew]:
    await migrate(tmp_path, database_url)
    database = open_database(tmp_path, database_url)
    yield await found_crew(database, now)
    await database.close()


async def test_f20_what_waits_for_a_lost_device_counts_after_five_days_without_any_push(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    await crew.record("pump", now)
    ana, lost = crew.phones["Ana"], Chain(crew.phones["Ben"].chain.actor)
    lost.write("edit", "pump", {"note": "never sent"}, ana.chain.seen())
    ana.chain.write("edit", "pump", {"note": "saw it"}, ana.chain.seen() | lost.seen())
    assert (await ana.push(now))[0]["code"] == "causal_gap"

    notes = []
    for days in (CAUSAL_GAP_DAYS_MAX - 1, CAUSAL_GAP_DAYS_MAX):
        moment = now + timedelta(days=days)
        async with running_jobs(tmp_path, database_url, crew.database, Books(), moment):
            await wait_for("sweep")
        state = await entry_state(crew.database, COMPANY, "pump")
        notes.append(list(state.cells.get("note", {}).values()))

    assert notes == [[], ["saw it"]]
    assert "forced" in state.flags


async def test_a_database_set_back_under_running_servers_begins_a_new_epoch(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    marker = EpochMarker(tmp_path / "epochs.json")
    await crew.record("pump", now)
    back = update(SyncCounterRow).where(col(SyncCounterRow.organisation_id) == UUID(int=0xC0))
    async with running_jobs(tmp_path, database_url, crew.database, Books(), now):
        await wait_for("sweep")
        before = marker.read()[COMPANY]
        await crew.database.write(
            lambda unit: unit.session.execute(back.values(revision=0)).close()
        )
        again = await DBOS.start_workflow_async(sweep, now, None)
        await again.get_result()

    assert before.revision == 1
    assert marker.read()[COMPANY].epoch != before.epoch
    stored = await crew.database.read(lambda unit: unit.organisations.epoch(COMPANY))
    assert stored == marker.read()[COMPANY].epoch


async def test_the_nightly_backup_is_made_at_the_scheduled_moment(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    made: list[datetime] = []
    async with running_jobs(
        tmp_path, database_url, crew.database, Books(), now, back_up=made.append
    ):
        backing = await DBOS.start_workflow_async(back_up, now, None)
        await backing.get_result()

    assert made == [now]


async def test_every_night_it_is_counted_where_every_hour_is(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    await crew.record("pump", now, "07:00", "15:00")
    async with running_jobs(tmp_path, database_url, crew.database, Books(), now):
        keeping = await DBOS.start_workflow_async(keep_feed, now, None)
        await keeping.get_result()

    tallies = await crew.database.read(lambda unit: unit.conservation_tallies.all())
    counted = {one.bucket: (one.operations, one.worked_seconds) for one in tallies}
    assert counted["live"] == (1, 28_800)
    assert counted["unaccounted"] == counted["wrong_rows"] == (0, 0)
    assert {one.counted_at for one in tallies} == {now}
