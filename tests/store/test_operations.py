"""The operation log keeps everything that was sent, whatever became of it."""

from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.hash_chain import decode_base64url
from daywork.core.ids import Actor, OrganisationId
from daywork.store.database import Database
from support.chain import interval
from support.crew import COMPANY, Crew, entry_state, found_crew


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    await founded.record("pump", now)
    ana = founded.phones["Ana"]
    ana.chain.write("edit", "pump", {"time": interval("07:00", "06:00")}, ana.chain.seen())
    await ana.push(now)
    return founded


async def test_a_history_has_held_operations_too_as_they_were_sent(
    crew: Crew, now: datetime
) -> None:
    ana = crew.phones["Ana"]
    entry_id = (await entry_state(crew.database, COMPANY, "pump")).id
    history = await crew.database.read(lambda unit: unit.operations.history(COMPANY, entry_id))

    assert [(one.actor, one.sequence_number, one.received_at) for one in history] == [
        (ana.chain.actor, number, now) for number in (1, 2)
    ]
    assert [one.result.get("code") for one in history] == [None, "value_invalid"]
    assert [one.item["id"] for one in history] == [item["id"] for item in ana.chain.items]


async def test_a_hash_is_found_by_its_place_in_its_own_organisation(crew: Crew) -> None:
    ana = crew.phones["Ana"]

    async def found(organisation_id: OrganisationId, actor: Actor, number: int) -> bytes | None:
        return await crew.database.read(
            lambda unit: unit.operations.chain_hash(organisation_id, actor, number)
        )

    sent = decode_base64url(str(ana.chain.items[1]["h"]))
    assert await found(COMPANY, ana.chain.actor, 2) == sent
    assert await found(COMPANY, ana.chain.actor, 3) is None
    assert await found(OrganisationId(UUID(int=9)), ana.chain.actor, 2) is None
