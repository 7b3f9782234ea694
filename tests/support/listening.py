"""Phones that listen at a door whose times the test chooses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx

from daywork.api.nudges import Nudges
from daywork.store.database import Database
from support.door import Door, DoorPhone, opened_door

NEVER = 3_600.0  # a test that waited so long would be stopped
AT_ONCE = 0.01


@asynccontextmanager
async def door_with(
    database: Database, now: datetime, stream: float = NEVER, look: float = NEVER
) -> AsyncIterator[Door]:
    """Yield a door whose streams end and whose watcher looks after so many seconds."""
    async with opened_door(database, now, nudges=Nudges(database, stream, look)) as door:
        yield door


async def listen(phone: DoorPhone, after: str | None = None) -> "asyncio.Task[httpx.Response]":
    """Open a stream; return when it is open, or has ended at once."""
    nudges = phone.door.parts.nudges
    before = nudges.count
    place = "" if after is None else f"?after={after}"
    stream = asyncio.create_task(phone.ask("GET", f"/v1/sync/events{place}"))
    while nudges.count == before and not stream.done():
        await asyncio.sleep(0)
    return stream
