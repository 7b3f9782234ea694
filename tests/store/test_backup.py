"""A backup is whole or not there, and a damaged one is refused with nothing changed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daywork.core.errors import BackupUnusable
from daywork.store.backup import MANIFEST, back_up, backups, check_backup, forget_old, restore
from daywork.store.database import open_database, sqlite_file
from support.crew import COMPANY, found_crew
from support.databases import new_sqlite

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """A home with one recorded entry, and a key."""
    made = tmp_path / "home"
    made.mkdir()
    await new_sqlite(made)
    database = open_database(made, None)
    await (await found_crew(database, NOW)).record("pump", NOW)
    await database.close()
    (made / "keys").mkdir()
    (made / "keys/cursor.key").write_bytes(b"k" * 32)
    return made


async def revision(home: Path) -> int:
    """Return how far the home's history has come."""
    database = open_database(home, None)
    _, found = await database.read(lambda unit: unit.organisations.progress(COMPANY))
    await database.close()
    return found


async def test_a_backup_of_a_database_in_use_is_one_snapshot_of_it(
    home: Path, tmp_path: Path
) -> None:
    database = open_database(home, None)

    made = back_up(home, tmp_path / "kept", NOW)

    await database.close()
    assert made.name == "backup-20260303T120000Z"
    assert set(check_backup(made)) == {"daywork.sqlite", "keys/cursor.key"}
    assert await revision(made) == 1
    assert made.stat().st_mode & 0o077 == 0


async def test_a_home_goes_back_to_a_backup_and_sets_aside_what_was_there(
    home: Path, tmp_path: Path
) -> None:
    made = back_up(home, tmp_path / "kept", NOW)
    (home / "keys/cursor.key").write_bytes(b"x" * 32)
    (home / "jobs.sqlite").write_bytes(b"the engine's")
    sqlite_file(home).write_bytes(b"no database any more")

    aside = restore(home, made, NOW)

    assert aside is not None
    assert await revision(home) == 1
    assert (home / "keys/cursor.key").read_bytes() == b"k" * 32
    assert (aside / "daywork.sqlite").read_bytes() == b"no database any more"
    assert not (home / "jobs.sqlite").exists()


async def test_an_empty_home_gets_all_that_is_in_the_backup(home: Path, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "kept", NOW)
    other = tmp_path / "other"
    other.mkdir()

    assert restore(other, made, NOW) is None
    assert await revision(other) == 1


async def test_a_damaged_backup_is_refused_and_nothing_is_changed(
    home: Path, tmp_path: Path
) -> None:
    made = back_up(home, tmp_path / "kept", NOW)
    before = sqlite_file(home).read_bytes()
    for damage in (flip_a_byte, leave_out_a_file, forget_the_manifest, make_it_newer):
        broken = tmp_path / damage.__name__
        damage(back_up(home, broken, NOW))
        with pytest.raises(BackupUnusable):
            restore(home, broken / made.name, NOW)

    assert sqlite_file(home).read_bytes() == before
    assert not list(home.glob("before-restore-*"))


def flip_a_byte(backup: Path) -> None:
    file = backup / "daywork.sqlite"
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)


def leave_out_a_file(backup: Path) -> None:
    (backup / "keys/cursor.key").unlink()


def forget_the_manifest(backup: Path) -> None:
    (backup / MANIFEST).unlink()


def make_it_newer(backup: Path) -> None:
    said = json.loads((backup / MANIFEST).read_text("utf-8"))
    (backup / MANIFEST).write_text(json.dumps(said | {"format": 2}), "utf-8")


async def test_what_was_not_finished_is_no_backup_and_old_ones_are_forgotten(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    made = [back_up(home, folder, NOW + timedelta(days=day)) for day in range(4)]
    (folder / "backup-20270101T000000Z.part").mkdir()

    assert backups(folder) == made
    forget_old(folder, 2)
    assert backups(folder) == made[2:]
    forget_old(folder, 0)
    assert backups(folder) == made[3:], "the last one is never forgotten"


async def test_a_backup_asked_for_twice_in_a_second_is_made_once(
    home: Path, tmp_path: Path
) -> None:
    first = back_up(home, tmp_path / "kept", NOW)

    assert back_up(home, tmp_path / "kept", NOW) == first
    assert backups(tmp_path / "kept") == [first]
