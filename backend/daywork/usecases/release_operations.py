"""What is stored without counting gets another chance: quarantine, seals, bugs, lost causes.

Each function returns what is to be judged again, as batches for the organisation's lane.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from daywork.core import schema
from daywork.core.canonical_json import compact
from daywork.core.causality import CAUSAL_GAP_DAYS_MAX
from daywork.core.ids import Actor, Dot, OrganisationId
from daywork.core.ingestion import is_set_aside
from daywork.core.json_value import JsonValue
from daywork.core.push_batch import Purpose, PushedBatch
from daywork.security.sealing import Seal
from daywork.store.operations import HeldOperation
from daywork.store.push_lane import SignedBatch
from daywork.store.row import milliseconds
from daywork.store.unit_of_work import UnitOfWork

RELEASED_AT_ONCE = 200


def set_aside_of(
    unit: UnitOfWork, organisation_id: OrganisationId, actor: Actor, now: datetime
) -> Sequence[SignedBatch]:
    """Return what is set aside of ``actor``'s operations, in the order of its chain.

    Sealed ones stay where they are: they are judged when the server learns their schema.
    """
    runs: list[list[HeldOperation]] = []
    for one in unit.operations.held(organisation_id, actor):
        if is_set_aside(one.held_code, one.result) and one.held_code != "schema_unknown":
            _append(runs, one)
    return [_release(run[0], run, frozenset(), now) for run in runs]


def learnt(
    unit: UnitOfWork, organisation_id: OrganisationId, seal: Seal, now: datetime
) -> Sequence[SignedBatch]:
    """Return sealed operations whose schema this server knows by now, opened again."""
    runs: list[list[HeldOperation]] = []
    for one in unit.operations.of_unknown_schema(organisation_id):
        if schema.SHIPPED.knows(one.schema):
            text = seal.opened(str(one.item["sealed"]), _about(one.actor, one.sequence_number))
            _append(runs, replace(one, item=json.loads(text)))
    return [_release(run[0], run, frozenset(), now) for run in runs]


def sealed_batch(signed: SignedBatch, seal: Seal) -> SignedBatch:
    """Return the batch with its items closed if this server does not know their schema."""
    batch = signed.batch
    if schema.SHIPPED.knows(batch.schema):
        return signed
    closed = [
        compact({"sealed": seal.closed(compact(dict(item)), _about(batch.actor, item["q"]))})
        for item in batch.items
    ]
    return replace(signed, batch=replace(batch, sealed=closed))


def _about(actor: Actor, sequence_number: JsonValue) -> str:
    """Return what a sealed operation is bound to: its place in its actor's chain."""
    return f"{actor}/{sequence_number}"


def _append(runs: list[list[HeldOperation]], one: HeldOperation) -> None:
    """Put ``one`` behind the last run if it may travel with it, else into one of its own."""
    last = runs[-1] if runs else []
    is_alike = bool(last) and (last[-1].actor, last[-1].schema) == (one.actor, one.schema)
    if is_alike and len(last) < RELEASED_AT_ONCE:
        last.append(one)
    else:
        runs.append([one])


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
