"""Statements of the push path, each written once and run by both raw drivers.

A select ends in one membership test over a list of keys; an upsert takes whole
columns. SQLite gets them as padded ``IN`` lists and ``executemany``, PostgreSQL
as arrays through ``unnest``: the fastest form each driver has. Values are uuid,
text, integer, boolean and bytes; instants are milliseconds.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from asyncpg import Connection as AsyncpgConnection

# Lists are padded to these lengths, so that SQLite keeps few prepared statements.
PADDED_LENGTHS = (1, 10, 50, 200, 500)

Values: TypeAlias = Sequence[Any]


@dataclass(frozen=True)
class Select:
    """``SELECT columns FROM source WHERE condition AND (keys) IN (the list)``.

    ``condition`` uses ``{0}``, ``{1}`` ... for scalars. Without ``keys`` there is
    no list. Column and key types are PostgreSQL's names.
    """

    columns: Mapping[str, str]
    source: str
    condition: str
    scalars: int
    keys: Mapping[str, str] | None = None
    ending: str = ""
    lock: str = ""  # PostgreSQL only: SQLite's writer is alone anyway
    index: str = ""  # SQLite only: without statistics it does not see how small one is

    @cached_property
    def on_postgresql(self) -> str:
        """The text with numbered parameters."""
        text = self._start([f"${number + 1}" for number in range(self.scalars)])
        if self.keys is not None:
            arrays = [
                f"${self.scalars + number + 1}::{kind}[]"
                for number, kind in enumerate(self.keys.values())
            ]
            if len(arrays) == 1:
                text += f" AND {next(iter(self.keys))} = ANY({arrays[0]})"
            else:
                keys = f"SELECT * FROM unnest({', '.join(arrays)})"
                text += f" AND ({', '.join(self.keys)}) IN ({keys})"
        return f"{text} {self.ending} {self.lock}".rstrip()

    def _start(self, scalars: Sequence[str]) -> str:
        where = self.condition.format(*scalars)
        return f"SELECT {', '.join(self.columns)} FROM {self.source} WHERE {where}"

    def __hash__(self) -> int:
        """Statements are module constants: identity is enough."""
        return id(self)


@dataclass(frozen=True)
class SelectEach:
    """``SELECT columns FROM source WHERE condition``, once for each row of values.

    ``{0}`` is the one scalar of all, ``{1}`` and on are the values of ``each``. One
    round trip on PostgreSQL, where each would cost one; SQLite has none to save.
    """

    columns: Mapping[str, str]
    source: str
    condition: str
    each: Mapping[str, str]
    index: str = ""  # as in Select

    @cached_property
    def on_postgresql(self) -> str:
        """The text that takes the scalar and one array a value."""
        arrays = ", ".join(
            f"${number + 2}::{kind}[]" for number, kind in enumerate(self.each.values())
        )
        wanted = [f"wanted.{name}" for name in self.each]
        return (
            f"SELECT found.* FROM unnest({arrays}) AS wanted({', '.join(self.each)}),"
            f" LATERAL ({self._start('$1', *wanted)}) AS found"
        )

    @cached_property
    def on_sqlite(self) -> str:
        """The text that takes one row of values, the scalar first."""
        marks = [f"?{number + 1}" for number in range(1 + len(self.each))]
        return self._start(*marks, source=_indexed(self.source, self.index))

    def _start(self, *values: str, source: str = "") -> str:
        where = self.condition.format(*values)
        return f"SELECT {', '.join(self.columns)} FROM {source or self.source} WHERE {where}"


@dataclass(frozen=True)
class Upsert:
    """``INSERT`` of whole rows; where the key is known, ``updated`` columns change.

    Without ``updated`` a known row stays; without ``key`` a known row is an error.
    """

    table: str
    columns: Mapping[str, str]
    key: Sequence[str]
    updated: Sequence[str] = ()

    @cached_property
    def on_postgresql(self) -> str:
        """The text that takes one array a column."""
        arrays = ", ".join(
            f"${number + 1}::{kind}[]" for number, kind in enumerate(self.columns.values())
        )
        return f"{self._start} SELECT * FROM unnest({arrays}) {self._conflict}".rstrip()

    @cached_property
    def on_sqlite(self) -> str:
        """The text that takes one row."""
        marks = ", ".join("?" for _ in self.columns)
        return f"{self._start} VALUES ({marks}) {self._conflict}".rstrip()

    @cached_property
    def uuid_positions(self) -> Sequence[int]:
        """Where a row has ids."""
        return _uuid_positions(tuple(self.columns.values()))

    @property
    def _start(self) -> str:
        return f"INSERT INTO {self.table} ({', '.join(self.columns)})"

    @property
    def _conflict(self) -> str:
        if not self.key:
            return ""
        if not self.updated:
            return f"ON CONFLICT ({', '.join(self.key)}) DO NOTHING"
        changes = ", ".join(f"{column} = excluded.{column}" for column in self.updated)
        return f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changes}"


@dataclass(frozen=True)
class Update:
    """``UPDATE table SET changed WHERE key``, for a list of rows: key first."""

    table: str
    key: Mapping[str, str]
    changed: Mapping[str, str]

    @cached_property
    def on_postgresql(self) -> str:
        """The text that takes one array a column."""
        columns = {**self.key, **self.changed}
        arrays = ", ".join(
            f"${number + 1}::{kind}[]" for number, kind in enumerate(columns.values())
        )
        changes = ", ".join(f"{column} = new.{column}" for column in self.changed)
        match = " AND ".join(f"{self.table}.{column} = new.{column}" for column in self.key)
        names = ", ".join(columns)
        return (
            f"UPDATE {self.table} SET {changes} FROM unnest({arrays}) AS new({names}) WHERE {match}"
        )

    @cached_property
    def on_sqlite(self) -> str:
        """The text that takes one row: changed values, then the key."""
        changes = ", ".join(f"{column} = ?" for column in self.changed)
        match = " AND ".join(f"{column} = ?" for column in self.key)
        return f"UPDATE {self.table} SET {changes} WHERE {match}"

    @cached_property
    def uuid_positions(self) -> Sequence[int]:
        """Where a row has ids."""
        return _uuid_positions((*self.key.values(), *self.changed.values()))

    @cached_property
    def sqlite_order(self) -> Sequence[int]:
        """Positions of a row's values in the order that SQLite's text wants."""
        count = len(self.key)
        return [*range(count, count + len(self.changed)), *range(count)]


@dataclass(frozen=True, slots=True)
class Query:
    """A select with its values; ``keys`` is a list of tuples."""

    statement: Select | SelectEach
    scalars: Values
    keys: Sequence[Values] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An upsert or update with its rows."""

    statement: Upsert | Update
    rows: Sequence[Values]


Rows: TypeAlias = Sequence[Sequence[Any]]
Steps: TypeAlias = Generator[Query | Change, Rows, Any]


def run_on_sqlite(cursor: Any, steps: Steps) -> Any:
    """Run ``steps`` on a cursor of the sqlite3 driver and return what they return."""
    rows: Any = None  # A generator starts with None.
    while True:
        try:
            step = steps.send(rows)
        except StopIteration as stop:
            return stop.value
        rows = _sqlite_rows(cursor, step) if isinstance(step, Query) else ()
        if isinstance(step, Change):
            _change_sqlite(cursor, step)


async def run_on_postgresql(connection: AsyncpgConnection, steps: Steps) -> Any:
    """Run ``steps`` on an asyncpg connection and return what they return."""
    rows: Any = None  # A generator starts with None.
    while True:
        try:
            step = steps.send(rows)
        except StopIteration as stop:
            return stop.value
        if isinstance(step, Query):
            statement = step.statement
            has_keys = isinstance(statement, SelectEach) or statement.keys is not None
            if has_keys and not step.keys:
                rows = ()
                continue
            columns = [list(column) for column in zip(*step.keys, strict=True)]
            rows = await connection.fetch(statement.on_postgresql, *step.scalars, *columns)
        else:
            rows = ()
            if step.rows:
                columns = [list(column) for column in zip(*step.rows, strict=True)]
                await connection.execute(step.statement.on_postgresql, *columns)


def _sqlite_rows(cursor: Any, query: Query) -> Rows:
    statement = query.statement
    scalars = [_to_sqlite(value) for value in query.scalars]
    kinds = tuple(statement.columns.values())
    if isinstance(statement, SelectEach):
        found = []
        for key in query.keys:
            values = scalars + [_to_sqlite(value) for value in key]
            found += cursor.execute(statement.on_sqlite, values).fetchall()
        return _from_sqlite(found, kinds)
    if statement.keys is None:
        found = cursor.execute(_sqlite_text(statement, 0), scalars).fetchall()
        return _from_sqlite(found, kinds)
    found = []
    for start in range(0, len(query.keys), PADDED_LENGTHS[-1]):
        keys = query.keys[start : start + PADDED_LENGTHS[-1]]
        length = next(padded for padded in PADDED_LENGTHS if padded >= len(keys))
        nothing = (None,) * len(statement.keys)  # Equal to no key.
        padded = [*keys, *([nothing] * (length - len(keys)))]
        values = [_to_sqlite(value) for key in padded for value in key]
        # Values stand in the text before the condition where they are a table.
        given = scalars + values if len(statement.keys) == 1 else values + scalars
        found += cursor.execute(_sqlite_text(statement, length), given).fetchall()
    return _from_sqlite(found, kinds)


def _change_sqlite(cursor: Any, change: Change) -> None:
    statement = change.statement
    rows = [list(row) for row in change.rows]
    for position in statement.uuid_positions:
        for row in rows:
            if row[position] is not None:
                row[position] = row[position].bytes
    if isinstance(statement, Update):
        order = statement.sqlite_order
        rows = [[row[position] for position in order] for row in rows]
    cursor.executemany(statement.on_sqlite, rows)


@lru_cache(maxsize=256)
def _sqlite_text(statement: Select, length: int) -> str:
    where = statement.condition.format(*(["?"] * statement.scalars))
    source = _indexed(statement.source, statement.index)
    keys = list(statement.keys or ())
    if len(keys) == 1:
        where += f" AND {keys[0]} IN ({', '.join(['?'] * length)})"
    elif keys:
        # Joined, for a list of row values uses an index by its first column only.
        key = f"({', '.join('?' for _ in keys)})"
        source = f"(VALUES {', '.join([key] * length)}) AS wanted CROSS JOIN {source}"
        where += "".join(f" AND {name} = column{number}" for number, name in enumerate(keys, 1))
    text = f"SELECT {', '.join(statement.columns)} FROM {source} WHERE {where}"
    return f"{text} {statement.ending}".rstrip()


def _indexed(source: str, index: str) -> str:
    return f"{source} INDEXED BY {index}" if index else source


def _to_sqlite(value: Any) -> Any:
    return value.bytes if isinstance(value, UUID) else value


@lru_cache(maxsize=256)
def _uuid_positions(kinds: tuple[str, ...]) -> Sequence[int]:
    return [position for position, kind in enumerate(kinds) if kind == "uuid"]


def _from_sqlite(rows: Rows, kinds: tuple[str, ...]) -> Rows:
    uuids = _uuid_positions(kinds)
    if not uuids or not rows:
        return rows
    result = []
    for row in rows:
        values = list(row)
        for position in uuids:
            if values[position] is not None:
                values[position] = UUID(bytes=values[position])
        result.append(values)
    return result
