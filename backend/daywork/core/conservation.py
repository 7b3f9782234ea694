"""Where every recorded hour is: each operation that writes a time is in exactly one place.

An hour may be replaced by somebody who had seen it, wait, be disputed or be void; it
is never simply gone. The places are computed from the log alone, not from the rows
that follow from it, so that a row that forgot an hour is found.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import cast

from daywork.core.approval import Decision, content_under, standing
from daywork.core.canonical_json import canonical
from daywork.core.entry_projection import history
from daywork.core.ids import Dot
from daywork.core.json_value import JsonValue
from daywork.core.merge import Change, delete_counts, has_deletion, projected
from daywork.core.time_entry import checked_values, worked_seconds
from daywork.core.working_set import EntryState, LoggedOperation, WorkingSet


class Bucket(StrEnum):
    """Where an operation that writes a time is."""

    LIVE = "live"  # the entry's time: the approved one if there is one, else the only one
    SUPERSEDED = "superseded"  # by an author who had seen it, or it says what a live one says
    SIBLING = "sibling"  # one of several that did not know each other: a person decides
    HELD = "held"  # stored, not part of the entry
    LATE = "late"  # the entry's time, received after its period was closed
    AMENDMENT = "amendment"  # behind an approval that had not seen it
    VOID = "void"  # of an entry that somebody deleted who knew it


def buckets_of(
    changes: Sequence[Change], decisions: Sequence[Decision], late: Collection[Dot] = ()
) -> dict[Dot, Bucket]:
    """Return the place of each change that writes ``time`` into one entry.

    ``late`` are those received after the closing of their period.
    """
    cells = projected(changes)
    live = cells.get("time", {})
    payable = _payable(changes, decisions)
    is_void = has_deletion(cells) and delete_counts(
        cells, {change.dot: change.context for change in changes}
    )
    others = [dot for dot in sorted(live) if dot not in payable]
    is_disputed = len({canonical(live[dot]) for dot in others}) > 1
    found: dict[Dot, Bucket] = {}
    spoken = {canonical(value) for value in payable.values()}
    for change in sorted(changes, key=lambda one: one.dot):
        if "time" not in change.values:
            continue
        dot, value = change.dot, canonical(change.values["time"])
        if dot in payable:
            first = min(one for one in payable if canonical(payable[one]) == value)
            found[dot] = Bucket.LIVE if dot == first else Bucket.SUPERSEDED
        elif dot not in live or value in spoken:
            found[dot] = Bucket.SUPERSEDED
        else:
            spoken.add(value)
            found[dot] = _waiting_bucket(
                is_behind=bool(payable),
                is_void=is_void,
                is_disputed=is_disputed,
                is_late=dot in late,
            )
    return found


def buckets_of_entry(working: WorkingSet, entry: EntryState) -> dict[Dot, Bucket]:
    """Return the place of each effective operation that writes a time into ``entry``."""
    changes, decisions = history(working, entry)
    late = {logged.dot for logged in entry.operations if logged.result.get("st") == "late"}
    return buckets_of(changes, decisions, late)


def row_is_right(working: WorkingSet, entry: EntryState) -> bool:
    """Whether the stored row is the projection of the log."""
    changes, decisions = history(working, entry)
    return (
        projected(changes) == {group: cells for group, cells in entry.cells.items() if cells}
        and str(standing(changes, decisions).status) == entry.status
    )


def recorded_seconds(logged: LoggedOperation) -> int:
    """Return the worked seconds that the operation writes; 0 where its time has no form."""
    groups = logged.item.get("s")
    group = groups.get("time") if isinstance(groups, dict) else None
    value = group.get("v") if isinstance(group, dict) else None
    if not isinstance(value, dict):
        return 0
    if checked_values({"time": value}, logged.received_at // 1000) is not None:
        return 0
    return worked_seconds(cast("Mapping[str, JsonValue]", value))


def writes_time(logged: LoggedOperation) -> bool:
    """Whether the operation, as it was sent, writes a time."""
    groups = logged.item.get("s")
    return isinstance(groups, dict) and "time" in groups


def _payable(changes: Sequence[Change], decisions: Sequence[Decision]) -> Mapping[Dot, JsonValue]:
    """Return the times that the approval in force saw; none without one."""
    approved = standing(changes, decisions).approved if decisions else None
    if approved is None:
        return {}
    approval = next(one for one in decisions if one.dot == approved.dot)
    return content_under(changes, approval.context).get("time", {})


def _waiting_bucket(*, is_behind: bool, is_void: bool, is_disputed: bool, is_late: bool) -> Bucket:
    if is_behind:
        return Bucket.AMENDMENT
    if is_void:
        return Bucket.VOID
    if is_disputed:
        return Bucket.SIBLING
    return Bucket.LATE if is_late else Bucket.LIVE
