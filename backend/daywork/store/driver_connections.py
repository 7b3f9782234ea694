"""asyncpg connections that stay open, lent to one task at a time.

The pool's own checkout costs more than a short query, and beyond its size it opens
and closes a connection for each request. These are taken from it once; what failed
is not lent again, so nobody finds a half-done transaction.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from asyncpg import Connection as AsyncpgConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


@dataclass(frozen=True, slots=True)
class _Kept:
    """A connection of the pool, and the driver's behind it."""

    pooled: AsyncConnection
    driver: AsyncpgConnection


class DriverConnections:
    """At most ``most`` connections of ``engine``; who comes later waits."""

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        self._engine = engine
        # The one that was used last is lent first; None stands for one to be opened.
        self._idle: asyncio.LifoQueue[_Kept | None] = asyncio.LifoQueue()
        for _ in range(most):
            self._idle.put_nowait(None)

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[AsyncpgConnection]:
        """Lend a connection that nobody else uses meanwhile."""
        kept = await self._idle.get()
        returned: _Kept | None = None
        try:
            if kept is not None and kept.driver.is_closed():
                await _drop(kept)
                kept = None
            if kept is None:
                kept = await self._opened()
            try:
                yield kept.driver
            except Exception:
                # What was refused has been rolled back; what was broken off halfway has not.
                is_whole = not kept.driver.is_closed() and not kept.driver.is_in_transaction()
                returned = kept if is_whole else None
                raise
            returned = kept
        finally:
            self._idle.put_nowait(returned)
            if returned is None and kept is not None:
                await _drop(kept)

    async def close(self) -> None:
        """Give back those that are idle."""
        while not self._idle.empty():
            kept = self._idle.get_nowait()
            if kept is not None:
                await kept.pooled.close()

    async def _opened(self) -> _Kept:
        pooled = await self._engine.connect()
        raw = await pooled.get_raw_connection()
        driver: AsyncpgConnection = raw.driver_connection
        return _Kept(pooled, driver)


async def _drop(kept: _Kept) -> None:
    """End the connection without asking it anything; the pool may open another."""
    await kept.pooled.invalidate()
    await kept.pooled.close()
