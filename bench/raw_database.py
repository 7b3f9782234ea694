"""The raw drivers: what R is measured with, and how stored rows are looked at."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from uuid import UUID

import asyncpg

from daywork.store.statements import Change

Rows: TypeAlias = Sequence[Sequence[Any]]
Prepared: TypeAlias = Sequence[tuple[str, Sequence[Any]]]


class RawDatabase(Protocol):
    """One connection of the driver, with nothing above it."""

    def key(self, uuid: UUID) -> Any:
        """Return the id as this database keeps it."""
        ...

    async def fetch(self, text: str, *values: Any) -> Rows:
        """Run a query whose parameters are ``$1``, ``$2`` ..."""
        ...

    def prepared(self, changes: Sequence[Change]) -> Prepared:
        """Return texts and values as the driver takes them, made before the clock starts."""
        ...

    async def write(self, prepared: Prepared) -> None:
        """Write in one transaction; it is on the disk when this returns."""
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


class RawSqlite:
    """The sqlite3 module, with the durability that the product has."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, timeout=30)
        self._connection.isolation_level = None
        for pragma in (
            "foreign_keys = ON",
            "journal_mode = WAL",
            "synchronous = FULL",
            "wal_autocheckpoint = 10000",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def key(self, uuid: UUID) -> Any:
        """Return 16 bytes."""
        return uuid.bytes

    async def fetch(self, text: str, *values: Any) -> Rows:
        """Run a query; SQLite writes numbered parameters with a question mark."""
        return self._connection.execute(text.replace("$", "?"), values).fetchall()

    def prepared(self, changes: Sequence[Change]) -> Prepared:
        """Return a text and its rows for each change."""
        return [(change.statement.on_sqlite, change.rows) for change in changes]

    async def write(self, prepared: Prepared) -> None:
        """Write in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        for text, rows in prepared:
            self._connection.executemany(text, rows)
        self._connection.execute("COMMIT")

    async def close(self) -> None:
        """Close the file."""
        self._connection.close()


class RawPostgresql:
    """asyncpg, with whole columns as arrays: the fastest upsert that it has."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    def key(self, uuid: UUID) -> Any:
        """Return the id as it is."""
        return uuid

    async def fetch(self, text: str, *values: Any) -> Rows:
        """Run a query."""
        return await self._connection.fetch(text, *values)  # type: ignore[no-any-return]

    def prepared(self, changes: Sequence[Change]) -> Prepared:
        """Return a text and its columns for each change."""
        return [
            (
                change.statement.on_postgresql,
                [list(column) for column in zip(*change.rows, strict=True)],
            )
            for change in changes
        ]

    async def write(self, prepared: Prepared) -> None:
        """Write in one transaction."""
        async with self._connection.transaction():
            for text, columns in prepared:
                await self._connection.execute(text, *columns)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()


async def open_raw(home: Path, url: str | None) -> RawDatabase:
    """Connect as the product does: SQLite in ``home``, or PostgreSQL at ``url``."""
    if url is None:
        return RawSqlite(home / "daywork.sqlite")
    settings = {"enable_seqscan": "off", "timezone": "UTC"}
    return RawPostgresql(await asyncpg.connect(url, server_settings=settings))
