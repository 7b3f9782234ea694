"""One facade over both databases: what is answered is durable, what is read is one snapshot."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from daywork.core.ids import OrganisationId
from daywork.core.organisation import Organisation
from daywork.store.database import Database, SqliteDatabase, open_database, sqlite_file
from daywork.store.migration import migrate
from daywork.store.statements import Query, Select, Steps
from daywork.store.unit_of_work import UnitOfWork
from support.told_devices import COMPANY, add_company

NAMES = Select({"id": "uuid", "name": "text"}, "organisation", "name = {0}", scalars=1)


@pytest.fixture(name="sqlite")
async def sqlite_database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    await migrate(tmp_path, None)
    database = SqliteDatabase(sqlite_file(tmp_path))
    yield database
    await database.close()


def names(unit: UnitOfWork) -> list[str]:
    return [organisation.name for organisation in unit.organisations.all()]


def add(unit: UnitOfWork, number: int, now: datetime) -> None:
    organisation = Organisation(OrganisationId(UUID(int=number)), f"C{number}", "UTC", "EUR")
    unit.organisations.add(organisation, epoch="e", now=now)


async def test_what_was_written_is_read(database: Database, now: datetime) -> None:
    await database.write(lambda unit: add(unit, 1, now))

    assert await database.read(names) == ["C1"]


async def test_what_failed_leaves_nothing_behind(database: Database, now: datetime) -> None:
    def fail(unit: UnitOfWork) -> None:
        add(unit, 1, now)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)

    assert await database.read(names) == []


async def test_what_the_database_itself_refuses_leaves_its_neighbours_alone(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)

    async def write(number: int) -> None:
        await database.write(lambda unit: add(unit, number, now))

    answers = await asyncio.gather(*map(write, (2, 2, 3, 3, 4)), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == [
        *("IntegrityError", "IntegrityError"),
        *("NoneType", "NoneType", "NoneType"),
    ]
    assert await database.read(names) == ["C2", "C3", "C4", "Company 1"]


async def test_what_is_not_flushed_by_an_act_is_written_after_it(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)

    def touch(unit: UnitOfWork) -> None:
        counter = unit.organisations._counter(COMPANY)
        counter.reference_revision = 41

    await database.write(touch)

    assert await database.read(lambda unit: unit.organisations.reference_revision(COMPANY)) == 41


async def test_a_reader_cannot_write(database: Database, now: datetime) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await database.read(lambda unit: add(unit, 1, now))


async def test_a_reader_sees_one_snapshot(database: Database, now: datetime) -> None:
    """A commit between two queries of one reader is not seen by the second."""
    loop = asyncio.get_running_loop()
    written = threading.Event()

    async def write_meanwhile() -> None:
        await database.write(lambda unit: add(unit, 1, now))
        written.set()

    def look_twice(unit: UnitOfWork) -> list[list[str]]:
        before = names(unit)
        writing = asyncio.run_coroutine_threadsafe(write_meanwhile(), loop)
        writing.result()
        return [before, names(unit)]

    if isinstance(database, SqliteDatabase):
        seen = await database.read(look_twice)
    else:
        seen = await _look_twice_on_postgresql(database, now)

    assert seen == [[], []]
    assert await database.read(names) == ["C1"]


async def _look_twice_on_postgresql(database: Database, now: datetime) -> list[list[str]]:
    """A reader runs in the loop itself there: another thread's loop writes meanwhile."""
    from daywork.store.database import PostgresqlDatabase

    assert isinstance(database, PostgresqlDatabase)
    url = database._engine.url.set(drivername="postgresql")
    address = url.render_as_string(hide_password=False)

    def write_in_another_loop() -> None:
        async def write() -> None:
            other = open_database(Path(), address)
            await other.write(lambda unit: add(unit, 1, now))
            await other.close()

        asyncio.run(write())

    def look_twice(unit: UnitOfWork) -> list[list[str]]:
        before = names(unit)
        writing = threading.Thread(target=write_in_another_loop)
        writing.start()
        writing.join()
        return [before, names(unit)]

    return await database.read(look_twice)


async def test_point_reads_go_without_a_session(database: Database, now: datetime) -> None:
    await add_company(database, now)

    def steps() -> Steps:
        rows = yield Query(NAMES, ("Company 1",))
        return [tuple(row) for row in rows]

    assert await database.look_at(steps()) == [(COMPANY, "Company 1")]


async def test_sqlite_keeps_what_it_acknowledged(sqlite: SqliteDatabase) -> None:
    def pragmas(unit: UnitOfWork) -> list[Any]:
        return [
            unit.session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "query_only")
        ]

    full = 2
    assert await sqlite.write(pragmas) == ["wal", full, 1, 0]
    assert (await sqlite.read(pragmas))[3] == 1


async def test_sqlite_takes_the_write_lock_when_it_begins(
    sqlite: SqliteDatabase, tmp_path: Path
) -> None:
    def look(unit: UnitOfWork) -> str:
        unit.session.execute(text("SELECT 1"))
        with sqlite3.connect(sqlite_file(tmp_path), timeout=0, isolation_level=None) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                return str(error)
        return "nobody held it"

    assert await sqlite.write(look) == "database is locked"


@pytest.mark.parametrize("name", ["with space", "Büro #1", "50% off", "what?", "a;b'c"])
async def test_a_home_may_have_any_name(tmp_path: Path, now: datetime, name: str) -> None:
    home = tmp_path / name
    home.mkdir()
    await migrate(home, None)
    database = open_database(home, None)
    await add_company(database, now)
    found = await database.read(names)
    await database.look_at(_nothing())
    await database.close()

    assert found == ["Company 1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]
    assert {path.name for path in home.iterdir()} == {"daywork.sqlite"}


def _nothing() -> Steps:
    rows = yield Query(NAMES, ("",))
    return rows
