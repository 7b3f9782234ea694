"""Durable work on the real engine: everything is done once, whatever was cut off."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from dbos import DBOS

from daywork.core.errors import Unavailable
from daywork.core.ids import OrganisationId
from daywork.core.json_value import JsonValue
from daywork.jobs.workflows import (
    REMEMBERED_DAYS,
    forget,
    keep_feed,
    post_organisation,
    sweep,
    tell,
)
from daywork.store.database import open_database
from daywork.store.migration import migrate
from daywork.store.postings import StateTotal
from daywork.usecases.move_horizon import TOMBSTONE_DAYS
from support.books import Books, Cut, map_all, plan, states, totals
from support.crew import COMPANY, Crew, found_crew
from support.engine import running_jobs, wait_for
from support.push_receiver import new_receiver
from support.senders import Recorder

HALF_AN_HOUR = 1_800
OTHER_COMPANY = OrganisationId(UUID(int=0xC1))
ENDPOINT = "https://fcm.googleapis.com/fcm/send/1"


@pytest.fixture
async def crew(database_url: str | None, tmp_path: Path, now: datetime) -> AsyncIterator[Crew]:
    await migrate(tmp_path, database_url)
    database = open_database(tmp_path, database_url)
    founded = await found_crew(database, now)
    await map_all(founded, now)
    yield founded
    await database.close()


async def approve_some(crew: Crew, now: datetime, count: int = 2) -> None:
    for hour in range(count):
        await crew.record(f"e{hour}", now, f"{hour:02}:00", f"{hour:02}:30")
        await crew.approve(f"e{hour}", now)


async def test_what_is_approved_is_planned_and_each_batch_has_a_workflow_of_its_id(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    books = Books()
    await approve_some(crew, now)
    async with running_jobs(tmp_path, database_url, crew.database, books, now):
        posting = await DBOS.start_workflow_async(post_organisation, str(COMPANY))
        await posting.get_result()
        (delivery,) = await DBOS.list_workflows_async(name="deliver")

    assert await totals(crew) == {"posted": StateTotal(2, 2 * HALF_AN_HOUR)}
    assert [delivery.workflow_id] == [str(batch_id) for batch_id in books.blocks]


async def test_a_batch_that_a_crash_left_is_delivered_at_the_next_start(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    books = Books()
    await approve_some(crew, now)
    await plan(crew, books, now)
    async with running_jobs(tmp_path, database_url, crew.database, books, now):
        await wait_for("sweep")

    assert await totals(crew) == {"posted": StateTotal(2, 2 * HALF_AN_HOUR)}
    assert books.sent == 1


async def test_what_nobody_planned_before_a_crash_is_planned_at_the_next_start(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    books = Books()
    await approve_some(crew, now)
    async with running_jobs(tmp_path, database_url, crew.database, books, now):
        await wait_for("post_organisation")

    assert await totals(crew) == {"posted": StateTotal(2, 2 * HALF_AN_HOUR)}


async def test_a_receipt_that_was_cut_off_is_written_by_the_next_sweep(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    books = Books(failure=Cut())
    await approve_some(crew, now)
    await plan(crew, books, now)
    async with running_jobs(tmp_path, database_url, crew.database, books, now):
        await wait_for("sweep")
        cut = await states(crew, "e0")
        books.failure = None
        again = await DBOS.start_workflow_async(sweep, now, None)
        await again.get_result()

    assert cut == [("frozen", None)]
    assert await states(crew, "e0") == [("posted", None)]
    assert books.sent == 1


async def test_a_ledger_that_is_away_keeps_no_other_organisation_waiting(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    books = Books(failure=Unavailable(60))
    await approve_some(crew, now)
    stuck = await plan(crew, books, now)
    other = await found_crew(crew.database, now, OTHER_COMPANY)
    await map_all(other, now)
    await approve_some(other, now)
    books.only = stuck
    async with running_jobs(tmp_path, database_url, crew.database, books, now):
        await wait_for("sweep")
        await wait_for("post_organisation")

    assert await states(crew, "e0") == [("frozen", None)]
    assert await totals(other) == {"posted": StateTotal(2, 2 * HALF_AN_HOUR)}


async def test_people_are_told_by_a_workflow(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    phone = crew.phones["Max"]
    subscription = new_receiver(ENDPOINT).subscription()
    await crew.database.write(
        lambda unit: unit.push_subscriptions.keep(COMPANY, phone.chain.actor, subscription, now)
    )
    sender, later = Recorder(), now + timedelta(hours=1)
    async with running_jobs(tmp_path, database_url, crew.database, Books(), later, sender):
        telling = await DBOS.start_workflow_async(tell, str(COMPANY), [str(phone.person_id)])
        await telling.get_result()

    assert sender.sent == [ENDPOINT]


async def test_old_tombstones_of_every_organisation_are_let_go_of(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    other = await found_crew(crew.database, now, OTHER_COMPANY)
    for company in (crew, other):
        await company.record("e0", now)
        ana = company.phones["Ana"]
        gone: dict[str, JsonValue] = {"life": {"deleted": True, "reason": None}}
        ana.chain.write("delete", "e0", gone, ana.chain.seen(1))
        await ana.push(now)
    for moment in (now, now + timedelta(days=TOMBSTONE_DAYS)):
        async with running_jobs(tmp_path, database_url, crew.database, Books(), moment):
            keeping = await DBOS.start_workflow_async(keep_feed, moment, None)
            await keeping.get_result()

    horizons = await crew.database.read(
        lambda unit: [unit.feed_marks.horizon(one) for one in (COMPANY, OTHER_COMPANY)]
    )
    assert horizons == [2, 2]


async def test_workflows_of_long_ago_are_forgotten_and_others_are_not(
    crew: Crew, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    async with running_jobs(tmp_path, database_url, crew.database, Books(), now):
        await wait_for("sweep")
        (known,) = await DBOS.list_workflows_async(name="sweep")
        assert known.created_at is not None
        began = datetime.fromtimestamp(known.created_at / 1000, now.tzinfo)
        counts = []
        for days in (REMEMBERED_DAYS - 1, REMEMBERED_DAYS + 1):
            forgetting = await DBOS.start_workflow_async(forget, began + timedelta(days), None)
            await forgetting.get_result()
            counts.append(len(await DBOS.list_workflows_async(name="sweep")))

    assert counts == [1, 0]
