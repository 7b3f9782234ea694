"""On PostgreSQL a planner and a mapping meet pushes of other processes: nobody is paid twice."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from daywork.store.database import open_database
from support.books import Books, map_all, plan, states
from support.crew import found_crew


async def test_a_planner_waits_for_a_push_that_may_take_an_approval_back(
    postgresql_url: str, now: datetime
) -> None:
    """Else both the old version and the new one could be paid."""
    database = open_database(Path(), postgresql_url)
    crew = await found_crew(database, now)
    await map_all(crew, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    push = await asyncpg.connect(postgresql_url)
    pushing = push.transaction()
    await pushing.start()
    # A push takes the counter first, and writes what it decided last.
    await push.execute("SELECT revision FROM sync_counter FOR UPDATE")
    planning = asyncio.create_task(plan(crew, Books(), now))
    await wait_until_blocked(push, planning)
    await push.execute("UPDATE posting SET state = 'withdrawn'")
    await pushing.commit()

    planned = await planning
    left = await states(crew, "pump")
    await push.close()
    await database.close()

    assert planned is None
    assert left == [("withdrawn", None)]


async def test_a_mapping_waits_for_a_push_that_may_take_an_approval_back(
    postgresql_url: str, now: datetime
) -> None:
    """Else work that nobody approves any more could go on."""
    database = open_database(Path(), postgresql_url)
    crew = await found_crew(database, now)
    await crew.record("pump", now)
    await crew.approve("pump", now)
    await plan(crew, Books(), now)
    push = await asyncpg.connect(postgresql_url)
    pushing = push.transaction()
    await pushing.start()
    await push.execute("SELECT revision FROM sync_counter FOR UPDATE")
    await push.execute("UPDATE posting SET state = 'withdrawn', reason = NULL")
    mapping = asyncio.create_task(map_all(crew, now))
    await wait_until_blocked(push, mapping)
    await pushing.commit()

    await mapping
    left = await states(crew, "pump")
    await push.close()
    await database.close()

    assert left == [("withdrawn", None)]


async def wait_until_blocked(connection: asyncpg.Connection, task: asyncio.Task[Any]) -> None:
    """Return when somebody waits for a lock, or when ``task`` ended without waiting."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while not task.done() and not await connection.fetchval(query):
        await asyncio.sleep(0)
