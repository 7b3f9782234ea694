"""Clocks say who has seen what, and nothing else."""

import pytest
from hypothesis import given

from daywork.core.ids import Actor
from daywork.core.vector_clock import Order, VectorClock, compared, covers, incremented, joined
from support.histories import clock
from support.strategies import clocks, law

OPPOSITE = {
    Order.EQUAL: Order.EQUAL,
    Order.BEFORE: Order.AFTER,
    Order.AFTER: Order.BEFORE,
    Order.CONCURRENT: Order.CONCURRENT,
}


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        ("", "", Order.EQUAL),
        ("a1 b2", "b2 a1", Order.EQUAL),
        ("", "a1", Order.BEFORE),
        ("a1", "a2", Order.BEFORE),
        ("a2 b1", "a2", Order.AFTER),
        ("a1", "b1", Order.CONCURRENT),
        ("a2 b1", "a1 b2", Order.CONCURRENT),
    ],
)
def test_one_clock_stands_to_another(left: str, right: str, order: Order) -> None:
    assert compared(clock(left), clock(right)) is order
    assert compared(clock(right), clock(left)) is OPPOSITE[order]


@law
@given(clocks, clocks)
def test_a_joined_clock_covers_what_either_covers(left: VectorClock, right: VectorClock) -> None:
    both = joined(left, right)

    for actor in left.keys() | right.keys():
        for sequence_number in range(1, 7):
            dot = (actor, sequence_number)
            assert covers(both, dot) == (covers(left, dot) or covers(right, dot))


@law
@given(clocks, clocks, clocks)
def test_joining_is_commutative_associative_and_idempotent(
    one: VectorClock, two: VectorClock, three: VectorClock
) -> None:
    assert joined(one, two) == joined(two, one)
    assert joined(joined(one, two), three) == joined(one, joined(two, three))
    assert joined(one, one) == one


def test_an_operation_moves_only_its_own_component() -> None:
    assert incremented(clock("a1 b2"), (Actor("a" * 10), 3)) == clock("a3 b2")


def test_an_older_operation_moves_nothing_back() -> None:
    assert incremented(clock("a3"), (Actor("a" * 10), 2)) == clock("a3")


def test_nobody_has_seen_the_operations_of_an_absent_actor() -> None:
    assert not covers(clock("a1"), (Actor("b" * 10), 1))
