"""Backups of a home: a folder with the database, the keys, and a list of what is in it.

The ledger is not part of it: books are kept by whoever keeps books, and a database
that was set back looks each batch up there before it sends anything.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from daywork.core.errors import BackupUnusable
from daywork.store.database import sqlite_file

MANIFEST = "manifest.json"
KEYS = "keys"
FORMAT = 1
_NAME = "backup-%Y%m%dT%H%M%SZ"
_CHUNK_BYTES = 1 << 20


def back_up(home: Path, folder: Path, now: datetime) -> Path:
    """Write a backup of ``home`` into a new folder in ``folder`` and return it.

    The database may be in use: the copy is one snapshot of it. What cannot be
    finished leaves nothing behind that looks like a backup. Raises: BackupUnusable if
    the copy does not hold.
    """
    made = folder / now.astimezone(UTC).strftime(_NAME)
    if made.exists():
        return made
    beside = made.with_suffix(".part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700, parents=True)
    database = beside / sqlite_file(home).name
    with closing(sqlite3.connect(f"{sqlite_file(home).as_uri()}?mode=ro", uri=True)) as source:
        source.execute("VACUUM INTO ?", (str(database),))
    _check_database(database)
    if (home / KEYS).is_dir():
        shutil.copytree(home / KEYS, beside / KEYS)
    hashes = {name: _hash_of(beside / name) for name in _names(beside)}
    manifest = {"format": FORMAT, "made_at": now.isoformat(), "sha256": hashes}
    (beside / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
    for name in (*hashes, MANIFEST):
        _make_durable(beside / name)
    beside.replace(made)
    _make_durable(folder)
    return made


def backups(folder: Path) -> Sequence[Path]:
    """Return the finished backups in ``folder``, the oldest first."""
    found = folder.glob("backup-*") if folder.is_dir() else ()
    return sorted(one for one in found if (one / MANIFEST).is_file() and one.suffix != ".part")


def forget_old(folder: Path, kept: int) -> None:
    """Remove all but the ``kept`` newest backups (at least 1)."""
    for old in backups(folder)[: -max(kept, 1)]:
        shutil.rmtree(old)


def check_backup(backup: Path) -> Mapping[str, str]:
    """Return the files of ``backup`` with their hashes. Raises: BackupUnusable."""
    try:
        manifest = json.loads((backup / MANIFEST).read_text("utf-8"))
        hashes: dict[str, str] = dict(manifest["sha256"])
        is_known = manifest["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{backup} is no backup: its {MANIFEST} cannot be read."
        raise BackupUnusable(message) from error
    if not is_known:
        message = f"{backup} was made by a newer Daywork."
        raise BackupUnusable(message)
    for name, expected in hashes.items():
        file = backup / name
        if not file.is_file() or _hash_of(file) != expected:
            message = f"{backup} is damaged: {name} is not what was written."
            raise BackupUnusable(message)
    return hashes


def restore(home: Path, backup: Path, now: datetime) -> Path | None:
    """Put the backup's database and keys in the place of ``home``'s.

    The caller holds the home's lock. What was there is set aside in a folder that is
    returned, None if nothing was. The engine's own tables are set aside, too: they
    speak of work that the copy may not know. Raises: BackupUnusable, with nothing
    changed.
    """
    names = check_backup(backup)
    _check_database(backup / sqlite_file(home).name)
    aside = home / now.astimezone(UTC).strftime("before-restore-%Y%m%dT%H%M%SZ")
    moved = [
        one
        for pattern in (f"{sqlite_file(home).name}*", "jobs.sqlite*", KEYS)
        for one in home.glob(pattern)
    ]
    if moved:
        aside.mkdir(mode=0o700)
    for one in moved:
        one.replace(aside / one.name)
    for name in names:
        (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(backup / name, home / name)
        (home / name).chmod(0o600)
        _make_durable(home / name)
    _make_durable(home)
    return aside if moved else None


def _names(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def _check_database(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            ((said,),) = opened.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        message = f"{file} does not hold: {said}."
        raise BackupUnusable(message)


def _hash_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
