"""What is stored without counting gets another chance: quarantine, seals, bugs, lost causes.

Each function returns what is to be judged again, as batches for the organisation's lane.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from daywork.core.causality import CAUSAL_GAP_DAYS_MAX
from daywork.core.ids import Actor, Dot, OrganisationId
from daywork.core.ingestion import is_set_aside
from daywork.core.operation import SCHEMA
from daywork.core.push_batch import Purpose, PushedBatch
from daywork.store.operations import HeldOperation
from daywork.store.push_lane import SignedBatch
from daywork.store.row import milliseconds
from daywork.store.unit_of_work import UnitOfWork

RELEASED_AT_ONCE = 200


def set_aside_of(
    unit: UnitOfWork, organisation_id: OrganisationId, actor: Actor, now: datetime
) -> Sequence[SignedBatch]:
    """Return what is set aside of ``actor``'s operations, in the order of its chain.

    Sealed ones of a schema that is still unknown stay where they are.
    """
    runs: list[list[HeldOperation]] = []
    for one in unit.operations.held(organisation_id, actor):
        if not is_set_aside(one.held_code, one.result) or one.schema > SCHEMA:
            continue
        is_next = bool(runs) and runs[-1][-1].schema == one.schema
        if is_next and len(runs[-1]) < RELEASED_AT_ONCE:
            runs[-1].append(one)
        else:
            runs.append([one])
    return [_release(run[0], run, frozenset(), now) for run in runs]


def waiting_among(
    unit: UnitOfWork, organisation_id: OrganisationId, dots: Collection[Dot], now: datetime
) -> Sequence[SignedBatch]:
    """Return those of ``dots`` that wait for a cause, to be counted without it."""
    waiting = [one for one in unit.operations.waiting(organisation_id) if one.dot in dots]
    return _forced(waiting, now)


def given_up(
    unit: UnitOfWork, organisation_id: OrganisationId, now: datetime
) -> Sequence[SignedBatch]:
    """Return what waits for longer than a lost cause may take."""
    latest = now - timedelta(days=CAUSAL_GAP_DAYS_MAX)
    waiting = [o for o in unit.operations.waiting(organisation_id) if o.received_at <= latest]
    return _forced(waiting, now)


def _forced(waiting: Sequence[HeldOperation], now: datetime) -> Sequence[SignedBatch]:
    dots = frozenset(one.dot for one in waiting)
    return [_release(waiting[0], (), dots, now)] if waiting else []


def _release(
    first: HeldOperation, held: Sequence[HeldOperation], forced: frozenset[Dot], now: datetime
) -> SignedBatch:
    batch = PushedBatch(
        actor=first.actor,
        person_id=first.person_id,
        roles=frozenset(),  # Each is judged with the rights that its author had at receipt.
        schema=first.schema,
        items=[one.item for one in held],
        body_bytes=0,
        received_at=milliseconds(now),
        purpose=Purpose.RELEASE,
        forced=forced,
    )
    return SignedBatch(batch, algorithm="", signature="")
