"""What a push leaves in the tables: the log as it was sent, entries, and the counter last."""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from daywork.core.json_value import JsonValue
from daywork.store.database import Database
from daywork.store.devices import DeviceRow
from daywork.store.operations import OperationRow
from daywork.store.organisations import SyncCounterRow
from daywork.store.time_entries import TimeEntryRow
from daywork.store.unit_of_work import UnitOfWork
from support.chain import interval
from support.crew import Crew, found_crew

CANARY = "canary-7f3a"


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def one_row(crew: Crew, kind: type[Any]) -> dict[str, Any]:
    """Return the only row of this kind, or the phone's."""

    def act(unit: UnitOfWork) -> dict[str, Any]:
        query = select(kind)
        if kind is DeviceRow:
            query = query.where(DeviceRow.actor == crew.phones["Ana"].chain.actor)
        found: dict[str, Any] = unit.session.scalars(query).one().model_dump()
        return found

    return await crew.database.read(act)


async def test_an_entry_has_the_span_that_overlaps_are_sought_by(crew: Crew, now: datetime) -> None:
    await crew.record("pump", now)
    entry = await one_row(crew, TimeEntryRow)

    start = int(datetime.fromisoformat("2026-03-02T07:00:00+00:00").timestamp())
    assert (entry["started_at"], entry["ended_at"]) == (start, start + 28_800)
    assert (entry["is_long"], entry["is_deleted"], entry["status"]) == (False, False, "draft")


async def test_a_running_entry_has_no_end_and_one_of_three_days_is_long(
    crew: Crew, now: datetime
) -> None:
    ana = crew.phones["Ana"]
    ana.chain.write("new", "pump", {"time": interval("07:00", None)})
    await ana.push(now)
    running = await one_row(crew, TimeEntryRow)
    days = {**interval("07:00", "15:00"), "end": "2026-03-05T07:00:01Z"}
    ana.chain.write("edit", "pump", {"time": days}, ana.chain.seen())
    await ana.push(now)

    assert (running["ended_at"], running["is_long"]) == (None, False)
    assert (await one_row(crew, TimeEntryRow))["is_long"]


async def test_the_counter_and_the_phones_place_move_with_what_was_stored(
    crew: Crew, now: datetime
) -> None:
    await crew.record("pump", now)
    counter, device = await one_row(crew, SyncCounterRow), await one_row(crew, DeviceRow)

    assert counter["revision"] == (await one_row(crew, TimeEntryRow))["revision"] == 1
    assert device["last_sequence_number"] == 1
    assert bytes(device["last_chain_hash"]) == crew.phones["Ana"].chain.last_hash
    assert device["last_contact_at"] == now


async def test_what_minimal_data_drops_is_stored_nowhere_and_the_chain_goes_on(
    crew: Crew, now: datetime
) -> None:
    ana = crew.phones["Ana"]
    values: dict[str, JsonValue] = {
        "time": interval("07:00", "15:00"),
        "location": {"street": CANARY},
    }
    ana.chain.write("new", "pump", values)
    (answer,) = await ana.push(now)
    operation, entry = await one_row(crew, OperationRow), await one_row(crew, TimeEntryRow)
    await crew.change("pump", now, "07:00", "16:00")

    assert (answer["st"], answer["dropped"]) == ("applied", ["location"])
    assert CANARY not in f"{operation}{entry}"
    # The leaf stays, so that the hash can be checked for ever.
    assert list(json.loads(operation["item"])["dropped"]) == ["location"]
    assert bytes(operation["chain_hash"]) != bytes(32)
