"""Postings and batches are the truth of what went to the ledger."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from daywork.core.ids import OrganisationId
from daywork.core.mapping import Subject
from daywork.store.database import Database
from daywork.store.postings import StateTotal
from support.books import Books, map_all, map_one, plan, states
from support.crew import COMPANY, ROOF, Crew, entry_state, found_crew

SECOND = timedelta(seconds=1)
STRANGER = OrganisationId(UUID(int=9))


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def test_what_is_open_comes_oldest_first_and_up_to_a_limit(crew: Crew, now: datetime) -> None:
    for number in range(3):
        await crew.record(f"e{number}", now, f"0{number}:00", f"0{number}:30")
        await crew.approve(f"e{number}", now + number * SECOND)

    async def approved(
        until: datetime, limit: int, company: OrganisationId = COMPANY
    ) -> list[datetime]:
        return await crew.database.write(
            lambda unit: [
                one.approved_at for one in unit.postings.open_before(company, until, limit)
            ]
        )

    assert await approved(now + SECOND, 10) == [now, now + SECOND]
    assert await approved(now + 2 * SECOND, 2) == [now, now + SECOND]
    assert await approved(now + 2 * SECOND, 9, STRANGER) == []


async def test_only_what_waited_for_this_subject_is_released(crew: Crew, now: datetime) -> None:
    await crew.record("pump", now)
    await crew.record("shed", now, "16:00", "17:00", who="Ben")
    for entry in ("pump", "shed"):
        await crew.approve(entry, now)
    await plan(crew, Books(), now)

    await map_one(crew, now, Subject.EMPLOYEE, crew.phones["Ana"].person_id, "Ana")
    await map_one(crew, now, Subject.PROJECT, ROOF, "Roof")

    assert await states(crew, "pump") == [("computed", None)]
    assert await states(crew, "shed") == [("held", "unmapped.employee")]


async def test_a_batch_is_kept_byte_for_byte_with_its_members_and_attempts(
    crew: Crew, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    books = Books()
    batch_id = await plan(crew, books, now)
    assert batch_id is not None
    entry_id = (await entry_state(crew.database, COMPANY, "pump")).id

    batch = await crew.database.read(lambda unit: unit.postings.batch(COMPANY, batch_id))
    members = await crew.database.read(lambda unit: unit.postings.members(COMPANY, batch_id))
    stranger = await crew.database.read(lambda unit: unit.postings.batch(STRANGER, batch_id))
    for _ in range(2):  # Each has a number of its own.
        await crew.database.write(
            lambda unit: unit.postings.add_attempt(COMPANY, batch_id, now, "delivered")
        )
    digests = await crew.database.write(
        lambda unit: unit.postings.finish_batch(COMPANY, batch_id, now)
    )

    assert batch is not None
    assert (batch.state, batch.member_count, batch.worked_seconds) == ("frozen", 1, 28_800)
    assert batch.documents == [("book", f"{entry_id} 28800\n")]
    assert [member.entry_id for member in members] == [entry_id] == list(digests)
    assert stranger is None
    assert await states(crew, "pump") == [("posted", None)]
    assert await crew.database.read(lambda unit: unit.postings.frozen_batches()) == []
    assert await crew.database.read(lambda unit: unit.postings.totals(COMPANY)) == {
        "posted": StateTotal(1, 28_800)
    }
    assert await crew.database.read(lambda unit: unit.postings.totals(STRANGER)) == {}
