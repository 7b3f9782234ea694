"""A phone gets every change in its sight once, in order, and nothing beyond."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest
from sqlmodel import col, update

from daywork.core.errors import CursorExpired, CursorInvalid, NotFound
from daywork.core.ids import OrganisationId, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.store.database import Database
from daywork.store.organisations import SyncCounterRow
from daywork.usecases.read_time_entries import (
    EntryHistory,
    Pull,
    PullPage,
    entry_history,
    pull_changes,
)
from support.chain import entry_id
from support.crew import COMPANY, Crew, Phone, entry_state, found_crew

KEY = bytes(32)
NOW = 1_772_539_200  # 3 March 2026, noon


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    for number in range(5):
        who = "Ben" if number == 4 else "Ana"
        await founded.record(f"e{number}", now, f"0{number}:00", f"0{number}:30", who=who)
    return founded


async def pulled(phone: Phone, cursor: str | None = None, limit: int = 500) -> PullPage:
    pull = Pull(cursor, limit, wants_sums=False, now=NOW)
    page: PullPage = await phone.database.look_at(pull_changes(phone.principal, pull, KEY))
    return page


async def pulled_to_the_end(
    phone: Phone, cursor: str | None = None, limit: int = 2
) -> tuple[list[str], str]:
    """Return the ids of all rows and gone ones, and the last cursor."""
    found: list[str] = []
    while True:
        page = await pulled(phone, cursor, limit)
        found += ids((*page.rows, *page.gone))
        cursor = page.cursor
        if not page.has_more:
            return found, cursor


def ids(rows: Sequence[str]) -> list[str]:
    return [json.loads(row)["id"] for row in rows]


def of(*names: str) -> list[str]:
    return [entry_id(name) for name in names]


@pytest.mark.parametrize("limit", [1, 2, 4, 500])
async def test_all_pages_together_are_everything_once_in_order(crew: Crew, limit: int) -> None:
    found, cursor = await pulled_to_the_end(crew.phones["Ana"], limit=limit)

    assert found == of("e0", "e1", "e2", "e3")
    assert await pulled_to_the_end(crew.phones["Ana"], cursor) == ([], cursor)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("Ana", of("e0", "e1", "e2", "e3")),
        ("Ben", of("e4")),
        ("Max", of("e0", "e1", "e2", "e3", "e4")),
        ("Olga", of("e0", "e1", "e2", "e3", "e4")),
    ],
)
async def test_everybody_gets_what_is_in_their_sight(crew: Crew, who: str, seen: list[str]) -> None:
    assert (await pulled_to_the_end(crew.phones[who]))[0] == seen


async def test_a_change_comes_behind_the_cursor(crew: Crew, now: datetime) -> None:
    _, cursor = await pulled_to_the_end(crew.phones["Ana"])
    await crew.change("e1", now, "01:00", "01:45")

    page = await pulled(crew.phones["Ana"], cursor)

    (row,) = page.rows
    content = json.loads(row)
    state = await entry_state(crew.database, COMPANY, "e1")
    assert (content["id"], content["rev"]) == (entry_id("e1"), state.revision)
    assert content["v"]["time"][0]["end"] == "2026-03-02T01:45:00Z"


async def test_others_changes_move_the_cursor_of_an_idle_phone(crew: Crew, now: datetime) -> None:
    ben = crew.phones["Ben"]
    _, cursor = await pulled_to_the_end(ben)
    await crew.change("e1", now, "01:00", "01:45")

    page = await pulled(ben, cursor)

    assert (list(page.rows), page.has_more) == ([], False)
    assert page.cursor != cursor


async def test_a_deleted_entry_is_gone_for_who_had_it_and_never_was_for_others(
    crew: Crew, now: datetime
) -> None:
    ana = crew.phones["Ana"]
    _, cursor = await pulled_to_the_end(ana)
    state = await entry_state(crew.database, COMPANY, "e0")
    seen: dict[str, JsonValue] = {
        actor: [number, mark] for actor, (number, mark) in state.clock.items()
    }
    ana.chain.write("delete", "e0", {"life": {"deleted": True, "reason": "twice"}}, seen)
    await ana.push(now)

    page = await pulled(ana, cursor)
    fresh, _ = await pulled_to_the_end(ana, limit=500)

    (gone,) = page.gone
    assert json.loads(gone) | {"rev": 0} == {"id": entry_id("e0"), "rev": 0, "why": "deleted"}
    assert fresh == of("e1", "e2", "e3")


async def test_a_cursor_of_another_person_or_organisation_is_refused(
    crew: Crew, now: datetime
) -> None:
    other = await found_crew(crew.database, now, OrganisationId(UUID(int=0xC1)))
    _, cursor = await pulled_to_the_end(crew.phones["Ana"])
    middle = len(cursor) // 2
    flipped = cursor[:middle] + ("A" if cursor[middle] != "A" else "B") + cursor[middle + 1 :]

    for phone, text in (
        (crew.phones["Max"], cursor),
        (other.phones["Ana"], cursor),
        (crew.phones["Ana"], flipped),
        (crew.phones["Ana"], "v1"),
    ):
        with pytest.raises(CursorInvalid):
            await pulled(phone, text)
    assert await pulled_to_the_end(crew.phones["Ana"], cursor) == ([], cursor)


async def test_a_cursor_of_a_history_that_was_replaced_has_expired(crew: Crew) -> None:
    _, cursor = await pulled_to_the_end(crew.phones["Ana"])
    replaced = update(SyncCounterRow).where(col(SyncCounterRow.organisation_id) == COMPANY)
    await crew.database.write(lambda unit: unit.session.execute(replaced.values(epoch="f")).close())

    with pytest.raises(CursorExpired):
        await pulled(crew.phones["Ana"], cursor)


@pytest.mark.parametrize("column", ["revision", "reference_revision"])
async def test_a_cursor_ahead_of_the_counter_has_expired_because_the_server_was_set_back(
    crew: Crew, column: str
) -> None:
    _, cursor = await pulled_to_the_end(crew.phones["Ana"])
    await set_counter(crew, **{column: 1})

    with pytest.raises(CursorExpired):
        await pulled(crew.phones["Ana"], cursor)


async def test_a_cursor_behind_the_horizon_has_expired_and_one_at_it_has_not(crew: Crew) -> None:
    cursor = (await pulled_to_the_end(crew.phones["Ana"]))[1]
    await set_counter(crew, revision=6, horizon_revision=5)
    assert (await pulled(crew.phones["Ana"], cursor)).has_more is False
    await set_counter(crew, horizon_revision=6)

    with pytest.raises(CursorExpired):
        await pulled(crew.phones["Ana"], cursor)
    assert (await pulled_to_the_end(crew.phones["Ana"]))[0] == of("e0", "e1", "e2", "e3")


async def set_counter(crew: Crew, **values: int) -> None:
    changed = update(SyncCounterRow).where(col(SyncCounterRow.organisation_id) == COMPANY)
    await crew.database.write(lambda unit: unit.session.execute(changed.values(values)).close())


async def test_a_history_has_every_operation_with_the_names_of_its_authors(
    crew: Crew, now: datetime
) -> None:
    await crew.approve("e0", now)
    wanted = (await entry_state(crew.database, COMPANY, "e0")).id

    history = await history_for(crew.phones["Ana"], wanted)

    told = [(history.names[one.person_id], one.item["by"]) for one in history.operations]
    assert told == [("Ana", "new"), ("Max", "approve")]
    assert set(history.labels) == {phone.chain.actor for phone in crew.phones.values()}


async def test_a_history_out_of_sight_is_not_found_like_one_that_is_not_there(
    crew: Crew, now: datetime
) -> None:
    wanted = (await entry_state(crew.database, COMPANY, "e0")).id
    other = await found_crew(crew.database, now, OrganisationId(UUID(int=0xC1)))
    for phone, entry in (
        (crew.phones["Ben"], wanted),
        (other.phones["Olga"], wanted),
        (crew.phones["Ana"], TimeEntryId(UUID(int=9))),
    ):
        with pytest.raises(NotFound):
            await history_for(phone, entry)

    assert len((await history_for(crew.phones["Max"], wanted)).operations) == 1


async def history_for(phone: Phone, entry: TimeEntryId) -> EntryHistory:
    return await phone.database.read(lambda unit: entry_history(unit, phone.principal, entry))
