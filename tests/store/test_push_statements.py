"""A push reads what it touches, however much its organisation has recorded."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from daywork.store import push_statements as sql
from daywork.store.database import sqlite_file
from daywork.store.migration import migrate
from daywork.store.statements import Query, Select, SelectEach, Steps, run_on_sqlite

STATEMENTS = {
    name: value for name, value in vars(sql).items() if isinstance(value, Select | SelectEach)
}
NARROW = {
    "WAITING_OPERATIONS": "ix_operation_waiting",
    "NEAR_ENTRIES": "ix_time_entry_interval (organisation_id=? AND owner_id=? AND started_at>?",
    "LONG_ENTRIES": "ix_time_entry_long",
    "ENTRIES": "(organisation_id=? AND id=?)",
    "OPERATIONS_BY_ID": "(organisation_id=? AND id=?)",
    "OPERATIONS_OF_ENTRIES": "(organisation_id=? AND entry_id=?)",
    "POSTINGS": "(organisation_id=? AND entry_id=?)",
    "CHAIN_HASHES": "(organisation_id=? AND actor=? AND sequence_number=?)",
    "KNOWN_OPERATIONS": "(organisation_id=? AND actor=? AND sequence_number=?)",
    "OPERATIONS_AT": "(organisation_id=? AND actor=? AND sequence_number=?)",
    "CLOCK_SEALS": "(organisation_id=? AND entry_id=?)",
    "NEXT_ENTRIES": "(organisation_id=? AND id>?)",
    "NEXT_HELD": "ix_operation_held",
    "DEVICES": "actor=?",
}


@pytest.mark.parametrize("name", NARROW)
async def test_no_query_of_a_push_reads_more_than_it_needs(name: str, tmp_path: Path) -> None:
    await migrate(tmp_path, None)

    plan = planned(sqlite_file(tmp_path), STATEMENTS[name])

    assert any(NARROW[name] in step for step in plan), plan


def test_every_query_of_a_push_is_looked_at_or_small() -> None:
    reference = {
        "APPROVERS",
        "CLOSED_PERIODS",
        "COUNTER",
        "EFFECTIVE_COUNT",
        "MEMBERS",
        "PROJECTS",
        "TASKS",
    }

    assert STATEMENTS.keys() == NARROW.keys() | reference


def planned(file: Path, statement: Select | SelectEach) -> list[str]:
    """Return how SQLite would run the statement for one key."""
    asked: list[tuple[str, Sequence[object]]] = []

    class Cursor:
        """Keeps the text instead of running it."""

        def execute(self, text: str, values: Sequence[object]) -> "Cursor":
            asked.append((text, values))
            return self

        def fetchall(self) -> list[tuple[object, ...]]:
            return []

    def steps() -> Steps:
        count = len(statement.each if isinstance(statement, SelectEach) else statement.keys or ())
        scalars = 1 if isinstance(statement, SelectEach) else statement.scalars
        yield Query(statement, ("x",) * scalars, [("x",) * count] if count else ())

    run_on_sqlite(Cursor(), steps())
    ((text, values),) = asked
    with closing(sqlite3.connect(file)) as database:
        found = database.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
    return [row[3] for row in found]
