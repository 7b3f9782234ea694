"""Revisions come last before the commit, and a statement that comes behind them is seen."""

import asyncio
from datetime import datetime

import pytest
from sqlmodel import col, select, update

from daywork.store.database import Database, PostgresqlDatabase, SqliteDatabase
from daywork.store.organisations import OrganisationRow, SyncCounterRow
from daywork.store.push_statements import MEMBERS, MOVE_COUNTER
from daywork.store.statements import Change, Query, Steps
from daywork.store.unit_of_work import UnitOfWork
from support.crew import COMPANY, Crew, entry_state, found_crew
from support.revision_watch import WATCH

MOVED = update(SyncCounterRow).where(col(SyncCounterRow.organisation_id) == COMPANY)


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    await founded.record("e0", now)
    return founded


async def faults() -> list[str]:
    """Return what was seen once everything that is on its way has been reported."""
    await asyncio.sleep(0)
    return WATCH.taken()


async def test_i21_rev_last_nothing_follows_in_a_push_or_when_time_was_booked(
    crew: Crew, now: datetime
) -> None:
    entry = await entry_state(crew.database, COMPANY, "e0")

    await crew.approve("e0", now)
    await crew.database.write(
        lambda unit: unit.time_entries.mark_posted(COMPANY, {entry.id: "sha256:z"})
    )

    assert await faults() == []


async def test_i21_rev_last_a_statement_of_a_use_case_behind_the_counter_is_seen(
    crew: Crew,
) -> None:
    def late(unit: UnitOfWork) -> None:
        unit.session.execute(MOVED.values(revision=5))
        unit.session.scalars(select(OrganisationRow)).all()

    await crew.database.write(late)

    (fault,) = await faults()
    assert "FROM organisation" in fault


async def test_i21_rev_last_a_statement_of_a_push_behind_the_counter_is_seen(crew: Crew) -> None:
    def steps() -> Steps:
        yield Change(MOVE_COUNTER, [(COMPANY, 5)])
        yield Query(MEMBERS, (COMPANY,))

    assert isinstance(crew.database, SqliteDatabase | PostgresqlDatabase)
    await crew.database._run_steps(steps)

    (fault,) = await faults()
    assert "FROM person" in fault


async def test_i21_rev_last_other_numbers_of_the_counter_and_the_next_job_are_no_fault(
    crew: Crew,
) -> None:
    def act(unit: UnitOfWork) -> None:
        unit.session.execute(MOVED.values(reference_revision=5, horizon_revision=1))
        unit.session.scalars(select(OrganisationRow)).all()
        unit.session.execute(MOVED.values(revision=5))

    await asyncio.gather(*(crew.database.write(act) for _ in range(4)))

    assert await faults() == []
