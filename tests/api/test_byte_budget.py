"""Bodies wait as bytes, in the order in which they came."""

import asyncio
from collections.abc import Sequence

import pytest

from daywork.api.byte_budget import ByteBudget

MOST = 10


class Door:
    """Lets visitors in with their bytes and keeps them until they are told to leave."""

    def __init__(self) -> None:
        self.budget = ByteBudget(MOST)
        self.inside: list[str] = []
        self._leaving: dict[str, asyncio.Event] = {}

    async def visit(self, name: str, count: int) -> None:
        """Stay inside until ``leave``."""
        self._leaving[name] = asyncio.Event()
        async with self.budget.spent(count):
            self.inside.append(name)
            await self._leaving[name].wait()
            self.inside.remove(name)

    async def leave(self, name: str) -> None:
        """Let one go, and whoever may come in by that."""
        self._leaving[name].set()
        await settled()


async def settled() -> None:
    """Let all tasks go as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def arrived(door: Door, visitors: Sequence[tuple[str, int]]) -> dict[str, asyncio.Task[None]]:
    tasks = {name: asyncio.create_task(door.visit(name, count)) for name, count in visitors}
    await settled()
    return tasks


@pytest.fixture
def door() -> Door:
    return Door()


async def test_who_does_not_fit_waits_until_one_leaves(door: Door) -> None:
    tasks = await arrived(door, [("a", 6), ("b", 4), ("c", 5)])
    before = list(door.inside)
    await door.leave("a")
    after = list(door.inside)
    await door.leave("b")
    await door.leave("c")

    assert (before, after) == (["a", "b"], ["b", "c"])
    assert all(task.done() for task in tasks.values())


async def test_a_small_one_does_not_pass_a_large_one(door: Door) -> None:
    await arrived(door, [("a", 6), ("large", 10), ("small", 1)])
    before = list(door.inside)
    await door.leave("a")
    between = list(door.inside)
    await door.leave("large")
    after = list(door.inside)
    await door.leave("small")

    assert (before, between, after) == (["a"], ["large"], ["small"])


async def test_who_hangs_up_gives_its_place_and_its_bytes_to_others(door: Door) -> None:
    tasks = await arrived(door, [("a", 10), ("b", 10), ("c", 10)])
    tasks["b"].cancel()
    await settled()
    tasks["a"].cancel()
    await settled()

    assert door.inside[-1:] == ["c"]
    await door.leave("c")
    await arrived(door, [("d", 10)])
    assert door.inside[-1:] == ["d"]
    await door.leave("d")


async def test_who_hangs_up_as_its_turn_comes_keeps_nothing(door: Door) -> None:
    tasks = await arrived(door, [("a", 10), ("b", 10)])
    door._leaving["a"].set()
    # The turn is given as a leaves, before b's task runs again.
    while not tasks["a"].done():
        await asyncio.sleep(0)
    tasks["b"].cancel()
    await settled()
    await arrived(door, [("c", 10)])

    assert door.inside[-1:] == ["c"]
    await door.leave("c")
