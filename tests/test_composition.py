"""Everything is put together in one place, and taken apart again."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from daywork.composition import World, composed, open_store, real_world
from daywork.core.errors import DatabaseUnsafe
from daywork.jobs.tools import on_hand
from daywork.settings import Settings, read_settings
from daywork.store.backup import backups
from daywork.store.epoch_marker import EpochMarker, Mark
from support.crew import COMPANY, found_crew


def settings_of(home: Path, url: str | None, **more: str) -> Settings:
    place = {} if url is None else {"DAYWORK_DATABASE_URL": url}
    return read_settings({"DAYWORK_HOME": str(home), **place, **more})


async def test_the_parts_are_those_that_the_settings_ask_for(
    tmp_path: Path, database_url: str | None, now: datetime
) -> None:
    home = tmp_path / "home"
    settings = settings_of(home, database_url, DAYWORK_PUBLIC_URL="https://time.example.org")
    async with composed(settings, World(clock=lambda: now)) as parts:
        organisations = await parts.database.read(lambda unit: unit.organisations.all())
        clock = parts.clock()

    assert (organisations, clock) == ([], now)
    assert (parts.public_url, parts.proxies) == ("https://time.example.org", frozenset())
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert (home / "daywork.sqlite").exists() == (database_url is None)


async def test_keys_stay_the_same_at_the_next_start(tmp_path: Path, now: datetime) -> None:
    keys = []
    for _ in range(2):
        async with composed(settings_of(tmp_path, None), World(clock=lambda: now)) as parts:
            keys.append((parts.cursor_key, parts.vapid_public_key))

    assert keys[0] == keys[1]
    assert len(keys[0][0]) == 32


async def test_a_postgresql_that_could_lose_work_is_not_started_on(
    tmp_path: Path, postgresql_url: str
) -> None:
    connection = await asyncpg.connect(postgresql_url)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await connection.close()

    with pytest.raises(DatabaseUnsafe):
        await open_store(settings_of(tmp_path, postgresql_url))


async def test_a_server_that_finds_its_database_set_back_begins_a_new_epoch(
    tmp_path: Path, database_url: str | None, now: datetime
) -> None:
    settings = settings_of(tmp_path, database_url)
    async with composed(settings, World(clock=lambda: now)) as parts:
        crew = await found_crew(parts.database, now)
        await crew.record("pump", now)
    marker = EpochMarker(settings.epoch_marker)
    assert marker.read() == {COMPANY: Mark("e", 1)}, "written at the end, too"

    async with composed(settings, World(clock=lambda: now)) as parts:
        unchanged = await parts.database.read(lambda unit: unit.organisations.epoch(COMPANY))
    marker.write({COMPANY: Mark("e", 2)})
    async with composed(settings, World(clock=lambda: now)) as parts:
        changed = await parts.database.read(lambda unit: unit.organisations.epoch(COMPANY))

    assert unchanged == "e"
    assert changed == marker.read()[COMPANY].epoch != "e"


async def test_nightly_backups_go_where_the_settings_say_and_only_so_many(
    tmp_path: Path, now: datetime
) -> None:
    settings = settings_of(
        tmp_path / "home",
        None,
        DAYWORK_BACKUPS=str(tmp_path / "kept"),
        DAYWORK_BACKUPS_KEPT="2",
    )
    async with composed(settings, World(clock=lambda: now)):
        for day in range(3):
            on_hand().back_up(now + timedelta(days=day))

    assert [made.name for made in backups(tmp_path / "kept")] == [
        "backup-20260304T120000Z",
        "backup-20260305T120000Z",
    ]


def test_the_real_clock_knows_its_zone() -> None:
    assert real_world().clock().tzinfo is UTC
