"""Connections stay open, are lent to one task at a time, and broken ones never again."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from daywork.store.database import with_asyncpg
from daywork.store.driver_connections import DriverConnections

MOST = 2


@pytest.fixture
async def connections(postgresql_url: str) -> AsyncIterator[DriverConnections]:
    engine = create_async_engine(with_asyncpg(postgresql_url), pool_size=MOST, max_overflow=0)
    connections = DriverConnections(engine, MOST)
    yield connections
    await connections.close()
    await engine.dispose()


async def _process_id(connections: DriverConnections) -> int:
    async with connections.lent() as driver:
        number: int = await driver.fetchval("SELECT pg_backend_pid()")
        return number


async def test_one_after_the_other_get_the_same_connection(connections: DriverConnections) -> None:
    assert await _process_id(connections) == await _process_id(connections)


async def test_who_comes_when_all_are_lent_waits(connections: DriverConnections) -> None:
    async with connections.lent() as first, connections.lent() as second:
        third = asyncio.create_task(_process_id(connections))
        await first.fetchval("SELECT 1")
        is_done_too_early = third.done()
        lent = {await one.fetchval("SELECT pg_backend_pid()") for one in (first, second)}

    assert not is_done_too_early
    assert await third in lent


async def test_a_refused_statement_leaves_the_connection_as_it_was(
    connections: DriverConnections,
) -> None:
    before = await _process_id(connections)
    with pytest.raises(asyncpg.UndefinedTableError):
        async with connections.lent() as driver, driver.transaction():
            await driver.execute("SELECT * FROM nowhere")

    assert await _process_id(connections) == before


async def test_what_was_broken_off_in_a_transaction_is_not_lent_again(
    connections: DriverConnections,
) -> None:
    async def break_off() -> None:
        async with connections.lent() as driver:
            await driver.execute("BEGIN")
            raise ZeroDivisionError

    before = await _process_id(connections)
    with pytest.raises(ZeroDivisionError):
        await break_off()

    assert await _process_id(connections) != before


async def test_a_connection_that_the_server_ended_is_replaced(
    connections: DriverConnections,
) -> None:
    """More often than there are connections: a place that is lost would be missed."""
    seen = set()
    for _ in range(2 * MOST + 1):
        async with connections.lent() as driver:
            seen.add(await driver.fetchval("SELECT pg_backend_pid()"))
            with pytest.raises(asyncpg.PostgresError):
                await driver.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert len(seen) == 2 * MOST + 1
