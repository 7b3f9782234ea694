"""Write the histories and what the core makes of them to ``tests/vectors``.

Run ``python -m support.record_vectors`` in ``tests`` after a rule has changed, and
read the difference: each line of it is a change that phones must follow.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from daywork.core.approval import Decision, Standing, standing
from daywork.core.ids import Dot
from daywork.core.json_value import JsonValue
from daywork.core.merge import (
    Change,
    delete_counts,
    digest_of,
    entry_flags,
    live_values,
    projected,
    ranked_times,
)
from daywork.core.time_entry import (
    checked_values,
    own_flags,
    work_date,
    worked_seconds,
)
from daywork.core.vector_clock import VectorClock
from support.approval_histories import approval_histories
from support.histories import History
from support.merge_histories import merge_histories
from support.time_entry_cases import NOON, Case, time_entry_cases

VECTORS = Path(__file__).parent.parent / "vectors"


def dot_text(dot: Dot) -> JsonValue:
    """Return ``dot`` as the wire spells it."""
    return [dot[0], dot[1]]


def merged(history: History) -> dict[str, JsonValue]:
    """Return the outcome of a merge history."""
    cells = projected(history.changes)
    live = live_values(cells)
    return {
        "dots": {group: [dot_text(dot) for dot, _ in values] for group, values in live.items()},
        "v": {group: [value for _, value in values] for group, values in live.items()},
        "flags": list(entry_flags(cells, history.contexts)),
        "digest": digest_of(cells),
        "deleted": delete_counts(cells, history.contexts),
        "times_ranked": [dot_text(dot) for dot in ranked_times(cells.get("time", {}))],
    }


def stood(history: History) -> dict[str, JsonValue]:
    """Return the outcome of an approval history."""
    result = standing(history.changes, history.decisions)
    return {
        "status": str(result.status),
        "approved": _approved(result),
        "pending": [dot_text(dot) for dot in result.pending],
        "notes": [{"d": dot_text(dot), "note": note} for dot, note in result.notes.items()],
    }


def operations(history: History) -> list[JsonValue]:
    """Return the history's operations in the order in which they were made."""
    changes = {change.dot: change for change in history.changes}
    decisions = {decision.dot: decision for decision in history.decisions}
    return [
        _change(changes[dot], kind) if dot in changes else _decision(decisions[dot], kind)
        for dot, kind in history.kinds.items()
    ]


def merge_vectors() -> JsonValue:
    """Return the content of ``merge.json``."""
    return [
        {
            "name": history.name,
            "operations": operations(history),
            "expected": merged(history),
        }
        for history in merge_histories()
    ]


def approval_vectors() -> JsonValue:
    """Return the content of ``approval.json``."""
    return [
        {
            "name": history.name,
            "operations": operations(history),
            "expected": stood(history),
        }
        for history in approval_histories()
    ]


def time_entry_vectors() -> JsonValue:
    """Return the content of ``time_entry.json``."""
    return [
        {
            "name": case.name,
            "now": NOON,
            "values": case.values,
            "expected": judged(case),
        }
        for case in time_entry_cases()
    ]


def judged(case: Case) -> dict[str, JsonValue]:
    """Return what is said about the values of a case."""
    held = checked_values(case.values, NOON)
    if held is not None:
        return {"held": {"code": held.code, "field": held.field}}
    if "time" not in case.values:
        return {"held": None}
    time = cast("Mapping[str, JsonValue]", case.values["time"])
    return {
        "held": None,
        "worked_seconds": worked_seconds(time),
        "work_date": work_date(time).isoformat(),
        "flags": [*sorted(own_flags(time))],
    }


def recorded(vectors: JsonValue) -> str:
    """Return the text of a vector file."""
    return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"


def record() -> None:
    """Write the files."""
    (VECTORS / "merge.json").write_text(recorded(merge_vectors()), "utf-8")
    (VECTORS / "approval.json").write_text(recorded(approval_vectors()), "utf-8")
    (VECTORS / "time_entry.json").write_text(recorded(time_entry_vectors()), "utf-8")


def _context(context: VectorClock) -> JsonValue:
    return dict(context.items())


def _change(change: Change, kind: str) -> JsonValue:
    return {
        "actor": change.dot[0],
        "q": change.dot[1],
        "by": kind,
        "c": _context(change.context),
        "s": dict(change.values),
    }


def _decision(decision: Decision, kind: str) -> JsonValue:
    return {
        "actor": decision.dot[0],
        "q": decision.dot[1],
        "by": kind,
        "c": _context(decision.context),
        "dg": decision.digest,
        "person": str(decision.person),
        "authorised": decision.is_authorised,
        "received_at": decision.received_at,
    }


def _approved(result: Standing) -> JsonValue:
    if result.approved is None:
        return None
    return {
        "dg": result.approved.digest,
        "v": dict(result.approved.values),
        "d": dot_text(result.approved.dot),
        "person": str(result.approved.person),
        "received_at": result.approved.received_at,
    }


if __name__ == "__main__":
    record()
