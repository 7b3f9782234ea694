"""The values of a time entry's groups: their forms and what follows from them.

A ``time`` value is one register, either an interval ``{start, end, brk, tz, src,
elapsed}`` or a duration on a day ``{date, seconds, tz, src}``; nobody ever takes
``start`` from one value and ``end`` from another. Values outside the forms are
held, never corrected: a digest must be computable from what is stored. What is
odd but possible (longer than a day, overlapping) is applied and flagged.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast
from zoneinfo import ZoneInfo

from daywork.core.ids import TimeEntryId
from daywork.core.instant import SECONDS_PER_DAY, epoch_seconds, seconds_of
from daywork.core.json_value import JsonValue
from daywork.core.verdict import Held

NOTE_CHARACTERS_MAX: Final = 2000
REASON_CHARACTERS_MAX: Final = 500
BREAKS_MAX: Final = 16
DURATION_SECONDS_MAX: Final = 36_000_000
ELAPSED_SECONDS_MAX: Final = 2**53 - 1
FUTURE_SECONDS_MAX: Final = 366 * SECONDS_PER_DAY
LONG_SECONDS: Final = SECONDS_PER_DAY
CLOCK_TOLERANCE_SECONDS: Final = 120
SOURCES: Final = frozenset(("timer", "manual", "crew", "import"))
WORK_KINDS: Final = frozenset(("work", "travel", "break", "absence"))

TimeValue: TypeAlias = Mapping[str, JsonValue]
Interval: TypeAlias = tuple[int, int | None]

_INTERVAL_MEMBERS = frozenset(("start", "end", "brk", "tz", "src", "elapsed"))
_DURATION_MEMBERS = frozenset(("date", "seconds", "tz", "src"))
_ALLOC_MEMBERS = frozenset(("project", "task", "billable", "kind"))
_LIFE_MEMBERS = frozenset(("deleted", "reason"))
_TIMED_BREAK_MEMBERS = frozenset(("s", "e", "paid"))
_COUNTED_BREAK_MEMBERS = frozenset(("sec", "paid"))
_DATE = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2}")
_ZONES_MAX = 1024
_NEVER = 2**53  # seconds since 1970: when a running time ends
_NO_FLAGS: Final[frozenset[str]] = frozenset()


def checked_values(
    values: Mapping[str, JsonValue], now_epoch_seconds: int | None = None
) -> Held | None:
    """Return why an operation with these groups is held, or None if all have form.

    ``field`` names the first member that has not: ``time.end``, ``time.brk``,
    ``alloc.kind``, ``note``; the group alone when it is no object or has a member
    too much. With ``now_epoch_seconds`` (the server's clock), a time more than
    366 days ahead is held as well.
    """
    for group, faulty_member in _GROUP_FORMS:
        if group in values:
            member = faulty_member(values[group])
            if member is not None:
                return Held("value_invalid", f"{group}.{member}" if member else group)
    if now_epoch_seconds is not None and "time" in values:
        time: Any = values["time"]
        return _too_far_ahead(time, now_epoch_seconds)
    return None


def interval(time: TimeValue) -> Interval | None:
    """Return start and end in seconds since 1970 UTC; None for a duration.

    The end is None while the time is running.
    """
    if "start" not in time:
        return None
    # Not cast: this is asked for half a dozen times for each operation of a push.
    start: Any = time["start"]
    end: Any = time["end"]
    began: Any = seconds_of(start)
    return began, None if end is None else seconds_of(end)


def is_running(time: TimeValue) -> bool:
    """Whether ``time`` is an interval without an end."""
    return "start" in time and time["end"] is None


def worked_seconds(time: TimeValue) -> int:
    """Return the seconds that count as work: never below 0, and 0 while running.

    Of an interval: its length less the unpaid breaks. Of a duration: its seconds.
    """
    span = interval(time)
    if span is None:
        return _whole(time["seconds"])
    start, end = span
    if end is None:
        return 0
    unpaid_seconds = sum(_break_seconds(part) for part in _breaks(time) if part["paid"] is False)
    return max(0, end - start - unpaid_seconds)


def work_date(time: TimeValue) -> date:
    """Return the day the work began, in the entry's own zone.

    Raises: ValueError if the zone is unknown (values that were checked never do).
    """
    if "date" in time:
        return date.fromisoformat(str(time["date"]))
    zone = _zone(str(time["tz"]))
    if zone is None:
        msg = f"unknown time zone {time['tz']!r}"
        raise ValueError(msg)
    start = datetime.fromtimestamp(_seconds_of(time["start"]), UTC)
    return start.astimezone(zone).date()


def own_flags(time: TimeValue) -> frozenset[str]:
    """Return the flags that follow from one value: ``long`` and ``clock_check``."""
    span = interval(time)
    if span is None:
        is_long = _whole(time["seconds"]) > LONG_SECONDS
        return frozenset(("long",)) if is_long else frozenset()
    start, end = span
    if end is None:
        return _NO_FLAGS
    length = end - start
    elapsed: Any = time["elapsed"]
    breaks: Any = time["brk"]
    if length <= LONG_SECONDS and elapsed is None and not breaks:
        return _NO_FLAGS
    flags = set()
    if length > LONG_SECONDS:
        flags.add("long")
    if elapsed is not None and abs(elapsed - length) > CLOCK_TOLERANCE_SECONDS:
        flags.add("clock_check")
    if sum(_break_seconds(part) for part in breaks) > length:
        flags.add("clock_check")
    return frozenset(flags)


def crossing_flags(
    times: Mapping[TimeEntryId, Sequence[TimeValue]],
) -> dict[TimeEntryId, frozenset[str]]:
    """Return ``overlap`` and ``double_stop`` for each entry of one person.

    ``times`` holds the live ``time`` values of each entry that still lives;
    values of the same entry never cross each other. Intervals that only touch do
    not overlap; a running one reaches without end; durations have no place in the
    day. A double stop is two timer values that start together and end apart: two
    devices stopped the same work.
    """
    placed = [
        (span[0], span[1], entry_id, time["src"] == "timer")
        for entry_id, values in times.items()
        for time in values
        if (span := interval(time)) is not None
    ]
    placed.sort(key=_start_of)
    flags: dict[TimeEntryId, frozenset[str]] = dict.fromkeys(times, _NO_FLAGS)
    open_places: list[_Place] = []
    open_until = -1
    for place in placed:
        start, end = place[0], place[1]
        if start > open_until:  # Behind all others: a day's work in its order.
            open_places, open_until = [place], _NEVER if end is None else end
            continue
        # Those that start together are kept even if empty: they may be a double stop.
        open_places = [
            other
            for other in open_places
            if other[1] is None or other[1] > start or other[0] == start
        ]
        for other in open_places:
            if other[2] != place[2]:
                _flag_pair(flags, other, place)
        open_places.append(place)
        open_until = max(open_until, _NEVER if end is None else end)
    return flags


_Place: TypeAlias = tuple[int, int | None, TimeEntryId, bool]


def _start_of(place: _Place) -> int:
    return place[0]


def _flag_pair(flags: dict[TimeEntryId, frozenset[str]], one: _Place, other: _Place) -> None:
    found = set()
    if _overlap((one[0], one[1]), (other[0], other[1])):
        found.add("overlap")
    if one[3] and other[3] and one[0] == other[0] and one[1] != other[1]:
        found.add("double_stop")
    for place in (one, other):
        flags[place[2]] |= found


def _overlap(one: Interval, other: Interval) -> bool:
    return (other[1] is None or one[0] < other[1]) and (one[1] is None or other[0] < one[1])


def _faulty_time_member(value: JsonValue) -> str | None:
    if type(value) is not dict:
        return ""
    if "start" in value:
        members, faulty = _INTERVAL_MEMBERS, _faulty_interval_member
    else:
        members, faulty = _DURATION_MEMBERS, _faulty_duration_member
    if value.keys() != members:
        return _missing_or_surplus(value, members)
    if not _is_zone(value["tz"]):
        return "tz"
    if type(value["src"]) is not str or value["src"] not in SOURCES:
        return "src"
    return faulty(value)


def _missing_or_surplus(value: TimeValue, members: frozenset[str]) -> str:
    """Return the first missing member, or "" if there is only one too much."""
    if value.keys() - members:
        return ""
    return min(members - value.keys())


def _faulty_interval_member(value: TimeValue) -> str | None:
    start = epoch_seconds(value["start"])
    if start is None:
        return "start"
    end = epoch_seconds(value["end"])
    if (end is None and value["end"] is not None) or (end is not None and end < start):
        return "end"
    elapsed = value["elapsed"]
    if elapsed is not None and not _is_whole(elapsed, 0, ELAPSED_SECONDS_MAX):
        return "elapsed"
    return None if _are_breaks(value["brk"], start, end) else "brk"


def _faulty_duration_member(value: TimeValue) -> str | None:
    if not _is_date(value["date"]):
        return "date"
    return None if _is_whole(value["seconds"], 1, DURATION_SECONDS_MAX) else "seconds"


def _are_breaks(value: JsonValue, start: int, end: int | None) -> bool:
    """Whether ``value`` is a list of breaks in order, apart and within the time."""
    if type(value) is not list or len(value) > BREAKS_MAX:
        return False
    free_from: int | None = start
    for part in value:
        if type(part) is not dict or type(part.get("paid")) is not bool:
            return False
        if part.keys() == _COUNTED_BREAK_MEMBERS:
            if not _is_whole(part["sec"], 0, ELAPSED_SECONDS_MAX):
                return False
        elif part.keys() == _TIMED_BREAK_MEMBERS:
            if not _is_timed_break(part, free_from, end):
                return False
            free_from = epoch_seconds(part["e"])
        else:
            return False
    return True


def _is_timed_break(part: TimeValue, free_from: int | None, end: int | None) -> bool:
    """Whether the break lies in the rest of the time; an open one only if running.

    ``free_from`` None: an open break came before, behind which there is no room.
    """
    begins = epoch_seconds(part["s"])
    if begins is None or free_from is None or begins < free_from:
        return False
    if part["e"] is None:
        return end is None
    ends = epoch_seconds(part["e"])
    return ends is not None and begins <= ends and (end is None or ends <= end)


def _faulty_alloc_member(value: JsonValue) -> str | None:
    if type(value) is not dict:
        return ""
    if value.keys() != _ALLOC_MEMBERS:
        return _missing_or_surplus(value, _ALLOC_MEMBERS)
    if not _is_text_or_null(value["project"]):
        return "project"
    if not _is_text_or_null(value["task"]):
        return "task"
    if type(value["billable"]) is not bool:
        return "billable"
    kind = value["kind"]
    return None if type(kind) is str and kind in WORK_KINDS else "kind"


def _faulty_life_member(value: JsonValue) -> str | None:
    if type(value) is not dict:
        return ""
    if value.keys() != _LIFE_MEMBERS:
        return _missing_or_surplus(value, _LIFE_MEMBERS)
    if type(value["deleted"]) is not bool:
        return "deleted"
    return None if _is_text_or_null(value["reason"]) else "reason"


def _faulty_note(value: JsonValue) -> str | None:
    return None if _is_text(value, NOTE_CHARACTERS_MAX) else ""


def _faulty_reason(value: JsonValue) -> str | None:
    return None if _is_text(value, REASON_CHARACTERS_MAX) else ""


_GROUP_FORMS: Final = (
    ("time", _faulty_time_member),
    ("alloc", _faulty_alloc_member),
    ("note", _faulty_note),
    ("life", _faulty_life_member),
    ("reason", _faulty_reason),
)


def _too_far_ahead(time: TimeValue, now_epoch_seconds: int) -> Held | None:
    latest_epoch_seconds = now_epoch_seconds + FUTURE_SECONDS_MAX
    for member in ("start", "end"):
        seconds = epoch_seconds(time.get(member))
        if seconds is not None and seconds > latest_epoch_seconds:
            return Held("future_time", f"time.{member}")
    if "date" in time:
        midnight = epoch_seconds(f"{time['date']}T00:00:00Z")
        if midnight is not None and midnight > latest_epoch_seconds:
            return Held("future_time", "time.date")
    return None


def _is_text(value: JsonValue, characters_max: int) -> bool:
    return type(value) is str and len(value) <= characters_max and "\0" not in value


def _is_text_or_null(value: JsonValue) -> bool:
    return value is None or (type(value) is str and "\0" not in value)


def _is_whole(value: JsonValue, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_date(value: JsonValue) -> bool:
    return (
        type(value) is str
        and _DATE.fullmatch(value) is not None
        and epoch_seconds(value + "T00:00:00Z") is not None
    )


def _is_zone(value: JsonValue) -> bool:
    return type(value) is str and _zone(value) is not None


@lru_cache(maxsize=_ZONES_MAX)
def _zone(name: str) -> ZoneInfo | None:
    if _ZONE.fullmatch(name) is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # Unknown, or the name of a folder.
        return None


def _as_time(value: JsonValue) -> TimeValue:
    return cast("TimeValue", value)


def _breaks(time: TimeValue) -> Sequence[TimeValue]:
    return cast("Sequence[TimeValue]", time["brk"])


def _break_seconds(part: TimeValue) -> int:
    if "sec" in part:
        return _whole(part["sec"])
    ends = epoch_seconds(part["e"])
    return 0 if ends is None else ends - _seconds_of(part["s"])


def _seconds_of(value: JsonValue) -> int:
    return _whole(seconds_of(cast("str", value)))


def _whole(value: JsonValue) -> int:
    return cast("int", value)
