"""What waits together is done together.

While one group is being done, whatever arrives gathers for the next. So many phones
share one commit, or one query, instead of standing in line for a round trip each,
and nobody waits for others to come. Nothing is kept beyond a call.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")

Act = Callable[[Sequence[Wish]], Awaitable[Sequence[Answer | Exception]]]
Fitting = Callable[[Sequence[Wish]], int]


class SharedTurns(Generic[Wish, Answer]):
    """One queue: ``act`` answers a group, in order; ``fitting`` says how many are one.

    ``fitting`` gets all that wait, at least one, and returns 1 or more.
    """

    def __init__(self, act: Act[Wish, Answer], fitting: Fitting[Wish]) -> None:
        self._act = act
        self._fitting = fitting
        self._waiting: list[tuple[Wish, asyncio.Future[Answer]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def take(self, wish: Wish) -> Answer:
        """Return the answer to ``wish``, done with whatever else waits.

        Raises: what ``act`` answers it with, or what ``act`` itself raises.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                count = self._fitting([wish for wish, _ in self._waiting])
                group, self._waiting = self._waiting[:count], self._waiting[count:]
                await self._answer(group)
        finally:
            self._worker = None

    async def _answer(self, group: Sequence[tuple[Wish, asyncio.Future[Answer]]]) -> None:
        outcomes: Sequence[Answer | Exception]
        try:
            outcomes = await self._act([wish for wish, _ in group])
        except Exception as error:  # noqa: BLE001 - each that waits must hear of it
            outcomes = [error] * len(group)
        for (_, answer), outcome in zip(group, outcomes, strict=True):
            if answer.cancelled():
                continue
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)
