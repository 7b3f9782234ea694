"""Vector clocks: what an author had seen of each actor's operations.

A clock maps an actor to the highest sequence number seen of it; an actor that
is absent counts as 0. Ours are kept per time entry, which the literature calls
a version vector. They only say which of two operations knew the other; which
value wins is never decided here.

Source: D. S. Parker et al., "Detection of Mutual Inconsistency in Distributed
Systems", IEEE TSE 9(3), 1983.
"""

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias

from daywork.core.ids import Actor, Dot

VectorClock: TypeAlias = Mapping[Actor, int]


class Order(Enum):
    """How one clock stands to another."""

    EQUAL = "equal"
    BEFORE = "before"
    AFTER = "after"
    CONCURRENT = "concurrent"


def covers(clock: VectorClock, dot: Dot) -> bool:
    """Whether an author with ``clock`` had seen the operation at ``dot``."""
    return clock.get(dot[0], 0) >= dot[1]


def compared(left: VectorClock, right: VectorClock) -> Order:
    """Return how ``left`` stands to ``right``."""
    left_within = all(right.get(actor, 0) >= q for actor, q in left.items())
    right_within = all(left.get(actor, 0) >= q for actor, q in right.items())
    if left_within:
        return Order.EQUAL if right_within else Order.BEFORE
    return Order.AFTER if right_within else Order.CONCURRENT


def joined(left: VectorClock, right: VectorClock) -> dict[Actor, int]:
    """Return the smallest clock that has seen all that either has seen."""
    result = dict(left)
    for actor, sequence_number in right.items():
        if result.get(actor, 0) < sequence_number:
            result[actor] = sequence_number
    return result


def incremented(clock: VectorClock, dot: Dot) -> dict[Actor, int]:
    """Return ``clock`` after the operation at ``dot``; only its actor moves.

    The author's context is never folded in: after a rollback of the server that
    would claim operations which the server no longer has.
    """
    actor, sequence_number = dot
    result = dict(clock)
    result[actor] = max(sequence_number, result.get(actor, 0))
    return result
