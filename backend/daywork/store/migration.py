"""Bring a database to the newest schema.

Alembic is imported only when the recorded revision is not the newest one: it
costs a third of a second at every start otherwise.
"""

from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from daywork.store.database import sqlite_file, sqlite_url, with_asyncpg

HEAD = "20261125_pre_conservation"

# Any number: it only has to be the same in every process that migrates.
_ADVISORY_LOCK = 7_011


async def migrate(home: Path, url: str | None, revision: str = "head") -> None:
    """Upgrade the database of ``home``, or PostgreSQL at ``url``, to ``revision``.

    On SQLite the caller holds the home's lock file; on PostgreSQL an advisory lock
    lets only one process migrate at a time.
    """
    if url is None:
        _migrate_sqlite(sqlite_file(home), revision)
        return
    engine = create_async_engine(with_asyncpg(url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        await connection.run_sync(change_schema, revision)
    await engine.dispose()


def migrations_folder() -> Path:
    """Return where the migrations lie: in the wheel, or in the checkout."""
    packaged = Path(str(files("daywork"))) / "migrations"
    return packaged if packaged.is_dir() else Path(str(files("daywork"))).parents[1] / "migrations"


def change_schema(connection: Connection, revision: str) -> None:
    """Upgrade, or downgrade with a revision like ``-1`` or ``base``, on ``connection``."""
    if revision == "head" and _recorded_revision(connection) == HEAD:
        return
    from alembic import command  # noqa: PLC0415 - see the module's first lines
    from alembic.config import Config  # noqa: PLC0415

    configuration = Config()
    configuration.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    goes_down = revision == "base" or revision.startswith("-")
    (command.downgrade if goes_down else command.upgrade)(configuration, revision)


def _recorded_revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate_sqlite(file: Path, revision: str) -> None:
    engine = create_engine(sqlite_url(file), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: Any) -> None:
        driver.isolation_level = None  # So that the whole migration is one transaction.
        driver.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        change_schema(connection, revision)
    engine.dispose()
