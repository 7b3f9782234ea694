"""Which operation has to come after which: nothing counts before what its author had seen."""

from daywork.core.ids import SERVER, Dot
from daywork.core.working_set import LoggedOperation, WorkingSet

CAUSAL_GAP_DAYS_MAX = 5  # then a missing predecessor is given up and the rest counts

_DAY_MILLISECONDS = 86_400_000


def is_ready(working: WorkingSet, logged: LoggedOperation) -> bool:
    """Whether all that the author had seen is stored, and none of it waits itself."""
    operation = logged.operation
    assert operation is not None, "only readable operations have causes"
    context = operation.context
    for actor, (sequence_number, _) in context.items():
        if actor == SERVER:
            continue  # A seal that this server lacks counts as not seen; nobody will send it.
        device = working.devices.get(actor)
        if device is None or device.last_sequence_number < sequence_number:
            return False
    return held_cause(working, logged) is None


def held_cause(working: WorkingSet, logged: LoggedOperation) -> LoggedOperation | None:
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


def next_to_release(
    working: WorkingSet, now: int, forced: frozenset[Dot] = frozenset()
) -> LoggedOperation | None:
    """Return a waiting operation that may count now, or None.

    One that is ready; else one that waits for ``CAUSAL_GAP_DAYS_MAX`` days at
    ``now`` (milliseconds since 1970) or is among ``forced``. What such a one had seen
    and is held as well goes first, or it would stand beside the value that replaced it.
    """
    held = sorted(working.waiting, key=lambda logged: logged.dot)
    ready = next((logged for logged in held if is_ready(working, logged)), None)
    if ready is not None:
        return ready
    patience = CAUSAL_GAP_DAYS_MAX * _DAY_MILLISECONDS
    first = next(
        (one for one in held if one.dot in forced or now - one.received_at >= patience), None
    )
    passed: set[Dot] = set()  # Histories that were forked may wait for each other in a circle.
    while first is not None and first.dot not in passed:
        passed.add(first.dot)
        first = held_cause(working, first) or first
    return first
