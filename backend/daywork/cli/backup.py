"""daywork backup and restore: copies of a home on SQLite."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from daywork.cli.frame import Commands, show
from daywork.composition import open_store
from daywork.core.errors import BackupElsewhere
from daywork.settings import Settings, read_settings
from daywork.store.backup import back_up, restore
from daywork.store.epoch_marker import EpochMarker
from daywork.store.home_lock import locked_home
from daywork.usecases.keep_epochs import begin_epochs


def add_parser(commands: Commands) -> None:
    """Add the commands to the command line."""
    backup = commands.add_parser("backup", help="copy the home's database and keys")
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="instead of DAYWORK_BACKUPS")
    backup.add_argument("--json", action="store_true", help="print one JSON object")
    backup.set_defaults(run=run_backup)
    restored = commands.add_parser("restore", help="go back to a copy; the server is stopped")
    restored.add_argument("backup", type=Path, help="a folder that `daywork backup` made")
    restored.add_argument("--json", action="store_true", help="print one JSON object")
    restored.set_defaults(run=run_restore)


def run_backup(options: argparse.Namespace) -> int:
    """Make a backup, beside a running server or without one."""
    settings = _on_sqlite()
    folder = options.to.absolute() if options.to is not None else settings.backups
    made = back_up(settings.home, folder, datetime.now(UTC))
    show({"backup": str(made)}, as_json=options.json, sentence=f"{made} is written and checked.")
    return 0


def run_restore(options: argparse.Namespace) -> int:
    """Replace the database by a backup; phones send again what it lacks."""
    settings = _on_sqlite()
    with locked_home(settings.home):
        aside = restore(settings.home, options.backup.absolute(), datetime.now(UTC))
        asyncio.run(_begin_anew(settings))
    show(
        {"set_aside": None if aside is None else str(aside)},
        as_json=options.json,
        sentence=("Restored. Start the server; phones send again what this copy lacks."),
    )
    if aside is not None and not options.json:
        sys.stdout.write(f"What was there before is in {aside}.\n")
    return 0


async def _begin_anew(settings: Settings) -> None:
    """Bring the copy to this version's schema and tell its history from the one before."""
    database = await open_store(settings)
    try:
        marks = await database.write(begin_epochs)
    finally:
        await database.close()
    EpochMarker(settings.epoch_marker).write(marks)


def _on_sqlite() -> Settings:
    settings = read_settings()
    if settings.database_url is not None:
        message = (
            "PostgreSQL is backed up by its own tools: see docs/how-to/back-up-and-restore.md."
        )
        raise BackupElsewhere(message)
    return settings
