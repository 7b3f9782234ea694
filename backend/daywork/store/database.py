"""The database behind one facade: SQLite in one process, or PostgreSQL.

``write`` runs a plain function over a unit of work in one transaction and
returns after the commit; ``read`` runs one on a snapshot that cannot write.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from daywork.core.ids import OrganisationId
from daywork.store.driver_connections import DriverConnections
from daywork.store.push_lane import Decide, PushLane, RunSteps, SignedBatch
from daywork.store.session_lookup import FoundSession, look_up_sessions
from daywork.store.shared_turns import SharedTurns
from daywork.store.statements import Steps, run_on_postgresql, run_on_sqlite
from daywork.store.unit_of_work import UnitOfWork
from daywork.store.writer_thread import WriterThread

Answer = TypeVar("Answer")
Act = Callable[[UnitOfWork], Answer]

READERS_MAX = 4  # threads that read SQLite beside the writer
POSTGRESQL_MAPPERS_MAX = 10  # connections for units of work
POSTGRESQL_DRIVERS_MAX = 10  # connections for raw statements, kept open
SESSIONS_A_QUERY_MAX = 200


class Database(Protocol):
    """What a door needs of the store."""

    async def write(self, act: Act[Answer]) -> Answer:
        """Run ``act`` in one transaction; return its result after the commit."""
        ...

    async def read(self, act: Act[Answer]) -> Answer:
        """Run ``act`` on one snapshot; it cannot write."""
        ...

    async def push(
        self, organisation_id: OrganisationId, signed: SignedBatch, decide: Decide
    ) -> Any:
        """Return what ``decide`` made of the push, after the commit of its group.

        Raises: the DomainError that refuses the whole push.
        """
        ...

    async def find_session(self, token_hash: bytes) -> FoundSession | None:
        """Return who is behind a session token, as of now."""
        ...

    async def look_at(self, steps: Steps) -> Any:
        """Run a bounded page of reads on one snapshot."""
        ...

    async def scan(self, steps: Steps) -> Any:
        """Run reads that grow with what is stored, on one snapshot, beside the others."""
        ...

    async def close(self) -> None:
        """Finish what waits and let go of the connections."""
        ...


class SqliteDatabase:
    """One file, one writing thread, a few reading threads."""

    def __init__(self, file: Path) -> None:
        self._write_engine = _sqlite_engine(file, read_only=False)
        self._read_engine = _sqlite_engine(file, read_only=True)
        self._writer = WriterThread(self._write_engine)
        self._near = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
        )
        self._near.isolation_level = None
        self._readers = ThreadPoolExecutor(READERS_MAX, thread_name_prefix="daywork-reader")
        self._lanes: dict[OrganisationId, PushLane] = {}

    async def write(self, act: Act[Answer]) -> Answer:
        """Run ``act`` in the writer thread, inside the next group commit."""
        return await self._writer.run(lambda connection: _run_unit(connection, act))

    async def read(self, act: Act[Answer]) -> Answer:
        """Run ``act`` in a reading thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, act)

    async def push(
        self, organisation_id: OrganisationId, signed: SignedBatch, decide: Decide
    ) -> Any:
        """Let the push take its turn in its organisation's lane."""
        lane = _lane(self._lanes, organisation_id, self._run_steps, decide)
        return await lane.submit(signed)

    async def find_session(self, token_hash: bytes) -> FoundSession | None:
        """Read on the loop's own connection: some 30 microseconds, no thread changes."""
        found: Sequence[FoundSession | None] = run_on_sqlite(
            self._near.cursor(), look_up_sessions((token_hash,))
        )
        return found[0]

    async def look_at(self, steps: Steps) -> Any:
        """Read on the loop's own connection: a page of 500 rows takes about a millisecond."""
        cursor = self._near.cursor()
        cursor.execute("BEGIN")
        try:
            return run_on_sqlite(cursor, steps)
        finally:
            cursor.execute("ROLLBACK")

    async def scan(self, steps: Steps) -> Any:
        """Read in a reading thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._scan, steps)

    async def _run_steps(self, steps: Callable[[], Steps]) -> Any:
        def act(connection: Connection) -> Any:
            driver: Any = connection.connection.driver_connection
            return run_on_sqlite(driver.cursor(), steps())

        return await self._writer.run(act)

    def _read(self, act: Act[Answer]) -> Answer:
        with self._read_engine.connect() as connection, connection.begin():
            return _run_unit(connection, act)

    def _scan(self, steps: Steps) -> Any:
        with self._read_engine.connect() as connection, connection.begin():
            driver: Any = connection.connection.driver_connection
            return run_on_sqlite(driver.cursor(), steps)

    async def close(self) -> None:
        """Finish the waiting jobs, then close both engines."""
        await asyncio.to_thread(self._writer.close)
        self._readers.shutdown()
        self._near.close()
        self._write_engine.dispose()
        self._read_engine.dispose()


class PostgresqlDatabase:
    """A pool of asyncpg connections; any number of processes may share it."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            with_asyncpg(url),
            pool_size=POSTGRESQL_MAPPERS_MAX + POSTGRESQL_DRIVERS_MAX,
            max_overflow=0,  # opening a connection costs more than waiting for one
            # A generic plan cached while a table was empty would scan it for ever.
            connect_args={"server_settings": {"enable_seqscan": "off", "timezone": "UTC"}},
        )
        self._drivers = DriverConnections(self._engine, POSTGRESQL_DRIVERS_MAX)
        self._sessions: SharedTurns[bytes, FoundSession | None] = SharedTurns(
            self._find_sessions, lambda waiting: min(len(waiting), SESSIONS_A_QUERY_MAX)
        )
        self._lanes: dict[OrganisationId, PushLane] = {}

    async def write(self, act: Act[Answer]) -> Answer:
        """Run ``act`` in one transaction."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            return await session.run_sync(_act_on_session, act)

    async def read(self, act: Act[Answer]) -> Answer:
        """Run ``act`` in one read-only snapshot."""
        async with self._engine.connect() as connection:
            await connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            async with AsyncSession(connection) as session:
                return await session.run_sync(_act_on_session, act)

    async def push(
        self, organisation_id: OrganisationId, signed: SignedBatch, decide: Decide
    ) -> Any:
        """Let the push take its turn in its organisation's lane."""
        lane = _lane(self._lanes, organisation_id, self._run_steps, decide)
        return await lane.submit(signed)

    async def find_session(self, token_hash: bytes) -> FoundSession | None:
        """Read with whoever else is asking just now."""
        return await self._sessions.take(token_hash)

    async def look_at(self, steps: Steps) -> Any:
        """Read on a driver's connection in one read-only snapshot."""
        async with (
            self._drivers.lent() as driver,
            driver.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await run_on_postgresql(driver, steps)

    async def scan(self, steps: Steps) -> Any:
        """Read like a page: the event loop only waits."""
        return await self.look_at(steps)

    async def _run_steps(self, steps: Callable[[], Steps]) -> Any:
        async with self._drivers.lent() as driver, driver.transaction():
            return await run_on_postgresql(driver, steps())

    async def _find_sessions(self, token_hashes: Sequence[bytes]) -> Sequence[FoundSession | None]:
        async with self._drivers.lent() as driver:
            steps = look_up_sessions(token_hashes)
            return await run_on_postgresql(driver, steps)  # type: ignore[no-any-return]

    async def close(self) -> None:
        """Close the connections and the pool."""
        await self._drivers.close()
        await self._engine.dispose()


def _lane(
    lanes: dict[OrganisationId, PushLane],
    organisation_id: OrganisationId,
    run: RunSteps,
    decide: Decide,
) -> PushLane:
    if organisation_id not in lanes:
        lanes[organisation_id] = PushLane(organisation_id, run, decide)
    return lanes[organisation_id]


def open_database(home: Path, url: str | None) -> Database:
    """Return PostgreSQL at ``url``, or SQLite in ``home`` when ``url`` is None.

    The schema must be there: see ``daywork.store.migration``.
    """
    return SqliteDatabase(sqlite_file(home)) if url is None else PostgresqlDatabase(url)


def sqlite_file(home: Path) -> Path:
    """Return where the SQLite database of ``home`` lies."""
    return home / "daywork.sqlite"


def sqlite_url(file: Path) -> str:
    """Return SQLAlchemy's address of ``file``, whatever characters are in its name."""
    return URL.create("sqlite", database=str(file)).render_as_string()


def _act_on_session(session: Session, act: Act[Answer]) -> Answer:
    unit = UnitOfWork(lambda: session)
    answer = act(unit)
    session.flush()
    return answer


def _run_unit(connection: Connection, act: Act[Answer]) -> Answer:
    # A savepoint of its own: what the database refuses undoes this act, not its neighbours'.
    unit = UnitOfWork(lambda: Session(connection, join_transaction_mode="create_savepoint"))
    try:
        answer = act(unit)
        unit.finish()
    except BaseException:
        unit.abandon()
        raise
    return answer


def _sqlite_engine(file: Path, *, read_only: bool) -> Engine:
    engine = create_engine(
        sqlite_url(file),
        # The writer keeps one connection for good; readers take turns on a few.
        poolclass=QueuePool if read_only else StaticPool,
        connect_args={"check_same_thread": False, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: Any) -> None:
        driver.isolation_level = None  # We send BEGIN ourselves, so that reads are snapshots.
        driver.execute("PRAGMA foreign_keys = ON")
        if read_only:
            driver.execute("PRAGMA query_only = ON")
            return
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("PRAGMA synchronous = FULL")
        driver.execute("PRAGMA wal_autocheckpoint = 10000")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def with_asyncpg(url: str) -> str:
    """Return ``url`` with the driver's name, as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)
