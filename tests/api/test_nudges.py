"""Streams are few for each device, end when they must, and outlive a database that is away."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from daywork.api import nudges as nudging
from daywork.api.nudges import HEAD, NUDGE, STREAMS_A_DEVICE_MAX, Nudges
from daywork.store.database import Database
from daywork.store.statements import Steps
from support.door import opened_door, refused
from support.listening import AT_ONCE, NEVER, door_with, listen


async def test_a_device_holds_a_few_streams_and_a_new_one_ends_the_oldest(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now) as door:
        ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
        bens = await listen(ben)
        streams = [await listen(ana) for _ in range(STREAMS_A_DEVICE_MAX)]
        streams.append(await listen(ana))

        assert (await streams[0]).content == HEAD
        assert not bens.done()
        assert door.parts.nudges.count == STREAMS_A_DEVICE_MAX + 1
        door.parts.nudges.close()
        assert [(await stream).content for stream in (*streams[1:], bens)] == [HEAD] * 3
        assert (await (await listen(ana))).content == HEAD


class Away:
    """A database that cannot be reached until it is back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_back = False

    async def look_at(self, steps: Steps) -> Any:
        """Read, or not."""
        if not self.is_back:
            message = "away"
            raise ConnectionError(message)
        return await self._database.look_at(steps)


async def test_a_database_that_is_away_for_a_moment_ends_nobodys_listening(
    database: Database, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    away: Any = Away(database)
    async with opened_door(database, now, nudges=Nudges(away, NEVER, AT_ONCE)) as door:
        ana = await door.enrolled("Ana")
        stream = await listen(ana)
        while not caplog.records:
            await asyncio.sleep(0)
        ana.write("pump")
        await ana.push()
        away.is_back = True

        assert (await stream).content == HEAD + NUDGE


async def test_when_too_many_listen_the_next_is_asked_to_come_again(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudging, "STREAMS_MAX", 1)
    async with door_with(database, now) as door:
        ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
        stream = await listen(ana)

        answer = await ben.ask("GET", "/v1/sync/events")

        assert refused(answer) == (503, "unavailable")
        assert answer.headers["retry-after"]
        door.parts.nudges.close()
        assert (await stream).content == HEAD
