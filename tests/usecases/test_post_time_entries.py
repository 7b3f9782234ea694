"""What is approved is posted once; what cannot be is held and says why."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from daywork.accounting.port import FrozenBatch
from daywork.accounting.vendors.plain_text import PlainTextLedger
from daywork.core.errors import Unavailable
from daywork.core.ids import BatchId, OrganisationId
from daywork.core.mapping import Subject
from daywork.store.database import Database
from daywork.store.postings import StateTotal
from daywork.usecases import post_time_entries
from daywork.usecases.post_time_entries import deliver_batch, plan_batch, unfinished
from support.books import Books, Cut, map_all, map_one, plan, post, postings, states, totals
from support.chain import interval
from support.crew import COMPANY, ROOF, Crew, entry_state, found_crew
from support.strategies import DIGEST_OF_SOMETHING_ELSE

EIGHT_HOURS = 28_800
SECOND = timedelta(seconds=1)


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


@pytest.fixture
def books() -> Books:
    return Books()


async def test_an_approval_makes_its_posting_in_the_same_transaction(
    crew: Crew, now: datetime
) -> None:
    await crew.record("pump", now)
    assert await postings(crew, "pump") == []

    assert await crew.approve("pump", now) == "applied"

    version = (await entry_state(crew.database, COMPANY, "pump")).approved
    assert version is not None
    assert [(one.state, one.digest) for one in await postings(crew, "pump")] == [
        ("computed", version.digest)
    ]


async def test_approved_work_is_posted_and_the_phones_are_told(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    before = await entry_state(crew.database, COMPANY, "pump")

    await post(crew, books, now)

    after = await entry_state(crew.database, COMPANY, "pump")
    assert after.approved is not None
    assert after.posted_digest == after.approved.digest
    assert after.revision > before.revision
    assert await totals(crew) == {"posted": StateTotal(1, EIGHT_HOURS)}
    assert list(books.blocks.values()) == [[("book", f"{after.id} {EIGHT_HOURS}\n")]]


async def test_nothing_is_posted_that_nobody_approved_or_that_is_in_conflict(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("draft", now)
    await crew.record("pump", now, "16:00", "17:00")
    # Max changes the time without having seen what Ana changes meanwhile.
    seen = crew.phones["Ana"].chain.seen()
    for name, end in (("Ana", "18:00"), ("Max", "18:30")):
        phone = crew.phones[name]
        phone.chain.write("edit", "pump", {"time": interval("16:00", end)}, seen)
        await phone.push(now)
    answer = await crew.phones["Max"].decide("approve", "pump", now, DIGEST_OF_SOMETHING_ELSE)

    assert answer == "held"
    assert await plan(crew, books, now) is None
    assert await totals(crew) == {}


async def test_an_approval_can_be_undone_for_a_while(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)

    assert await plan(crew, books, now + 599 * SECOND, hold_seconds=600) is None
    assert await crew.phones["Max"].decide("revoke", "pump", now + 599 * SECOND) == "applied"
    assert await plan(crew, books, now + 601 * SECOND, hold_seconds=600) is None
    assert await states(crew, "pump") == [("withdrawn", None)]


async def test_after_that_while_it_is_planned(crew: Crew, books: Books, now: datetime) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)

    assert await plan(crew, books, now + 600 * SECOND, hold_seconds=600) is not None
    assert await states(crew, "pump") == [("frozen", None)]


async def test_what_is_in_a_frozen_batch_cannot_be_revoked(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    await plan(crew, books, now)

    assert await crew.phones["Max"].decide("revoke", "pump", now) == "held"
    assert await states(crew, "pump") == [("frozen", None)]


async def test_work_without_a_name_in_the_ledger_waits_for_it_and_goes_on(
    crew: Crew, books: Books, now: datetime
) -> None:
    await crew.record("pump", now)
    await crew.approve("pump", now)
    await post(crew, books, now)
    seen = await states(crew, "pump")
    await map_one(crew, now, Subject.EMPLOYEE, crew.phones["Ana"].person_id, "Ana")
    await post(crew, books, now)
    seen += await states(crew, "pump")
    await map_one(crew, now, Subject.PROJECT, ROOF, "Roof")
    await post(crew, books, now)
    seen += await states(crew, "pump")

    assert seen == [
        ("held", "unmapped.employee"),
        ("held", "unmapped.project"),
        ("posted", None),
    ]


async def test_held_work_does_not_keep_other_work_back(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("nowhere", now, project=None)
    await crew.record("pump", now, "16:00", "17:00")
    await crew.approve("nowhere", now)
    await crew.approve("pump", now + SECOND)

    await post(crew, books, now + SECOND)

    assert await states(crew, "nowhere") == [("held", "no_project")]
    assert await states(crew, "pump") == [("posted", None)]


async def test_a_change_before_the_batch_is_posted_instead(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    assert await crew.change("pump", now, "07:00", "14:00") == "amendment"
    await crew.approve("pump", now + SECOND)

    await post(crew, books, now + SECOND)

    assert await states(crew, "pump") == [("withdrawn", None), ("posted", None)]
    assert await totals(crew) == {
        "withdrawn": StateTotal(1, 0),
        "posted": StateTotal(1, EIGHT_HOURS - 3_600),
    }


@pytest.mark.parametrize("is_delivered", [False, True])
async def test_a_change_after_the_batch_is_held_as_a_correction(
    crew: Crew, books: Books, now: datetime, *, is_delivered: bool
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    if is_delivered:
        await post(crew, books, now)
    else:
        await plan(crew, books, now)
    await crew.change("pump", now, "07:00", "14:00")
    await crew.approve("pump", now + SECOND)

    assert await plan(crew, books, now + SECOND) is None
    assert await states(crew, "pump") == [
        ("posted" if is_delivered else "frozen", None),
        ("held", "correction"),
    ]


async def test_a_frozen_batch_stays_as_it_is_whatever_is_renamed(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    batch_id = await plan(crew, books, now)
    assert batch_id is not None
    frozen = await crew.database.read(lambda unit: unit.postings.batch(COMPANY, batch_id))
    await map_one(crew, now, Subject.PROJECT, ROOF, "Tower")

    await deliver_batch(crew.database, books, COMPANY, batch_id, now)

    assert frozen is not None
    assert books.blocks[batch_id] == frozen.documents


async def test_a_batch_that_is_delivered_twice_is_in_the_books_once(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    batch_id = await plan(crew, books, now)
    assert batch_id is not None

    for _ in range(3):
        await deliver_batch(crew.database, books, COMPANY, batch_id, now)

    assert books.sent == 1
    assert await totals(crew) == {"posted": StateTotal(1, EIGHT_HOURS)}


async def test_a_cut_between_delivery_and_receipt_sends_nothing_twice(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    batch_id = await plan(crew, books, now)
    assert batch_id is not None
    books.failure = Cut()
    with pytest.raises(Cut):
        await deliver_batch(crew.database, books, COMPANY, batch_id, now)
    assert await states(crew, "pump") == [("frozen", None)]
    books.failure = None

    left = await crew.database.read(lambda unit: unfinished(unit, now, 0))
    for organisation_id, frozen_id in left.frozen:
        await deliver_batch(crew.database, books, organisation_id, frozen_id, now)

    assert left.frozen == [(COMPANY, batch_id)]
    assert books.sent == 1
    assert await states(crew, "pump") == [("posted", None)]


async def test_a_ledger_that_is_away_gets_the_same_batch_later(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    batch_id = await plan(crew, books, now)
    assert batch_id is not None
    books.failure = Unavailable(60)
    with pytest.raises(Unavailable):
        await deliver_batch(crew.database, books, COMPANY, batch_id, now)
    books.failure = None

    assert await plan(crew, books, now) is None
    await deliver_batch(crew.database, books, COMPANY, batch_id, now)

    assert list(books.blocks) == [batch_id]


async def test_more_than_a_batch_takes_goes_into_several(
    crew: Crew, books: Books, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_time_entries, "BATCH_POSTINGS_MAX", 2)
    await map_all(crew, now)
    for hour in range(5):
        await crew.record(f"e{hour}", now, f"{hour:02}:00", f"{hour:02}:30")
        await crew.approve(f"e{hour}", now + hour * SECOND)

    batches = await post(crew, books, now + 5 * SECOND)

    assert [text.count("\n") for ((_, text),) in books.blocks.values()] == [2, 2, 1]
    assert len(set(batches)) == 3
    assert await totals(crew) == {"posted": StateTotal(5, 5 * 1_800)}


async def test_two_planners_at_once_plan_each_posting_once(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    for hour in range(4):
        await crew.record(f"e{hour}", now, f"{hour:02}:00", f"{hour:02}:30")
        await crew.approve(f"e{hour}", now)

    planned = await asyncio.gather(*(plan(crew, books, now) for _ in range(4)))

    assert len([batch_id for batch_id in planned if batch_id is not None]) == 1
    assert await totals(crew) == {"frozen": StateTotal(4, 4 * 1_800)}


async def test_the_sweep_sees_what_is_open_and_where(
    crew: Crew, books: Books, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)

    early = await crew.database.read(lambda unit: unfinished(unit, now, 60))
    due = await crew.database.read(lambda unit: unfinished(unit, now + 60 * SECOND, 60))
    await post(crew, books, now)
    after = await crew.database.read(lambda unit: unfinished(unit, now, 0))

    assert [list(one.open_in) for one in (early, due, after)] == [[], [COMPANY], []]
    assert list(early.organisations) == [COMPANY]


async def test_a_batch_that_is_not_there_is_nothing_to_deliver(
    crew: Crew, books: Books, now: datetime
) -> None:
    await deliver_batch(crew.database, books, COMPANY, BatchId(UUID(int=9)), now)

    assert books.sent == 0


async def test_two_organisations_of_one_home_never_share_books(
    crew: Crew, books: Books, now: datetime
) -> None:
    other = await found_crew(crew.database, now, OrganisationId(UUID(int=0xC1)))
    for one in (other, crew):
        await map_all(one, now)
        await one.record("pump", now)
        await one.approve("pump", now)
        await post(one, books, now)

    names = [name for ((name, _),) in books.blocks.values()]
    assert names == [f"{other.organisation_id}/book", "book"]


async def test_the_real_books_get_the_hours(
    crew: Crew, now: datetime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ledger = PlainTextLedger(tmp_path_factory.mktemp("books"))
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    batch_id = await crew.database.write(lambda unit: plan_batch(unit, ledger, COMPANY, now, 0))
    assert batch_id is not None
    await deliver_batch(crew.database, ledger, COMPANY, batch_id, now)

    batch = await crew.database.read(lambda unit: unit.postings.batch(COMPANY, batch_id))
    assert batch is not None
    assert ledger.holds(FrozenBatch(batch_id, batch.documents))
    assert "(hours:Ana:Roof)  8.0000 h" in dict(batch.documents)["daywork.journal"]
