"""PostgreSQL crashes in mid-page and comes back: a cursor goes on where it was, without a gap."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from daywork.core.errors import CursorExpired
from daywork.store.database import Database, open_database
from daywork.store.migration import migrate
from daywork.usecases.grant_scopes import ApproverWish, add_project_approver
from support import postgresql
from support.crew import COMPANY, Crew, found_crew
from support.follower import Follower

ENTRIES = 30
PAGE_ROWS = 7
CUT_OFF = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError)
TRIES_MAX = 50  # each connection of the pool may be found dead once


@pytest.fixture(name="cluster")
async def cluster_of_its_own() -> AsyncIterator[postgresql.Server]:
    """A PostgreSQL that the test may end: the others' goes on."""
    server = await asyncio.to_thread(postgresql.Server)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture(name="database")
async def database_that_crashes(
    cluster: postgresql.Server, tmp_path: Path
) -> AsyncIterator[Database]:
    admin = await asyncpg.connect(postgresql.url(str(cluster.folder), "postgres"))
    await admin.execute("CREATE DATABASE crashing")
    await admin.close()
    url = postgresql.url(str(cluster.folder), "crashing")
    await migrate(tmp_path, url)
    database = open_database(tmp_path, url)
    yield database
    await database.close()


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    for number in range(ENTRIES):
        who = "Ben" if number % 3 == 0 else "Ana"
        hour = f"{number % 24:02}"
        await founded.record(f"e{number}", now, f"{hour}:00", f"{hour}:10", who=who)
    return founded


async def crash(cluster: postgresql.Server) -> None:
    await asyncio.to_thread(cluster.crash_and_start)


async def pull_through(follower: Follower) -> None:
    """Pull to the end; a page that fails is asked for again, with the cursor it had."""
    failures = 0
    while True:
        try:
            if not (await follower.pull(PAGE_ROWS)).has_more:
                return
        except CUT_OFF:
            failures += 1
            assert failures <= TRIES_MAX


async def test_f10_i13_cursor_a_crash_in_mid_page_leaves_no_gap(
    crew: Crew, cluster: postgresql.Server, now: datetime
) -> None:
    boss, ben = Follower(crew.phones["Max"]), Follower(crew.phones["Ben"])
    assert (await boss.pull(PAGE_ROWS)).has_more
    await ben.pull_all()
    wish = ApproverWish("Roof", "Ben", None)
    await crew.database.write(lambda unit: add_project_approver(unit, COMPANY, wish, now))
    assert (await ben.pull(PAGE_ROWS)).has_more  # in the middle of what came into sight
    await crew.change("e1", now, "01:00", "01:20")

    await crash(cluster)
    await asyncio.gather(*(pull_through(follower) for follower in (boss, ben)))

    for follower in (boss, ben):
        anew = Follower(follower.phone)
        await anew.pull_all(500)
        assert follower.rows == anew.rows
        assert len(anew.rows) == ENTRIES
        assert follower.told_checksums() == follower.checksums()


async def test_f10_i13_cursor_a_push_in_flight_is_there_or_sent_again_and_pulled_once(
    crew: Crew, cluster: postgresql.Server, now: datetime
) -> None:
    boss, ana = Follower(crew.phones["Max"]), crew.phones["Ana"]
    await boss.pull(PAGE_ROWS)
    ana.chain.write("edit", "e1", {"note": "before the crash"}, ana.chain.seen())
    pushed, items = ana.pushed, list(ana.chain.items)
    flight = asyncio.create_task(ana.push(now))

    await crash(cluster)
    await asyncio.gather(flight, return_exceptions=True)
    ana.pushed, results = pushed, None
    for _ in range(TRIES_MAX):
        try:
            results = await ana.push(now)
            break
        except CUT_OFF:
            ana.pushed = pushed
    await pull_through(boss)

    assert results is not None
    assert results[-1]["st"] in {"applied", "duplicate"}
    assert ana.chain.items == items
    notes = [row["v"]["note"] for row in boss.rows.values() if "note" in row["v"]]
    assert notes == [["before the crash"]]
    assert boss.told_checksums() == boss.checksums()


async def caught_up(cluster: postgresql.Server, aside: Path) -> None:
    """Return when the standby has all that was committed until now."""
    primary = await asyncpg.connect(postgresql.url(str(cluster.folder), "postgres"))
    standby = await asyncpg.connect(postgresql.url(str(aside), "postgres"))
    place = await primary.fetchval("SELECT pg_current_wal_flush_lsn()")
    while not await standby.fetchval("SELECT pg_last_wal_replay_lsn() >= $1", place):
        await asyncio.sleep(0)
    await primary.close()
    await standby.close()


async def test_f10_i13_cursor_goes_on_where_a_standby_that_has_everything_takes_over(
    crew: Crew, cluster: postgresql.Server, now: datetime
) -> None:
    aside = await asyncio.to_thread(cluster.follow_by_standby)
    boss = Follower(crew.phones["Max"])
    assert (await boss.pull(PAGE_ROWS)).has_more
    await crew.change("e1", now, "01:00", "01:20")
    await caught_up(cluster, aside)

    await asyncio.to_thread(cluster.fail_over)
    await pull_through(boss)

    anew = Follower(boss.phone)
    await anew.pull_all(500)
    assert boss.rows == anew.rows
    assert len(anew.rows) == ENTRIES
    assert boss.told_checksums() == boss.checksums()


async def test_f10_i13_cursor_of_a_server_that_lost_its_newest_commits_has_expired(
    crew: Crew, cluster: postgresql.Server, now: datetime
) -> None:
    """A standby that lagged behind takes over: its counter is behind the cursor."""
    aside = await asyncio.to_thread(cluster.follow_by_standby)
    boss = Follower(crew.phones["Max"])
    await caught_up(cluster, aside)
    await asyncio.to_thread(cluster.stop_standby)
    await crew.change("e1", now, "01:00", "01:20")
    await boss.pull_all()

    await asyncio.to_thread(cluster.fail_over)
    with pytest.raises(CursorExpired) as expired:
        await pull_through(boss)

    assert expired.value.is_ahead
    anew = Follower(boss.phone)
    await pull_through(anew)
    assert len(anew.rows) == ENTRIES
    assert anew.told_checksums() == anew.checksums()
