"""Alarms are counted, not listed: who knocks a million times fills no disk."""

from datetime import datetime, timedelta

from daywork.core.ids import Actor
from daywork.store.database import Database
from daywork.store.sync_alarms import SyncAlarm
from support.crew import COMPANY, found_crew

PHONE = Actor("aaaaaaaa92")


async def test_one_kind_from_one_device_is_one_row(database: Database, now: datetime) -> None:
    await found_crew(database, now)
    later = now + timedelta(hours=1)

    async def count(kind: str, moment: datetime, times: int) -> None:
        await database.write(
            lambda unit: unit.sync_alarms.count(COMPANY, kind, PHONE, moment, times)
        )

    await count("forked", now, 1)
    await count("forked", later, 2)
    await count("bad_hash", now, 1)

    assert await database.read(lambda unit: unit.sync_alarms.all(COMPANY)) == [
        SyncAlarm("forked", PHONE, now, later, 3),
        SyncAlarm("bad_hash", PHONE, now, now, 1),
    ]
