"""Which time entries a phone keeps: those of the last weeks, and whatever is not settled.

Phone and server compute the same from a row, so that neither has to tell the other
what fell out of the window as days went by.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from daywork.core.instant import epoch_seconds
from daywork.core.json_value import JsonValue
from daywork.core.working_set import EntryState

OWN_DAYS: Final = 90
OTHERS_DAYS: Final = 35  # of people whom one manages, and of projects that one approves

_DAY_SECONDS = 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def window_start(now_seconds: int, days: int) -> int:
    """Return the midnight (UTC) with which a window of ``days`` begins, in seconds since 1970."""
    return (now_seconds // _DAY_SECONDS - days) * _DAY_SECONDS


def settled_start(entry: EntryState) -> int | None:
    """Return when the entry began, in seconds since 1970; None while it is not settled."""
    return _start(entry.time_values()) if is_settled(entry.status, entry.flags) else None


def is_settled(status: str, flags: Collection[str]) -> bool:
    """Whether nobody has anything left to decide about the entry."""
    return status == "approved" and not any(
        flag.startswith("conflict:") or flag == "delete_vs_edit" for flag in flags
    )


def _start(times: Collection[Mapping[str, JsonValue]]) -> int | None:
    """Return the earliest start of ``times``; a duration starts with its day, in UTC."""
    starts = [_start_of(time) for time in times]
    return min((start for start in starts if start is not None), default=None)


def _start_of(time: Mapping[str, JsonValue]) -> int | None:
    if "date" not in time:
        return epoch_seconds(time.get("start"))
    return (date.fromisoformat(str(time["date"])).toordinal() - _EPOCH_DAY) * _DAY_SECONDS
