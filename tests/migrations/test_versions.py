"""Every migration goes up and down, and ends where the row classes are."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from daywork.core.ids import OrganisationId
from daywork.store.database import open_database, sqlite_file, with_asyncpg
from daywork.store.metadata import METADATA
from daywork.store.migration import HEAD, change_schema, migrate, migrations_folder

VERSIONS = sorted((migrations_folder() / "versions").glob("*.py"))


async def on_connection(home: Path, url: str | None, act: Callable[[Connection], Any]) -> Any:
    """Return what ``act`` finds on a connection of its own."""
    if url is None:
        engine = create_engine(f"sqlite:///{sqlite_file(home)}", poolclass=NullPool)
        with engine.begin() as connection:
            return act(connection)
    asynchronous = create_async_engine(with_asyncpg(url), poolclass=NullPool)
    async with asynchronous.begin() as connection:
        answer = await connection.run_sync(act)
    await asynchronous.dispose()
    return answer


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def differences(connection: Connection) -> Any:
    return compare_metadata(
        MigrationContext.configure(connection, opts={"compare_type": True}), METADATA
    )


async def test_the_schema_is_what_the_row_classes_say(
    tmp_path: Path, database_url: str | None
) -> None:
    await migrate(tmp_path, database_url)

    assert await on_connection(tmp_path, database_url, differences) == []


async def test_a_schema_that_went_down_and_up_again_is_the_same(
    tmp_path: Path, database_url: str | None
) -> None:
    await migrate(tmp_path, database_url)
    above = await on_connection(tmp_path, database_url, tables)

    await migrate(tmp_path, database_url, "base")
    below = await on_connection(tmp_path, database_url, tables)
    await migrate(tmp_path, database_url)

    assert below == {"alembic_version"}
    assert await on_connection(tmp_path, database_url, tables) == above
    assert await on_connection(tmp_path, database_url, differences) == []


async def test_a_column_too_few_would_be_noticed(tmp_path: Path, database_url: str | None) -> None:
    await migrate(tmp_path, database_url)

    def drop(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE project DROP COLUMN is_closed")

    await on_connection(tmp_path, database_url, drop)

    assert len(await on_connection(tmp_path, database_url, differences)) == 1


async def test_migrating_again_changes_nothing(tmp_path: Path, database_url: str | None) -> None:
    await migrate(tmp_path, database_url)
    await migrate(tmp_path, database_url)

    def revision(connection: Connection) -> Any:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()

    assert await on_connection(tmp_path, database_url, revision) == [HEAD]


async def test_a_file_that_was_written_by_the_first_release_opens(tmp_path: Path) -> None:
    """The oldest schema with a row in it, brought to the newest one."""
    engine = create_engine(f"sqlite:///{sqlite_file(tmp_path)}", poolclass=NullPool)
    with engine.begin() as connection:
        change_schema(connection, VERSIONS[0].stem)
    with sqlite3.connect(sqlite_file(tmp_path)) as file:
        file.execute(
            "INSERT INTO organisation (id, name, time_zone, currency, is_practice, created_at)"
            " VALUES (?, 'Fennick', 'Europe/Berlin', 'EUR', 0, 0)",
            (bytes(16),),
        )

    await migrate(tmp_path, None)
    database = open_database(tmp_path, None)
    names = [one.name for one in await database.read(lambda unit: unit.organisations.all())]
    await database.close()

    assert names == ["Fennick"]


async def test_organisations_that_shared_their_books_get_their_own_and_the_oldest_keeps_them(
    tmp_path: Path, database_url: str | None
) -> None:
    await migrate(tmp_path, database_url, "base")
    await migrate(tmp_path, database_url, "20261124_pre_first_tables")
    ids = [UUID(int=number) for number in (3, 1, 2)]

    def add(connection: Connection) -> None:
        is_sqlite = connection.dialect.name == "sqlite"
        statement = text(
            "INSERT INTO organisation (id, name, time_zone, currency, is_practice, created_at)"
            " VALUES (:id, :name, 'UTC', 'EUR', false, :created_at)"
        )
        for created_at, found in enumerate(ids):
            value = found.bytes if is_sqlite else found
            facts = {"id": value, "name": str(found), "created_at": created_at}
            connection.execute(statement, facts)

    await on_connection(tmp_path, database_url, add)
    await migrate(tmp_path, database_url)
    database = open_database(tmp_path, database_url)
    books = await database.read(
        lambda unit: [unit.organisations.books(OrganisationId(found)) for found in ids]
    )
    await database.close()

    assert books == ["", str(ids[1]), str(ids[2])]


async def test_a_database_without_rights_and_windows_gets_them_from_what_it_has(
    tmp_path: Path, database_url: str | None
) -> None:
    await migrate(tmp_path, database_url, "base")
    await migrate(tmp_path, database_url, "20261125_pre_find_long_entries")
    ids = {number: UUID(int=number) for number in range(6)}
    time = '{"start":"2026-03-02T07:00:00Z"}'
    day = '{"date":"2026-03-02"}'
    contents = {  # status, flags, times, and when it began if it is settled
        1: ("approved", "[]", time, 1_772_434_800),
        2: ("approved", '["overlap"]', f"{time},{day}", 1_772_409_600),
        3: ("approved", '["conflict:note"]', time, None),
        4: ("draft", "[]", time, None),
    }

    def add(connection: Connection) -> None:
        is_sqlite = connection.dialect.name == "sqlite"
        keys = {n: one.bytes if is_sqlite else one for n, one in ids.items()}
        connection.execute(
            text(
                "INSERT INTO organisation"
                " (id, name, time_zone, currency, is_practice, created_at, books)"
                " VALUES (:id, 'Fennick', 'UTC', 'EUR', false, 0, '')"
            ),
            {"id": keys[0]},
        )
        connection.execute(
            text(
                "INSERT INTO person (organisation_id, id, name, roles, created_at)"
                " VALUES (:company, :id, 'Ana', 'worker', 0)"
            ),
            {"company": keys[0], "id": keys[5]},
        )
        for number, (status, flags, times, _) in contents.items():
            content = f'{{"flags":{flags},"v":{{"time":[{times}]}}}}'
            connection.execute(
                text(
                    "INSERT INTO time_entry (organisation_id, id, owner_id, revision, status,"
                    " is_deleted, is_long, content)"
                    " VALUES (:company, :id, :id, 1, :status, false, false, :content)"
                ),
                {"company": keys[0], "id": keys[number], "status": status, "content": content},
            )

    await on_connection(tmp_path, database_url, add)
    await migrate(tmp_path, database_url)

    def read(connection: Connection) -> Any:
        starts = connection.exec_driver_sql("SELECT settled_start FROM time_entry ORDER BY id")
        rights = connection.exec_driver_sql("SELECT from_revision, roles FROM membership")
        return starts.scalars().all(), [tuple(row) for row in rights]

    expected = [began for *_, began in contents.values()]
    assert await on_connection(tmp_path, database_url, read) == (expected, [(0, "worker")])


def test_the_newest_revision_is_the_one_that_the_code_expects() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(migrations_folder()))

    assert ScriptDirectory.from_config(configuration).get_heads() == [HEAD]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: str(version.stem))
def test_a_migration_is_named_after_its_day_kind_and_purpose(version: Path) -> None:
    assert re.fullmatch(r"\d{8}_(pre|post)_[a-z0-9_]+", version.stem)
    assert f'revision = "{version.stem}"' in version.read_text("utf-8")
