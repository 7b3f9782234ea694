"""Copies of a whole database, to which a server is set back; and raw looks into it.

SQLite's file is copied as it is. On PostgreSQL all rows are taken and put back, which is
the same to everybody who asks and a hundred times as fast as a restore of the cluster.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from daywork.store.database import sqlite_file

Rows: TypeAlias = Sequence[tuple[Any, ...]]
Copy: TypeAlias = bytes | Mapping[str, Rows]

# Of SQLite's file format: a file that says WAL cannot be opened from memory.
_WRITE_VERSION, _READ_VERSION = 18, 19
_ROLLBACK_JOURNAL = 1

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class Copies:
    """Takes copies of one database and puts them back."""

    def __init__(self, home: Path, url: str | None, organisation: str | UUID = "") -> None:
        self.organisation = UUID(str(organisation) or f"{0:032}")
        self._file = sqlite_file(home)
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._tables: list[str] = []

    async def taken(self) -> Copy:
        """Return the database as it is now."""
        if self._url is None:
            with closing(sqlite3.connect(self._file)) as database:
                copy = bytearray(database.serialize())
            copy[_READ_VERSION] = copy[_WRITE_VERSION] = _ROLLBACK_JOURNAL
            return bytes(copy)
        connection = await self._connected()
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return {
                table: [tuple(row) for row in await connection.fetch(f"SELECT * FROM {table}")]
                for table in self._tables
            }

    async def put_back(self, copy: Copy) -> None:
        """Replace the database, which nobody uses now, by ``copy``."""
        if isinstance(copy, bytes):
            with closing(sqlite3.connect(":memory:")) as kept:
                kept.deserialize(copy)
                with closing(sqlite3.connect(self._file)) as database:
                    kept.backup(database)
            return
        connection = await self._connected()
        async with connection.transaction():
            # Keys between tables do not matter where everything goes and comes.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(";".join(f"DELETE FROM {table}" for table in self._tables))
            for table, rows in copy.items():
                if rows:
                    await connection.copy_records_to_table(table, records=rows)

    async def rows(self, query: str) -> Rows:
        """Return what ``query``, with ``{organisation}`` in it, finds."""
        if self._url is None:
            text = query.format(organisation=f"x'{self.organisation.hex}'")
            with closing(sqlite3.connect(self._file)) as database:
                return database.execute(text).fetchall()
        connection = await self._connected()
        text = query.format(organisation=f"'{self.organisation}'")
        return [tuple(row) for row in await connection.fetch(text)]

    def forget_connection(self) -> None:
        """Connect anew next time: the server may have been restarted."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None

    async def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None:
            self._connection = await asyncpg.connect(self._url)
            found = [row["tablename"] for row in await self._connection.fetch(_TABLES)]
            self._tables = [table for table in found if table != "alembic_version"]
        return self._connection
