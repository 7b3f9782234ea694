"""Migrated, empty databases for tests: made once, used again, never shared at one time.

Making and dropping a database for each test took a third of a second on PostgreSQL,
most of it the checkpoint that a drop waits for.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg

from daywork.store.database import sqlite_file
from daywork.store.migration import migrate
from support import postgresql

_NUMBERS = count(1)
_FREE: list[str] = []
_SQLITE: list[Path] = []

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@asynccontextmanager
async def lent_postgresql() -> AsyncIterator[str]:
    """Yield the URL of a migrated, empty database on the run's PostgreSQL."""
    folder = os.environ[postgresql.FOLDER_VARIABLE]
    admin = await asyncpg.connect(postgresql.url(folder, "postgres"))
    try:
        name = _FREE.pop() if _FREE else await _made(admin, folder)
        yield postgresql.url(folder, name)
        if await _emptied(folder, name):
            _FREE.append(name)
        else:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


async def new_sqlite(home: Path) -> None:
    """Put a migrated, empty SQLite file into ``home``."""
    if not _SQLITE:
        folder = Path(tempfile.mkdtemp(prefix="daywork-template-"))
        await migrate(folder, None)
        _SQLITE.append(sqlite_file(folder))
    shutil.copyfile(_SQLITE[0], sqlite_file(home))


def forget_templates() -> None:
    """Remove what lies on the disk at the end of the run."""
    for file in _SQLITE:
        shutil.rmtree(file.parent)
    _SQLITE.clear()


async def _made(admin: asyncpg.Connection, folder: str) -> str:
    template = f"template_{os.getpid()}"
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template):
        await admin.execute(f"CREATE DATABASE {template}")
        await migrate(Path(), postgresql.url(folder, template))
    name = f"t{os.getpid()}_{next(_NUMBERS)}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


async def _emptied(folder: str, name: str) -> bool:
    """Take a test's rows away; False if it changed the schema and the database is spoilt."""
    used = await asyncpg.connect(postgresql.url(folder, name))
    template = await asyncpg.connect(postgresql.url(folder, f"template_{os.getpid()}"))
    try:
        await used.execute(_END_OTHERS)
        tables = [row["tablename"] for row in await used.fetch(_TABLES)]
        if tables != [row["tablename"] for row in await template.fetch(_TABLES)]:
            return False
        revision = "SELECT version_num FROM alembic_version"
        if await used.fetchval(revision) != await template.fetchval(revision):
            return False
        # Keys between tables do not matter where everything goes.
        deletions = [f"DELETE FROM {table};" for table in tables if table != "alembic_version"]
        await used.execute(
            f"ALTER DATABASE {name} RESET ALL; DROP SCHEMA IF EXISTS dbos CASCADE;"
            "SET session_replication_role = replica;" + "".join(deletions)
        )
    finally:
        await used.close()
        await template.close()
    return True
