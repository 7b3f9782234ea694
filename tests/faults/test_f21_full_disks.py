"""F21, F17, F18: the disk is full or broken, or somebody else holds the database.

Nothing is acknowledged, the phone is told to come again, reading goes on, and when the
cause is gone so does writing, without a restart.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest

from daywork.store import database as database_module
from daywork.store.database import open_database, sqlite_file
from support.databases import new_sqlite
from support.disk_recorder import FULL, OK, SYNC_FAILED, WRITE_FAILED, Event, Recorder, recorded
from support.door import Door, DoorPhone, opened_door, refused
from support.power_cuts import engine_with

PATIENCE = "busy_timeout = 20"  # milliseconds, instead of half a minute


@pytest.fixture
async def recorder(tmp_path: Path) -> AsyncIterator[Recorder]:
    """A disk that does what the test tells it."""
    await new_sqlite(tmp_path)
    with recorded(Recorder(tmp_path)) as disk:
        yield disk


@pytest.fixture
async def door(recorder: Recorder, now: datetime) -> AsyncIterator[Door]:
    """The application on that disk."""
    patience = mock.patch.object(database_module, "_sqlite_engine", engine_with(PATIENCE))
    with patience:
        database = open_database(recorder.folder, None)
        async with opened_door(database, now) as opened:
            yield opened
        await database.close()


@pytest.fixture
async def phone(door: Door) -> DoorPhone:
    """Ana's phone with one entry stored and one written."""
    ana = await door.enrolled("Ana")
    ana.write("before")
    await ana.push()
    ana.write("meanwhile")
    return ana


def _stored(recorder: Recorder) -> int:
    with closing(sqlite3.connect(sqlite_file(recorder.folder))) as database:
        count: int = database.execute("SELECT count(*) FROM operation").fetchone()[0]
        return count


async def _is_refused_and_goes_on(phone: DoorPhone, recorder: Recorder, tries: int = 3) -> None:
    for _ in range(tries):
        answer = await phone.try_push(phone.chain.items[1:])
        assert refused(answer) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert list(await phone.rows()) == [phone.chain.items[0]["e"]]  # Reading goes on.
    recorder.fails = lambda _event: OK
    assert [result["st"] for result in await phone.push()] == ["applied"]
    assert _stored(recorder) == 2
    assert len(await phone.rows()) == 2


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("write", FULL), ("write", WRITE_FAILED), ("sync", SYNC_FAILED)],
    ids=["full", "write fails", "sync fails"],
)
async def test_f21_a_disk_that_fails_acknowledges_nothing_and_goes_on_when_it_can(
    phone: DoorPhone, recorder: Recorder, kind: str, failure: int
) -> None:
    def fails(event: Event) -> int:
        return failure if event.kind == kind else OK

    recorder.fails = fails

    await _is_refused_and_goes_on(phone, recorder)


async def test_f21_a_disk_that_fills_up_in_the_middle_of_a_push_leaves_no_half_of_it(
    phone: DoorPhone, recorder: Recorder
) -> None:
    for spared in range(12):
        writes = iter(range(spared))
        recorder.fails = lambda event, left=writes: (  # type: ignore[misc]
            FULL if event.kind == "write" and next(left, None) is None else OK
        )
        phone.write(f"entry {spared}")
        answer = await phone.try_push(phone.chain.items[phone.pushed :])
        stored = phone.pushed
        if answer.status_code == 200:
            stored = phone.pushed = len(phone.chain.items)
        else:
            assert refused(answer) == (503, "unavailable")
        recorder.fails = lambda _event: OK
        assert _stored(recorder) == stored

    await phone.push()
    assert _stored(recorder) == len(phone.chain.items)


async def test_f21_while_somebody_else_holds_the_database_nothing_is_acknowledged(
    phone: DoorPhone, recorder: Recorder
) -> None:
    with closing(sqlite3.connect(sqlite_file(recorder.folder))) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = await phone.try_push(phone.chain.items[1:])
        assert refused(answer) == (503, "unavailable")
        other.rollback()

    await _is_refused_and_goes_on(phone, recorder, tries=0)
