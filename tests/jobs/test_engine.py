"""The engine starts what the doors set off, joins what comes in bursts, and stops cleanly."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from dbos import DBOS

from daywork.accounting.port import FrozenBatch
from daywork.core.ids import BatchId
from daywork.core.posting import PostingLine
from daywork.jobs.engine import DurableJobs
from daywork.store.database import open_database
from daywork.store.migration import migrate
from daywork.store.postings import StateTotal
from support.books import Books, map_all, totals
from support.crew import COMPANY, Crew, found_crew
from support.engine import running_jobs, wait_for

BURST = 50


@pytest.fixture
async def crew(tmp_path: Path, now: datetime) -> AsyncIterator[Crew]:
    """A crew on SQLite: what the engine does on PostgreSQL, test_workflows.py shows."""
    await migrate(tmp_path, None)
    database = open_database(tmp_path, None)
    founded = await found_crew(database, now)
    await map_all(founded, now)
    yield founded
    await database.close()


class Broken(Books):
    """A ledger that cannot even say what it would write, the first time."""

    is_broken = True

    def rendered(self, books: str, batch_id: BatchId, lines: Sequence[PostingLine]) -> FrozenBatch:
        """Fail once."""
        if self.is_broken:
            self.is_broken = False
            message = "no ink"
            raise RuntimeError(message)
        return super().rendered(books, batch_id, lines)


async def finished(jobs: DurableJobs) -> None:
    """Return when everything that was set off has run."""
    while jobs._runs:
        await asyncio.gather(*jobs._runs.values())


async def test_a_burst_of_approvals_makes_a_few_plans(
    crew: Crew, tmp_path: Path, now: datetime
) -> None:
    async with running_jobs(tmp_path, None, crew.database, Books(), now) as jobs:
        await wait_for("sweep")
        await crew.record("pump", now)
        await crew.approve("pump", now)
        for _ in range(BURST):
            await jobs.post(COMPANY)
        await finished(jobs)
        started = await DBOS.list_workflows_async(name="post_organisation")

    assert await totals(crew) == {"posted": StateTotal(1, 28_800)}
    assert len(started) <= 2


async def test_an_approval_that_comes_while_a_plan_runs_gets_a_plan_of_its_own(
    crew: Crew, tmp_path: Path, now: datetime
) -> None:
    async with running_jobs(tmp_path, None, crew.database, Books(), now) as jobs:
        await wait_for("sweep")
        await jobs.post(COMPANY)
        await crew.record("pump", now)
        await crew.approve("pump", now)
        await jobs.post(COMPANY)
        await finished(jobs)

    assert await totals(crew) == {"posted": StateTotal(1, 28_800)}


async def test_those_who_come_together_are_told_by_one_workflow(
    crew: Crew, tmp_path: Path, now: datetime
) -> None:
    ana, max_ = (crew.phones[name].person_id for name in ("Ana", "Max"))
    async with running_jobs(tmp_path, None, crew.database, Books(), now) as jobs:
        await jobs.tell(COMPANY, [])
        nobody = dict(jobs._runs)
        await jobs.tell(COMPANY, [ana])
        await jobs.tell(COMPANY, [max_, ana])
        await finished(jobs)
        started = await DBOS.list_workflows_async(name="tell")

    assert nobody == {}
    assert [workflow.input and workflow.input["args"] for workflow in started] == [
        (str(COMPANY), sorted((str(ana), str(max_))))
    ]


async def test_a_plan_that_failed_is_said_and_the_next_one_works(
    crew: Crew, tmp_path: Path, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    await crew.record("pump", now)
    books = Broken()
    async with running_jobs(tmp_path, None, crew.database, books, now) as jobs:
        await wait_for("sweep")
        await crew.approve("pump", now)
        await jobs.post(COMPANY)
        await finished(jobs)
        said = [record.message for record in caplog.records]
        await jobs.post(COMPANY)
        await finished(jobs)

    assert "post did not work; the sweep tries again" in said
    assert await totals(crew) == {"posted": StateTotal(1, 28_800)}


async def test_after_a_stop_nothing_runs_and_the_engine_can_start_again(
    crew: Crew, tmp_path: Path, now: datetime
) -> None:
    before = {thread.name for thread in threading.enumerate()}
    for _ in range(2):
        async with running_jobs(tmp_path, None, crew.database, Books(), now) as jobs:
            await jobs.post(COMPANY)
        left = [task for task in jobs._runs.values() if not task.done()]

        assert left == []
    # What others hand to the loop's threads after that still runs.
    assert await asyncio.to_thread(int, "7") == 7
    after = {thread.name for thread in threading.enumerate() if "asyncio" not in thread.name}
    assert not {name for name in after - before if "dbos" in name.lower()}


async def test_the_engines_tables_lie_apart_from_ours(
    crew: Crew, tmp_path: Path, now: datetime
) -> None:
    async with running_jobs(tmp_path, None, crew.database, Books(), now):
        await wait_for("sweep")

    tables = {}
    for name in ("daywork.sqlite", "jobs.sqlite"):
        with sqlite3.connect(tmp_path / name) as file:
            found = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables[name] = {table for (table,) in found}
    assert "workflow_status" in tables["jobs.sqlite"]
    assert tables["daywork.sqlite"].isdisjoint(tables["jobs.sqlite"])
