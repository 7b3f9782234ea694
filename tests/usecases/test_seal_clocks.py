"""Long clocks become short, and everybody who wrote before or after is judged as before."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from daywork.core.clock_seal import COMPONENTS_MAX, SEALED_DAYS
from daywork.core.ids import SERVER, Actor
from daywork.store.database import Database
from daywork.store.devices import Device
from daywork.store.time_entries import TimeEntryRow
from daywork.usecases.seal_clocks import seal_clocks
from support.chain import Chain, entry_id, interval
from support.crew import COMPANY, Crew, Key, Phone, entry_state, found_crew

START = UUID(int=0)
OLD = timedelta(days=SEALED_DAYS + 1)


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def further_phone(crew: Crew, number: int, now: datetime) -> Phone:
    """Return another phone of Ana's."""
    ana, key = crew.phones["Ana"], Key()
    phone = Phone(
        crew.database, COMPANY, "Ana", ana.person_id, Chain(Actor(f"ana{number:07}")), key
    )
    device = Device(COMPANY, phone.chain.actor, ana.person_id, key.public_text, "", "")
    await crew.database.write(lambda unit: unit.devices.add(device, algorithm="ES256", now=now))
    return phone


async def note(phone: Phone, text: str, now: datetime) -> None:
    """Write a note into the entry, having seen all that the server has."""
    state = await entry_state(phone.database, COMPANY, "pump")
    context: dict[str, Any] = {actor: list(part) for actor, part in state.clock.items()}
    phone.chain.write("edit", "pump", {"note": text}, context)
    assert (await phone.push(now))[0]["st"] == "applied"


async def settle(crew: Crew) -> None:
    """Let the entry count as posted."""
    wire_id = UUID(entry_id("pump").removeprefix("te:"))

    def act(unit: Any) -> None:
        row = unit.session.get(TimeEntryRow, (COMPANY, wire_id))
        digest = json.loads(row.content)["approved"]["dg"]
        unit.time_entries.mark_posted(COMPANY, {wire_id: digest})

    await crew.database.write(act)


async def seal(crew: Crew, now: datetime) -> None:
    """Do what the nightly job does."""

    async def go_on(place: UUID) -> UUID | None:
        return await crew.database.write(lambda unit: seal_clocks(unit, COMPANY, now, place))

    after: UUID | None = START
    while after is not None:
        after = await go_on(after)


async def clock(crew: Crew) -> set[str]:
    """Return the actors in the entry's clock."""
    return {str(actor) for actor in (await entry_state(crew.database, COMPANY, "pump")).clock}


async def test_a_settled_entry_is_sealed_when_it_is_old_and_its_clock_is_long(
    crew: Crew, now: datetime
) -> None:
    await crew.record("pump", now)
    for number in range(2):
        await note(await further_phone(crew, number, now), f"note {number}", now)
    await crew.approve("pump", now)
    await seal(crew, now + OLD)
    assert len(await clock(crew)) == 4, "it is not posted yet"
    await settle(crew)
    await seal(crew, now)
    assert len(await clock(crew)) == 4, "it is not old yet"

    await seal(crew, now + OLD)

    assert await clock(crew) == {SERVER}
    state = await entry_state(crew.database, COMPANY, "pump")
    await seal(crew, now + OLD)
    assert (await entry_state(crew.database, COMPANY, "pump")).revision == state.revision


async def test_who_saw_the_seal_replaces_and_who_had_not_seen_conflicts(
    crew: Crew, now: datetime
) -> None:
    await crew.record("pump", now)
    phones = [await further_phone(crew, number, now) for number in range(3)]
    ana = crew.phones["Ana"]
    stale = ana.chain.seen()
    for number, phone in enumerate(phones[:2]):
        await note(phone, f"note {number}", now)
    await crew.approve("pump", now)
    await settle(crew)
    await seal(crew, now + OLD)

    await note(phones[2], "saw the seal", now)
    state = await entry_state(crew.database, COMPANY, "pump")
    assert list(state.cells["note"].values()) == ["saw the seal"]

    ana.chain.write("edit", "pump", {"note": "from long ago"}, stale)
    await ana.push(now)
    state = await entry_state(crew.database, COMPANY, "pump")
    assert sorted(map(str, state.cells["note"].values())) == ["from long ago", "saw the seal"]
    assert "conflict:note" in state.flags


async def test_an_approval_of_a_sealed_row_sees_what_the_row_shows(
    crew: Crew, now: datetime
) -> None:
    await crew.record("pump", now)
    for number in range(3):
        await note(await further_phone(crew, number, now), f"note {number}", now)
    await crew.approve("pump", now)
    await settle(crew)
    await seal(crew, now + OLD)
    phone = await further_phone(crew, 9, now)
    state = await entry_state(crew.database, COMPANY, "pump")
    context: dict[str, Any] = {actor: list(part) for actor, part in state.clock.items()}
    phone.chain.write("edit", "pump", {"time": interval("08:00", "15:00")}, context)
    assert (await phone.push(now))[0]["st"] == "amendment"

    assert await crew.approve("pump", now) == "applied"

    assert (await entry_state(crew.database, COMPANY, "pump")).status == "approved"


async def test_of_an_open_entry_only_retired_devices_are_folded_and_only_of_very_many(
    crew: Crew, now: datetime
) -> None:
    await crew.record("pump", now)
    phones = [await further_phone(crew, number, now) for number in range(COMPONENTS_MAX)]
    for number, phone in enumerate(phones):
        await note(phone, f"note {number}", now)
    retired = [str(phone.chain.actor) for phone in phones[:20]]

    def retire(unit: Any) -> None:
        for actor in retired:
            device = unit.devices.get(Actor(actor))
            assert device is not None
            unit.devices.retire(device, "lost", now)

    await seal(crew, now)
    assert len(await clock(crew)) == COMPONENTS_MAX + 1
    await crew.database.write(retire)
    await seal(crew, now)

    assert len(await clock(crew)) == COMPONENTS_MAX + 1 - 20 + 1
    assert SERVER in await clock(crew)
    assert not set(retired) & await clock(crew)
    await note(await further_phone(crew, 99, now), "replaces", now)
    state = await entry_state(crew.database, COMPANY, "pump")
    assert list(state.cells["note"].values()) == ["replaces"]
