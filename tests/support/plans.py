"""How SQLite would run a statement, without running it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from daywork.store.statements import Query, Select, SelectEach, Steps, run_on_sqlite


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
