"""Devices, their sessions and questions."""

from datetime import datetime, timedelta
from uuid import UUID

from daywork.core.ids import Actor, PersonId
from daywork.store.database import Database
from support.told_devices import COMPANY, OTHER_COMPANY, add_company, add_device, retire

FIRST, SECOND = Actor("aaaaaaaaaa"), Actor("bbbbbbbbbb")
ANA = PersonId(UUID(int=1))
TOKEN, NONCE = bytes(range(32)), bytes(32)
MINUTE = timedelta(minutes=1)


async def test_a_persons_devices_are_listed_and_those_of_others_are_not(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)
    await add_device(database, 1, FIRST, now)
    await add_device(database, 1, SECOND, now + MINUTE)
    await add_device(database, 2, "cccccccccc", now)

    devices = await database.read(lambda unit: unit.devices.of_person(COMPANY, ANA))
    assert [device.actor for device in devices] == [FIRST, SECOND]
    assert await database.read(lambda unit: unit.devices.of_person(OTHER_COMPANY, ANA)) == []
    assert len(await database.read(lambda unit: unit.devices.labels(COMPANY))) == 3
    assert await database.read(lambda unit: unit.devices.labels(OTHER_COMPANY)) == {}


async def test_a_session_tells_whose_it_is_until_it_ends(database: Database, now: datetime) -> None:
    await add_company(database, now)
    await add_device(database, 1, FIRST, now)
    await database.write(lambda unit: unit.devices.add_session(TOKEN, COMPANY, FIRST, now))
    await database.write(lambda unit: unit.devices.used_session(TOKEN, now + MINUTE))
    await retire(database, FIRST, now)
    session = await database.read(lambda unit: unit.devices.signed_in(TOKEN))
    await database.write(lambda unit: unit.devices.end_session(TOKEN))
    await database.write(lambda unit: unit.devices.used_session(TOKEN, now))

    assert session is not None
    assert (session.person_id, session.last_used_at, session.is_retired) == (
        ANA,
        now + MINUTE,
        True,
    )
    assert await database.read(lambda unit: unit.devices.signed_in(TOKEN)) is None


async def test_a_question_is_open_once_for_whom_it_was_asked(
    database: Database, now: datetime
) -> None:
    await database.write(lambda unit: unit.devices.add_challenge(NONCE, FIRST, now))

    async def taken(actor: Actor, at: datetime) -> bool:
        return await database.write(lambda unit: unit.devices.take_challenge(NONCE, actor, at))

    assert [await taken(SECOND, now), await taken(FIRST, now), await taken(FIRST, now)] == [
        *(False, True),
        False,
    ]
