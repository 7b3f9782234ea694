"""A phone that listens is nudged when something in its sight changed, and by nothing else."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx

from daywork.api.nudges import HEAD, NUDGE, Nudges
from daywork.app import create_app
from daywork.store.database import Database
from support.door import HOST, Door, refused
from support.listening import AT_ONCE, door_with, listen
from support.loopback import buffering_proxy, fetched, on_loopback


async def test_a_phone_is_nudged_as_soon_as_somebody_has_pushed(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now) as door:
        boss, ana = await door.enrolled("Max", "manager"), await door.enrolled("Ana")
        streams = [await listen(phone) for phone in (boss, ana)]
        ana.write("pump")
        await ana.push()
        answers = [await stream for stream in streams]

        for answer in answers:
            assert answer.content == HEAD + NUDGE
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store, no-transform"
            assert "content-encoding" not in answer.headers
        assert door.parts.nudges.count == 0


async def test_a_stream_ends_by_itself_so_that_no_proxy_holds_it_for_ever(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now, stream=AT_ONCE) as door:
        ana = await door.enrolled("Ana")

        assert (await ana.ask("GET", "/v1/sync/events")).content == HEAD


async def test_what_changed_behind_the_cursor_is_told_at_once(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now) as door:
        ana = await door.enrolled("Ana")
        cursor = (await ana.pull())["cursor"]
        ana.write("pump")
        await ana.push()

        assert (await (await listen(ana, cursor))).content == HEAD + NUDGE


async def test_i14_scope_safety_nobody_is_nudged_by_what_they_do_not_see(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now, stream=AT_ONCE * 10, look=AT_ONCE) as door:
        ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
        other = await door.office("org create", name="Other", time_zone="UTC", currency="EUR")
        eve = await door.enrolled("Eve", "admin", organisation=other["id"])
        cursor = (await ana.pull())["cursor"]
        streams = [await listen(ana), await listen(eve)]
        ben.write("desk")
        await ben.push()
        streams.append(await listen(ana, cursor))

        assert [(await stream).content for stream in streams] == [HEAD] * 3


async def test_who_comes_to_see_somebody_is_nudged_though_no_entry_changed(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now, look=AT_ONCE) as door:
        boss, ana = await door.enrolled("Max", "manager"), await door.enrolled("Ana")
        await door.enrolled("Mia", "manager")
        await door.invite("Ana", manager="Mia")
        cursor = (await boss.pull())["cursor"]
        stream = await listen(boss)
        await door.invite("Ana", manager="Max")

        assert (await stream).content == HEAD + NUDGE
        assert (await (await listen(boss, cursor))).content == HEAD + NUDGE
        assert ana.person_id


async def test_the_approver_of_a_project_is_nudged_by_its_entries(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now) as door:
        ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
        await door.office("project add", name="Roof")
        await door.office("project approver add", project="Roof", person="Ben")
        stream = await listen(ben)
        ana.write("pump")
        await ana.push()

        assert (await stream).content == HEAD + NUDGE


async def test_what_another_process_committed_is_found_by_looking(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now, look=AT_ONCE) as door:
        ana = await door.enrolled("Ana")
        stream = await listen(ana)
        app: Any = create_app(replace(door.parts, nudges=Nudges(database)))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=HOST
        ) as elsewhere:
            ana.door = replace(door, client=elsewhere)
            ana.write("pump")
            await ana.push()

            assert (await stream).content == HEAD + NUDGE


async def test_nobody_listens_without_a_session_or_with_another_persons_cursor(
    door: Door,
) -> None:
    ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
    cursor = (await ana.pull())["cursor"]

    assert refused(await door.send("GET", "/v1/sync/events")) == (401, "auth_expired")
    for after in (cursor, "v2.x", "x" * 500):
        answer = await ben.ask("GET", f"/v1/sync/events?after={after}")
        assert refused(answer) == (400, "cursor_invalid")
    assert door.parts.nudges.count == 0


async def test_through_a_proxy_that_holds_whole_responses_back_the_nudge_arrives(
    database: Database, now: datetime
) -> None:
    async with (
        door_with(database, now) as door,
        on_loopback(door.parts) as port,
        buffering_proxy(port) as proxy,
    ):
        ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
        streams = [
            asyncio.create_task(fetched(proxy, "/v1/sync/events", phone.cookie))
            for phone in (ana, ben)
        ]
        while door.parts.nudges.count < 2:
            await asyncio.sleep(0)
        ana.write("pump")
        await ana.push()
        told = await streams[0]
        door.parts.nudges.close()
        quiet = await streams[1]

    assert told.startswith(b"HTTP/1.1 200")
    assert HEAD.strip() in told
    assert NUDGE in told
    assert NUDGE not in quiet


async def test_a_phone_that_hangs_up_is_listened_for_no_longer(
    database: Database, now: datetime
) -> None:
    async with door_with(database, now) as door, on_loopback(door.parts) as port:
        ana = await door.enrolled("Ana")
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET /v1/sync/events HTTP/1.1\r\nHost: localhost\r\nCookie: {ana.cookie}\r\n\r\n"
        writer.write(head.encode())
        while door.parts.nudges.count < 1:
            await asyncio.sleep(0)
        writer.close()
        while door.parts.nudges.count:
            await asyncio.sleep(0)

        assert door.parts.nudges.count == 0
