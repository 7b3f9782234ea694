"""How a push becomes part of the log: the rules between phone and server.

A batch is refused as a whole, before anything is changed, or every item of it
gets a verdict and is stored. The order of the checks is part of the protocol:
first what concerns the batch (device, signature and chain, fork, gap), then for
each item its hash, size, form, schema, whether it is known, its values, its
causes, its subject, the author's right, and whether a decision fits what it says
it saw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from daywork.core.canonical_json import compact
from daywork.core.entry_projection import add_change, add_decision, refresh, start_entry
from daywork.core.errors import BadSignature, DeviceRetired, Forked, NotYourDevice, SequenceGap
from daywork.core.hash_chain import GENESIS, decode_well_formed_base64url
from daywork.core.ids import Actor, Dot, PersonId
from daywork.core.json_value import JsonValue
from daywork.core.operation import SCHEMA, Operation, Reading, read_item
from daywork.core.time_entry import checked_values
from daywork.core.verdict import FIXES, Amendment, Applied, Held
from daywork.core.working_set import DeviceHead, LoggedOperation, WorkingSet

ITEM_BYTES_MAX = 16_384
CAUSAL_GAP_DAYS_MAX = 5  # then a missing predecessor is given up and the rest counts

_DAY_MILLISECONDS = 86_400_000

Item = Mapping[str, JsonValue]
Result = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class PushedBatch:
    """A decoded push of a signed-in person."""

    actor: Actor
    person_id: PersonId
    roles: frozenset[str]
    schema: int
    items: Sequence[Item]
    body_bytes: int
    received_at: int  # milliseconds since 1970
    _readings: dict[int, Reading] = field(default_factory=dict, init=False, compare=False)

    def reading(self, position: int) -> Reading:
        """Return what the item at ``position`` says; each is read once, when asked for."""
        reading = self._readings.get(position)
        if reading is None:
            reading = self._readings[position] = read_item(self.actor, self.items[position])
        return reading


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """A batch that may be ingested: authenticated and in the right place."""

    batch: PushedBatch
    device: DeviceHead
    known: Sequence[Item]  # a prefix that the log has already
    new: Sequence[Item]
    hashes: Sequence[bytes]  # of the new items, as sent
    first_is_bad: bool  # the first new item does not fit, all behind it do


class ItemFailed(Exception):
    """A bug met one item: the group is done again with this item held as internal."""

    def __init__(self, dot: Dot) -> None:
        super().__init__(f"operation {dot[0]}/{dot[1]}")
        self.dot = dot


def checked_batch(working: WorkingSet, batch: PushedBatch, *, is_signed: bool) -> CheckedBatch:
    """Return the batch with its new items hashed, or refuse it whole.

    ``is_signed`` says that the signature over the last item's hash verifies
    under the device's key. Raises: NotYourDevice, DeviceRetired, BadSignature,
    Forked, SequenceGap; nothing of ``working`` has changed then.
    """
    device = working.devices.get(batch.actor)
    if device is None or device.person_id != batch.person_id:
        raise NotYourDevice
    if device.is_retired:
        raise DeviceRetired
    if not is_signed:
        raise BadSignature
    sent = [_sent_hash(item) for item in batch.items]
    numbers = [_sequence_number(item) for item in batch.items]
    last = device.last_sequence_number
    known_count = sum(1 for number in numbers if number <= last)
    new = batch.items[known_count:]
    fits: list[bool] = []
    for position in range(known_count, len(numbers)):
        previous = _previous_hash(device, numbers, sent, position)
        due = None if previous is None else batch.reading(position).chain_hash(previous)
        fits.append(due is None or due == sent[position])
    if not all(fits[1:]) or (len(fits) == 1 and not fits[0]):
        raise BadSignature
    _refuse_fork(working, batch, sent, numbers)
    _refuse_gap(last, numbers)
    return CheckedBatch(
        batch=batch,
        device=device,
        known=batch.items[:known_count],
        new=new,
        hashes=sent[known_count:],
        first_is_bad=bool(fits) and not fits[0],
    )


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
            _ingest_item(working, logged, _first_verdict(working, checked, position, logged))
            drain(working, batch.received_at)
        except Exception as error:
            raise ItemFailed(logged.dot) from error
        results.append(logged.result)
    if checked.new:
        working.changed_devices.add(batch.actor)
    return results


def drain(working: WorkingSet, now: int) -> None:
    """Apply held operations whose missing causes have come, in causal order.

    One whose cause is missing for ``CAUSAL_GAP_DAYS_MAX`` days is applied without
    it: at worst a conflict is shown that is none. What such a one had seen and is
    held as well goes first, or it would stand beside the value that replaced it.
    """
    while working.waiting and (logged := _next_to_release(working, now)) is not None:
        logged.is_forced = not _is_ready(working, logged)
        working.waiting.remove(logged)
        logged.held_code = None
        _place(working, logged)
        working.released[logged.dot] = logged


def _next_to_release(working: WorkingSet, now: int) -> LoggedOperation | None:
    held = sorted(working.waiting, key=lambda logged: logged.dot)
    ready = next((logged for logged in held if _is_ready(working, logged)), None)
    if ready is not None:
        return ready
    patience = CAUSAL_GAP_DAYS_MAX * _DAY_MILLISECONDS
    first = next((logged for logged in held if now - logged.received_at >= patience), None)
    passed: set[Dot] = set()  # Histories that were forked may wait for each other in a circle.
    while first is not None and first.dot not in passed:
        passed.add(first.dot)
        first = _held_cause(working, first) or first
    return first


def _ingest_item(working: WorkingSet, logged: LoggedOperation, verdict: Operation | Held) -> None:
    device = working.devices[logged.actor]
    device.last_sequence_number = logged.sequence_number
    device.last_chain_hash = logged.chain_hash
    working.log[logged.dot] = logged
    working.new_operations.append(logged)
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
    elif not _is_ready(working, logged):
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


def _word(verdict: Applied | Amendment) -> str:
    return "amendment" if isinstance(verdict, Amendment) else "applied"


def _first_verdict(
    working: WorkingSet, checked: CheckedBatch, position: int, logged: LoggedOperation
) -> Operation | Held:
    if position == 0 and checked.first_is_bad:
        return Held("bad_hash")
    if working.failed and logged.dot in working.failed:
        return Held("internal")
    reading = checked.batch.reading(len(checked.known) + position)
    return _judged_alone(checked.batch, logged.text, reading)


def _judged_alone(batch: PushedBatch, text: str, reading: Reading) -> Operation | Held:
    # Compact and canonical spelling differ in the order of members, not in length.
    if batch.body_bytes > ITEM_BYTES_MAX and len(text.encode()) > ITEM_BYTES_MAX:
        return Held("quota")
    if batch.schema > SCHEMA and reading.added is not None:
        return Held("schema_unknown")
    return reading.operation


def _logged(checked: CheckedBatch, position: int, item: Item) -> LoggedOperation:
    batch = checked.batch
    return LoggedOperation(
        batch.actor,
        _sequence_number(item),
        checked.hashes[position],
        batch.person_id,
        batch.roles,
        batch.received_at,
        batch.schema,
        None,  # its operation, until it has been judged
        item,
        compact(cast("dict[str, JsonValue]", item)),
        {},
    )


def _hold(logged: LoggedOperation, held: Held) -> None:
    logged.held_code = held.code
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


def _is_ready(working: WorkingSet, logged: LoggedOperation) -> bool:
    operation = logged.operation
    assert operation is not None, "only readable operations have causes"
    context = operation.context
    for actor, (sequence_number, _) in context.items():
        device = working.devices.get(actor)
        if device is None or device.last_sequence_number < sequence_number:
            return False
    return _held_cause(working, logged) is None


def _held_cause(working: WorkingSet, logged: LoggedOperation) -> LoggedOperation | None:
    """Return a held operation of the same entry that ``logged`` must come after."""
    operation = logged.operation
    assert operation is not None, "only readable operations have causes"
    for held in working.waiting:
        other = held.operation
        if other is None or other.entry_id != operation.entry_id or held is logged:
            continue
        if held.actor == logged.actor and held.sequence_number < logged.sequence_number:
            return held
        if operation.context.get(held.actor, (0, ""))[0] >= held.sequence_number:
            return held
    return None


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


def _previous_hash(
    device: DeviceHead, numbers: Sequence[int], sent: Sequence[bytes], position: int
) -> bytes | None:
    """Return the hash in front of an item; None where a gap hides it."""
    if position > 0:
        return sent[position - 1] if numbers[position] == numbers[position - 1] + 1 else None
    is_next = numbers[0] == device.last_sequence_number + 1
    return device.last_chain_hash if is_next else None


def _refuse_fork(
    working: WorkingSet, batch: PushedBatch, sent: Sequence[bytes], numbers: Sequence[int]
) -> None:
    last = working.devices[batch.actor].last_sequence_number
    for position, (chain_hash, number) in enumerate(zip(sent, numbers, strict=True)):
        if number > last:
            return
        if working.chain_hash_at(batch.actor, number) == chain_hash:
            continue
        before = GENESIS if number == 1 else working.chain_hash_at(batch.actor, number - 1)
        fits = before is not None and batch.reading(position).chain_hash(before) == chain_hash
        raise Forked(actor=batch.actor, match_at=number - 1 if fits else None)


def _refuse_gap(last: int, numbers: Sequence[int]) -> None:
    if numbers[0] > last + 1:
        raise SequenceGap(need=last + 1)
    for before, number in pairwise(numbers):
        if number != before + 1:
            raise SequenceGap(need=before + 1)


def _stored_result(working: WorkingSet, actor: Actor, item: Item) -> Result:
    dot = (actor, _sequence_number(item))
    logged = working.log.get(dot)  # of this very group, or loaded for its entry
    return dict(working.known_results[dot] if logged is None else logged.result)


def _sequence_number(item: Item) -> int:
    number = item["q"]
    assert isinstance(number, int), "the door refuses items without a number"
    return number


def _sent_hash(item: Item) -> bytes:
    text = item["h"]
    assert isinstance(text, str), "the door refuses items without a hash"
    return decode_well_formed_base64url(text)
