"""PostgreSQL with settings that could lose an acknowledged hour is not used."""

from pathlib import Path

import asyncpg
import pytest

from daywork.core.errors import DatabaseUnsafe
from daywork.store.database import open_database
from daywork.store.durability import UNSAFE, check_settings, refuse_unsafe_settings

SAFE = dict.fromkeys(UNSAFE, "on")


async def test_a_postgresql_as_it_is_installed_is_used(postgresql_url: str) -> None:
    await refuse_unsafe_settings(postgresql_url)
    database = open_database(Path(), postgresql_url)
    organisations = await database.read(lambda unit: unit.organisations.all())
    await database.close()

    assert organisations == []


async def test_a_database_that_commits_asynchronously_is_refused(postgresql_url: str) -> None:
    connection = await asyncpg.connect(postgresql_url)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await connection.close()

    with pytest.raises(DatabaseUnsafe, match="synchronous_commit"):
        await refuse_unsafe_settings(postgresql_url)


@pytest.mark.parametrize("setting", UNSAFE)
def test_each_unsafe_setting_is_named(setting: str) -> None:
    with pytest.raises(DatabaseUnsafe, match=f"Switch on: {setting}[.]"):
        check_settings({**SAFE, setting: "off"})


@pytest.mark.parametrize("waits_for", ["local", "remote_write", "remote_apply"])
def test_a_commit_that_waits_for_any_disk_is_safe(waits_for: str) -> None:
    check_settings({**SAFE, "synchronous_commit": waits_for})

    assert waits_for != UNSAFE["synchronous_commit"]
