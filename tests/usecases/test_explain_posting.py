"""Every posted hour tells how it came to be, and every held one why it waits."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from daywork.core.errors import NotFound
from daywork.core.ids import OrganisationId, TimeEntryId
from daywork.core.money import Money
from daywork.core.posting import replayed
from daywork.store.database import Database
from daywork.store.postings import StateTotal
from daywork.usecases.explain_posting import Explanation, PostingList, explain_entry, list_postings
from daywork.usecases.maintain_mappings import set_rate
from support.books import Books, map_all, post
from support.crew import COMPANY, Crew, entry_state, found_crew

SECOND = timedelta(seconds=1)
ALL_STATES = ("computed", "held", "frozen", "posted", "withdrawn")


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def explained(crew: Crew, entry: str) -> Explanation:
    entry_id = (await entry_state(crew.database, COMPANY, entry)).id
    return await crew.database.read(lambda unit: explain_entry(unit, COMPANY, entry_id))


async def listed(crew: Crew, *states: str, limit: int = 10) -> PostingList:
    return await crew.database.read(lambda unit: list_postings(unit, COMPANY, states, limit))


async def test_a_posted_entry_tells_who_approved_what_and_what_it_came_to(
    crew: Crew, now: datetime
) -> None:
    ana, max_ = crew.phones["Ana"].person_id, crew.phones["Max"].person_id
    await map_all(crew, now)
    await crew.database.write(
        lambda unit: set_rate(unit, COMPANY, "pay", ana, Money(3_150, "EUR"), date(2026, 3, 1))
    )
    await crew.record("pump", now)
    await crew.approve("pump", now)
    await post(crew, Books(), now)

    told = await explained(crew, "pump")

    (version,) = told.versions
    (posting,) = told.postings
    assert (told.owner, told.names[max_]) == ("Ana", "Max")
    assert (version.approver_id, version.approved_at) == (max_, now)
    assert (posting.state, posting.digest) == ("posted", version.digest)
    assert posting.trace is not None
    assert replayed(posting.trace) == (Money(25_200, "EUR"), None)
    assert (posting.trace["employee"], posting.trace["project"]) == ("Ana", "Roof")


async def test_an_entry_that_was_approved_twice_tells_both_versions_in_order(
    crew: Crew, now: datetime
) -> None:
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    await crew.change("pump", now + SECOND, "07:00", "14:00")
    await crew.approve("pump", now + 2 * SECOND)

    told = await explained(crew, "pump")

    assert [version.approved_at for version in told.versions] == [now, now + 2 * SECOND]
    assert [posting.state for posting in told.postings] == ["withdrawn", "computed"]


async def test_an_entry_that_nobody_approved_has_nothing_to_tell(crew: Crew, now: datetime) -> None:
    await crew.record("pump", now)

    told = await explained(crew, "pump")

    assert (told.owner, list(told.versions), list(told.postings)) == ("Ana", [], [])


async def test_unknown_entries_and_those_of_others_are_not_found_alike(
    crew: Crew, now: datetime
) -> None:
    await crew.record("pump", now)
    entry_id = (await entry_state(crew.database, COMPANY, "pump")).id
    with pytest.raises(NotFound):
        await crew.database.read(
            lambda unit: explain_entry(unit, COMPANY, TimeEntryId(UUID(int=9)))
        )
    with pytest.raises(NotFound):
        await crew.database.read(
            lambda unit: explain_entry(unit, OrganisationId(UUID(int=9)), entry_id)
        )

    assert (await explained(crew, "pump")).entry_id == entry_id


async def test_postings_are_listed_by_state_the_newest_first_with_all_totals(
    crew: Crew, now: datetime
) -> None:
    await map_all(crew, now)
    for number in range(3):
        await crew.record(f"e{number}", now, f"0{number}:00", f"0{number}:30")
        await crew.approve(f"e{number}", now + number * SECOND)
    await crew.record("nowhere", now, "10:00", "11:00", project=None)
    await crew.approve("nowhere", now + 9 * SECOND)
    await post(crew, Books(), now + 9 * SECOND)

    every = await listed(crew, *ALL_STATES)
    posted = await listed(crew, "posted", limit=2)

    assert [one.approved_at for one in every.postings] == [
        now + seconds * SECOND for seconds in (9, 2, 1, 0)
    ]
    assert [one.approved_at for one in posted.postings] == [now + 2 * SECOND, now + SECOND]
    assert (
        every.totals
        == posted.totals
        == {
            "posted": StateTotal(3, 3 * 1_800),
            "held": StateTotal(1, 3_600),
        }
    )
    ana = crew.phones["Ana"].person_id
    assert set(every.owners.values()) == {ana}
    assert every.people[ana] == "Ana"
    assert sorted(every.projects.values()) == ["Roof", "Shed"]
