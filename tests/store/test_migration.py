"""A database is brought to its newest schema once, whoever asks at the same time."""

import asyncio
from pathlib import Path

import pytest
from alembic.util import CommandError

from daywork.store.database import open_database, sqlite_file
from daywork.store.migration import HEAD, migrate, migrations_folder


async def test_processes_that_start_together_migrate_one_after_the_other(
    postgresql_url: str, tmp_path: Path
) -> None:
    await migrate(tmp_path, postgresql_url, "base")

    await asyncio.gather(*(migrate(tmp_path, postgresql_url) for _ in range(3)))

    database = open_database(tmp_path, postgresql_url)
    assert await database.read(lambda unit: unit.organisations.all()) == []
    await database.close()


async def test_a_new_home_has_every_table(tmp_path: Path) -> None:
    await migrate(tmp_path, None)
    database = open_database(tmp_path, None)

    assert await database.read(lambda unit: unit.organisations.all()) == []
    await database.close()
    assert sqlite_file(tmp_path).is_file()


async def test_a_revision_that_nobody_knows_changes_nothing(
    database_url: str | None, tmp_path: Path
) -> None:
    await migrate(tmp_path, database_url)
    with pytest.raises(CommandError):
        await migrate(tmp_path, database_url, "20990101_pre_nothing")

    database = open_database(tmp_path, database_url)
    assert await database.read(lambda unit: unit.organisations.all()) == []
    await database.close()


def test_the_migrations_lie_where_the_checkout_has_them() -> None:
    assert (migrations_folder() / "versions" / f"{HEAD}.py").is_file()
