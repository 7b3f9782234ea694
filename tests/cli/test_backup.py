"""Backup and restore by command, and a server that notices that it was set back."""

import json
import shutil
from pathlib import Path

import pytest

from daywork.store.database import sqlite_file
from daywork.store.epoch_marker import EpochMarker
from support.commands import Say


def epochs(home: Path) -> set[str]:
    """Return the epochs that were written down beside the database."""
    return {mark.epoch for mark in EpochMarker(home / "epochs.json").read().values()}


def test_a_home_is_backed_up_and_restored_under_a_new_epoch(home: Path, say: Say) -> None:
    before = json.loads(say("conserve", "--json"))
    told = json.loads(say("backup", "--json"))
    assert Path(told["backup"]).parent == home / "backups"
    say("project", "add", "Made after the backup")
    sqlite_file(home).write_bytes(b"")

    said = say("restore", told["backup"])

    assert "send again" in said
    assert "before-restore-" in said
    assert json.loads(say("conserve", "--json")) == before
    assert len(epochs(home)) == 1
    assert "Made after the backup" not in say("mappings", "show")
    shutil.rmtree(home / "backups")


def test_what_is_no_backup_is_refused(home: Path, refused: Say) -> None:
    assert "is no backup" in refused("restore", str(home))


def test_a_server_is_not_restored_under_its_feet(
    home: Path, refused: Say, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = json.loads(say("backup", "--json"))["backup"]
    monkeypatch.setenv("DAYWORK_DATABASE_URL", "postgresql://nowhere/daywork")

    assert "PostgreSQL is backed up by its own tools" in refused("backup")
    assert "PostgreSQL is backed up by its own tools" in refused("restore", made)
    assert home.is_dir()
