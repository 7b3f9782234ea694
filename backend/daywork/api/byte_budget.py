"""How much of what phones send is held as objects at one time.

A body's objects take ten times its bytes. When a whole company comes at once, most of
its pushes wait anyway; they wait as bytes, and memory stays what it is.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ByteBudget:
    """``bytes_max`` for all together; who comes first is served first."""

    def __init__(self, bytes_max: int) -> None:
        self._free = bytes_max
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def spent(self, count: int) -> AsyncIterator[None]:
        """Wait for ``count`` bytes, at most ``bytes_max``, and hold them while the block runs."""
        await self._take(count)
        try:
            yield
        finally:
            self._give_back(count)

    async def _take(self, count: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((count, turn))
        self._grant()
        try:
            await turn
        except asyncio.CancelledError:
            # Who hangs up may have got its turn at the same moment.
            self._give_back(0 if turn.cancelled() else count)
            raise

    def _give_back(self, count: int) -> None:
        self._free += count
        self._grant()

    def _grant(self) -> None:
        while self._waiting:
            count, turn = self._waiting[0]
            if not turn.cancelled():
                if count > self._free:
                    return
                self._free -= count
                turn.set_result(None)
            self._waiting.popleft()
