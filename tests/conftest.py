"""What all tests share: the databases, one instant, and no skipped test."""

import os
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from daywork.store.database import Database, open_database
from support import postgresql, soak
from support.databases import forget_templates, lent_postgresql, new_sqlite
from support.revision_watch import WATCH

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)

# A machine that is busy with something else is no fault of a property.
settings.register_profile("daywork", deadline=None)
settings.load_profile("daywork")


WATCH.start()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Longer runs, and records of one's own."""
    parser.addoption("--soak", action="store_true", help="run the fault tests at full length")
    parser.addoption("--pictures", action="store_true", help="write the screens to docs/screens")
    parser.addoption("--records", help="a CSV of time records for the replay under faults")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start PostgreSQL once for all workers."""
    if not hasattr(session.config, "workerinput"):
        server = postgresql.Server()
        os.environ[postgresql.FOLDER_VARIABLE] = str(server.folder)
        session.config.stash[_SERVER] = server


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Stop what was started; a soak that went well leaves its line."""
    counts = session.config.stash.get(_SOAKED, None)
    if counts and exitstatus == 0 and session.config.getoption("--soak"):
        soak.record(counts)
    server = session.config.stash.get(_SERVER, None)
    if server is not None:
        server.stop()
    forget_templates()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let browser tests go last: their driver keeps a loop running in this thread to the end."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that does not run has failed."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: a test runs, or it is removed"
    return report


_SERVER = pytest.StashKey[postgresql.Server]()
_SOAKED = pytest.StashKey[dict[str, int]]()


@pytest.fixture
def soaked(request: pytest.FixtureRequest) -> dict[str, int]:
    """Where a fault test counts what it went through, for the ledger of soaks."""
    return request.config.stash.setdefault(_SOAKED, {})


@pytest.fixture(autouse=True)
def revisions_come_last() -> Iterator[None]:
    """I21: no statement runs between the stamping of revisions and the commit."""
    yield
    assert WATCH.taken() == []


@pytest.fixture
def now() -> datetime:
    """The instant of every test that needs one."""
    return NOW


@pytest.fixture
async def postgresql_url() -> AsyncIterator[str]:
    """A migrated, empty database on the real PostgreSQL."""
    async with lent_postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Where PostgreSQL is, or None for SQLite."""
    # Not async: a fixture that is running cannot ask for one that has to run first.
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql_url")
        return url
    return None


@pytest.fixture
async def database(database_url: str | None, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    if database_url is None:
        await new_sqlite(tmp_path)
    opened = open_database(tmp_path, database_url)
    yield opened
    await opened.close()
