"""What waits together is done together, and each hears what became of its own."""

import asyncio
from collections.abc import Sequence

import pytest

from daywork.store.shared_turns import SharedTurns

MOST = 3


class Counter:
    """Answers a number with its double; refuses what is below zero."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []

    async def act(self, numbers: Sequence[int]) -> Sequence[int | Exception]:
        """Answer each, after the others had their chance to come."""
        self.groups.append(list(numbers))
        await asyncio.sleep(0)
        if 0 in numbers:
            raise ZeroDivisionError
        return [ValueError(number) if number < 0 else 2 * number for number in numbers]


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def turns(counter: Counter) -> SharedTurns[int, int]:
    return SharedTurns(counter.act, lambda waiting: min(len(waiting), MOST))


async def test_what_comes_meanwhile_waits_for_the_next_group(
    counter: Counter, turns: SharedTurns[int, int]
) -> None:
    first = asyncio.create_task(turns.take(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = await asyncio.gather(turns.take(2), turns.take(3))

    assert [await first, *others] == [2, 4, 6]
    assert counter.groups == [[1], [2, 3]]


async def test_a_group_is_as_large_as_fits(counter: Counter, turns: SharedTurns[int, int]) -> None:
    answers = await asyncio.gather(*(turns.take(number) for number in range(1, 8)))

    assert answers == [2 * number for number in range(1, 8)]
    assert [len(group) for group in counter.groups] == [MOST, MOST, 1]


async def test_each_hears_what_concerns_it(turns: SharedTurns[int, int]) -> None:
    answers = await asyncio.gather(turns.take(1), turns.take(-1), return_exceptions=True)

    assert answers[0] == 2
    assert isinstance(answers[1], ValueError)


async def test_a_failure_of_all_is_told_to_all_and_the_queue_goes_on(
    turns: SharedTurns[int, int],
) -> None:
    answers = await asyncio.gather(turns.take(0), turns.take(1), return_exceptions=True)

    assert [type(answer) for answer in answers] == [ZeroDivisionError] * 2
    assert await turns.take(4) == 8


async def test_who_has_gone_keeps_nobody_waiting(turns: SharedTurns[int, int]) -> None:
    gone = asyncio.create_task(turns.take(1))
    stays = asyncio.create_task(turns.take(2))
    await asyncio.sleep(0)
    gone.cancel()

    assert await stays == 4
    assert gone.cancelled()
