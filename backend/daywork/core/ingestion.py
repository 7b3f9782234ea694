"""How a push becomes part of the log: the rules between phone and server.

Every item of a checked batch gets a verdict and is stored. The order of the checks
is part of the protocol: an item's hash, size, form, schema, whether it is known, its
values, its causes, its subject, the author's right, and whether a decision fits what
it says it saw.
"""

from collections.abc import Mapping
from typing import TypeAlias, cast

from daywork.core import schema
from daywork.core.canonical_json import compact
from daywork.core.causality import is_ready, next_to_release
from daywork.core.entry_projection import add_change, add_decision, refresh, start_entry
from daywork.core.ids import Actor, Dot
from daywork.core.json_value import JsonValue
from daywork.core.operation import Operation, Reading
from daywork.core.push_batch import CheckedBatch, Item, PushedBatch, sequence_number
from daywork.core.time_entry import checked_values
from daywork.core.verdict import FIXES, Amendment, Applied, Held, Late
from daywork.core.working_set import LoggedOperation, WorkingSet

ITEM_BYTES_MAX = 16_384
SET_ASIDE = frozenset(("schema_unknown", "internal"))  # held, and judged again when that changes
QUARANTINED = "quarantined"  # the note of what a retired device deposited

Result: TypeAlias = dict[str, JsonValue]


class ItemFailed(Exception):
    """A bug met one item: the group is done again with this item held as internal."""

    def __init__(self, dot: Dot) -> None:
        super().__init__(f"operation {dot[0]}/{dot[1]}")
        self.dot = dot


def ingest(working: WorkingSet, checked: CheckedBatch) -> list[Result]:
    """Store every item of ``checked`` in ``working`` and return a result for each.

    Results of new items are completed by ``finish``, when revisions are given.
    """
    batch = checked.batch
    results: list[Result] = [
        {"q": item["q"], "st": "duplicate", "result": _stored_result(working, batch.actor, item)}
        for item in checked.known
    ]
    if checked.new:
        drain(working, batch.received_at)
    for position, item in enumerate(checked.new):
        logged = _logged(checked, position, item)
        try:
            verdict = _first_verdict(working, checked, position, logged)
            _ingest_item(working, checked, logged, verdict)
            drain(working, batch.received_at)
        except Exception as error:
            raise ItemFailed(logged.dot) from error
        results.append(logged.result)
    if checked.new:
        working.changed_devices.add(batch.actor)
    return results


def release(working: WorkingSet, batch: PushedBatch) -> list[Result]:
    """Judge operations of the log that do not count yet, and return a result for each.

    The batch's items are those set aside (in quarantine, sealed, or met by a bug), in
    the order of the chain; each is judged anew as if it came now, with the rights at
    its receipt. Its ``forced`` ones, and those that waited too long, count without
    their missing causes. Nothing moves an actor's chain.
    """
    results: list[Result] = []
    for position, item in enumerate(batch.items):
        logged = working.log[(batch.actor, sequence_number(item))]
        if not logged.is_aside:
            continue  # Somebody else was quicker.
        logged.item, logged.text = item, compact(cast("dict[str, JsonValue]", item))
        logged.is_aside, logged.held_code = False, None
        working.judged_again.add(logged.dot)
        working.released[logged.dot] = logged
        has_failed = logged.dot in working.failed
        try:
            reading = batch.reading(position)
            _judge(working, logged, Held("internal") if has_failed else reading.operation)
            drain(working, batch.received_at)
        except Exception as error:
            raise ItemFailed(logged.dot) from error
        results.append(logged.result)
    drain(working, batch.received_at, batch.forced)
    return results


def drain(working: WorkingSet, now: int, forced: frozenset[Dot] = frozenset()) -> None:
    """Apply held operations whose missing causes have come, in causal order.

    One that ``next_to_release`` gives up waiting for is applied without its cause: at
    worst a conflict is shown that is none.
    """
    while working.waiting and (logged := next_to_release(working, now, forced)) is not None:
        logged.is_forced = not is_ready(working, logged)
        working.waiting.remove(logged)
        logged.held_code = None
        _place(working, logged)
        if logged.is_forced:
            logged.result["forced"] = True  # How the log remembers it.
        working.released[logged.dot] = logged


def _ingest_item(
    working: WorkingSet, checked: CheckedBatch, logged: LoggedOperation, verdict: Operation | Held
) -> None:
    device = working.devices[logged.actor]
    device.last_sequence_number = logged.sequence_number
    device.last_chain_hash = logged.chain_hash
    device.pending_count = max(0, device.pending_count - 1)
    working.log[logged.dot] = logged
    working.new_operations.append(logged)
    if checked.is_quarantined:
        _set_aside(logged, verdict)
    else:
        _judge(working, logged, verdict)


def _set_aside(logged: LoggedOperation, verdict: Operation | Held) -> None:
    """Keep what a retired device deposits until a person answers for it."""
    if isinstance(verdict, Operation):
        logged.operation = verdict
        verdict = Held("not_authorised", note=QUARANTINED, dropped=verdict.dropped)
        logged.is_aside = True
    _hold(logged, verdict)


def is_set_aside(held_code: str | None, result: Mapping[str, JsonValue]) -> bool:
    """Whether a stored operation, held so and answered so, may be judged again."""
    return held_code in SET_ASIDE or result.get("note") == QUARANTINED


def _judge(working: WorkingSet, logged: LoggedOperation, verdict: Operation | Held) -> None:
    """Give an operation that has its place in the chain its effect, or say why it has none."""
    if isinstance(verdict, Held):
        _hold(logged, verdict)
        return
    logged.operation = verdict
    known = working.by_id.get(verdict.id)
    if known is not None:
        _alias(logged, verdict, known)
        return
    working.by_id[verdict.id] = logged
    refusal = checked_values(verdict.values, logged.received_at // 1000)
    refusal = refusal or _unknown_reference(working, verdict)
    if refusal is not None:
        _hold(logged, refusal)
    elif not is_ready(working, logged):
        _hold(logged, Held("causal_gap"))
        working.waiting.append(logged)
    else:
        _place(working, logged)


def _place(working: WorkingSet, logged: LoggedOperation) -> None:
    """Give a causally ready operation its effect, or hold it for good."""
    operation = logged.operation
    assert operation is not None, "only readable operations wait for their causes"
    entry = working.entries.get(operation.entry_id)
    if entry is None:
        if operation.kind != "new" or operation.context:
            _hold(logged, Held("unknown_ref", "e", dropped=operation.dropped))
            return
        entry = start_entry(working, logged, operation)
    if entry.is_erased:
        # Nothing comes back, and nothing of what came too late is kept but its leaves.
        logged.operation = operation._replace(dropped=tuple(sorted(operation.leaves)))
        _hold(logged, Held("too_old_erased"))
        return
    verdict = (
        add_decision(working, entry, logged, operation)
        if operation.is_decision
        else add_change(working, entry, logged, operation)
    )
    if isinstance(verdict, Held):
        _hold(logged, verdict)
        return
    refresh(working, entry)
    logged.result = {"q": logged.sequence_number, "st": _word(verdict)}
    if verdict.note is not None:
        logged.result["note"] = verdict.note
    if operation.dropped:
        logged.result["dropped"] = list(operation.dropped)


def _word(verdict: Applied | Amendment | Late) -> str:
    if isinstance(verdict, Late):
        return "late"
    return "amendment" if isinstance(verdict, Amendment) else "applied"


def _first_verdict(
    working: WorkingSet, checked: CheckedBatch, position: int, logged: LoggedOperation
) -> Operation | Held:
    if position == 0 and checked.first_is_bad:
        return Held("bad_hash")
    if working.failed and logged.dot in working.failed:
        return Held("internal")
    reading = checked.batch.reading(len(checked.known) + position)
    text = (
        compact(cast("dict[str, JsonValue]", logged.item)) if checked.batch.sealed else logged.text
    )
    return _judged_alone(checked.batch, text, reading)


def _judged_alone(batch: PushedBatch, text: str, reading: Reading) -> Operation | Held:
    # Compact and canonical spelling differ in the order of members, not in length.
    if batch.body_bytes > ITEM_BYTES_MAX and len(text.encode()) > ITEM_BYTES_MAX:
        return Held("quota")
    if not schema.SHIPPED.knows(batch.schema) and reading.added is not None:
        return Held("schema_unknown")
    return reading.operation


def _logged(checked: CheckedBatch, position: int, item: Item) -> LoggedOperation:
    batch = checked.batch
    return LoggedOperation(
        batch.actor,
        sequence_number(item),
        checked.hashes[position],
        batch.person_id,
        batch.roles,
        batch.received_at,
        batch.schema,
        None,  # its operation, until it has been judged
        item,
        batch.sealed[len(checked.known) + position]
        if batch.sealed
        else compact(cast("dict[str, JsonValue]", item)),
        {},
    )


def _hold(logged: LoggedOperation, held: Held) -> None:
    logged.held_code = held.code
    # What may be judged again names nothing until then.
    logged.is_aside = logged.is_aside or held.code in SET_ASIDE
    result: Result = {
        "q": logged.sequence_number,
        "st": "held",
        "code": held.code,
        "msg": f"sync.held.{held.code}",
    }
    if held.field is not None:
        result["field"] = held.field
    if held.note is not None:
        result["note"] = held.note
    if held.dropped:
        result["dropped"] = list(held.dropped)
    fixes = FIXES.get(held.code)
    if fixes is not None:
        result["fix"] = list(fixes)
    logged.result = result


def _alias(logged: LoggedOperation, operation: Operation, known: LoggedOperation) -> None:
    """The same operation under another dot has no second effect.

    It must be the very same: else a colleague could make an operation vanish by
    using its id first.
    """
    first = known.operation
    is_same = (
        first is not None
        and known.person_id == logged.person_id
        and first.entry_id == operation.entry_id
        and first.kind == operation.kind
        and first.leaves == operation.leaves
    )
    if not is_same:
        _hold(logged, Held("malformed", "id"))
        return
    logged.alias_of = known.dot
    logged.result = {
        "q": logged.sequence_number,
        "st": "duplicate",
        "result": dict(known.result),
    }


def _unknown_reference(working: WorkingSet, operation: Operation) -> Held | None:
    allocation = operation.written.get("alloc")
    if not isinstance(allocation, dict):
        return None
    project_id, task_id = allocation.get("project"), allocation.get("task")
    if project_id is None:
        return None if task_id is None else Held("unknown_ref", "alloc.task")
    project = working.reference.projects.get(str(project_id))
    if project is None:
        return Held("unknown_ref", "alloc.project", dropped=operation.dropped)
    if project.is_closed:
        return Held("project_closed", "alloc.project", dropped=operation.dropped)
    if task_id is not None and task_id not in project.task_ids:
        return Held("unknown_ref", "alloc.task", dropped=operation.dropped)
    return None


def _stored_result(working: WorkingSet, actor: Actor, item: Item) -> Result:
    dot = (actor, sequence_number(item))
    logged = working.log.get(dot)  # of this very group, or loaded for its entry
    return dict(working.known_results[dot] if logged is None else logged.result)
