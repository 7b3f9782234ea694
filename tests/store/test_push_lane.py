"""Pushes that wait together are decided together; everybody hears what became of theirs."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from daywork.core.errors import RateLimited
from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.ingestion import ItemFailed
from daywork.core.json_value import JsonValue
from daywork.core.push_batch import PushedBatch
from daywork.core.working_set import WorkingSet
from daywork.store.push_lane import OPERATIONS_MAX, PUSHES_MAX, Decided, PushLane, SignedBatch
from daywork.store.statements import Query, Steps

COMPANY = OrganisationId(UUID(int=1))
ACTOR = Actor("aaaaaaaaaa")


def signed(label: str, operations: int = 1) -> SignedBatch:
    items: list[dict[str, JsonValue]] = [{"q": 1, "h": "A" * 43}] * operations
    batch = PushedBatch(ACTOR, PersonId(UUID(int=2)), frozenset(), 1, items, 10, 1)
    return SignedBatch(batch, "ES256", label)


class Office:
    """Decides by the label of a push, on a database that has only a counter."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.failures: list[Exception] = []
        self.tried = 0

    def decide(self, working: WorkingSet, group: Sequence[SignedBatch]) -> Decided:
        """Refuse what is labelled so; fail while there are failures left."""
        self.tried += 1
        if self.failures:
            raise self.failures.pop()
        self.groups.append([one.signature for one in group])
        return Decided(
            [
                RateLimited(1) if one.signature == "refuse" else (one.signature, working.failed)
                for one in group
            ],
            {},
        )

    async def run(self, steps: Callable[[], Steps]) -> Any:
        """Answer each query with nothing, the counter with zeros."""
        await asyncio.sleep(0)
        running, rows = steps(), None
        while True:
            try:
                step = running.send(rows)  # type: ignore[arg-type]
            except StopIteration as stop:
                return stop.value
            is_counter = isinstance(step, Query) and step.statement.source == "sync_counter"
            rows = [(0, 0)] if is_counter else []


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def lane(office: Office) -> PushLane:
    return PushLane(COMPANY, office.run, office.decide)


async def test_what_arrives_during_a_commit_waits_together_for_the_next(
    office: Office, lane: PushLane
) -> None:
    first = asyncio.create_task(lane.submit(signed("one")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = await asyncio.gather(*(lane.submit(signed(label)) for label in ("two", "three")))
    await first

    assert office.groups == [["one"], ["two", "three"]]
    assert [label for label, _ in others] == ["two", "three"]


async def test_a_refusal_is_for_its_own_push(lane: PushLane) -> None:
    answers = await asyncio.gather(
        *(lane.submit(signed(label)) for label in ("one", "refuse", "two")), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [tuple, RateLimited, tuple]


@pytest.mark.parametrize(
    ("operations", "pushes", "largest"),
    [(1, PUSHES_MAX + 1, PUSHES_MAX), (OPERATIONS_MAX // 4, 6, 4), (OPERATIONS_MAX + 1, 2, 1)],
)
async def test_a_group_has_a_bound(
    office: Office, lane: PushLane, operations: int, pushes: int, largest: int
) -> None:
    await asyncio.gather(*(lane.submit(signed("x", operations)) for _ in range(pushes)))

    assert max(map(len, office.groups)) == largest
    assert sum(map(len, office.groups)) == pushes


async def test_an_operation_that_met_a_bug_is_tried_again_without_it(
    office: Office, lane: PushLane, caplog: pytest.LogCaptureFixture
) -> None:
    office.failures = [ItemFailed((ACTOR, 1))]

    _, failed = await lane.submit(signed("one"))

    assert (failed, office.tried) == (frozenset({(ACTOR, 1)}), 2)
    assert "an operation met a bug and is held" in caplog.text


async def test_everybody_hears_of_a_group_that_could_not_be_committed(
    office: Office, lane: PushLane
) -> None:
    office.failures = [OSError("the disk is full")]
    answers = await asyncio.gather(
        *(lane.submit(signed(label)) for label in ("one", "two")), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [OSError, OSError]
    # And the lane goes on.
    assert (await lane.submit(signed("three")))[0] == "three"


async def test_a_phone_that_hung_up_keeps_nobody_waiting(lane: PushLane) -> None:
    gone = asyncio.create_task(lane.submit(signed("one")))
    stays = asyncio.create_task(lane.submit(signed("two")))
    await asyncio.sleep(0)
    gone.cancel()

    assert (await stays)[0] == "two"
    assert gone.cancelled()
