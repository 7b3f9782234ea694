"""Workflows find their tools where the engine laid them out, and only while it runs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from daywork.jobs.tools import Tools, clear_away, lay_out, on_hand
from daywork.store.database import Database, open_database
from daywork.store.epoch_marker import EpochMarker
from daywork.store.migration import migrate
from support.books import Books
from support.senders import Recorder


def tools(database: Database, home: Path) -> Tools:
    return Tools(
        database=database,
        ledger=Books(),
        sender=Recorder(),
        clock=lambda: datetime(2026, 3, 2, tzinfo=UTC),
        hold_seconds=0,
        marker=EpochMarker(home / "epochs.json"),
        back_up=lambda _now: None,
    )


async def test_the_last_ones_laid_out_are_on_hand_until_they_are_cleared_away(
    tmp_path: Path,
) -> None:
    await migrate(tmp_path, None)
    database = open_database(tmp_path, None)
    first, second = tools(database, tmp_path), tools(database, tmp_path)
    lay_out(first)
    lay_out(second)
    found = on_hand()
    clear_away()

    with pytest.raises(AssertionError, match="lays the tools out"):
        on_hand()
    await database.close()

    assert found is second
