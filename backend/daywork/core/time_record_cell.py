"""The cells of exported time records: dates, times of day, lengths, yes and no.

Exports spell dates as their user likes them. Day first or month first is decided
by the whole column: the order that fits more of its cells. When both fit alike
and would mean different days, nobody guesses: the person has to say.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from daywork.core.errors import ValueRefused
from daywork.core.json_value import JsonValue
from daywork.core.time_entry import DURATION_SECONDS_MAX

SOURCE: Final = "import"
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099

_DATE = re.compile(r"([0-9]{1,4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,4})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([AaPp])[Mm])?")
_LENGTH = re.compile(r"([0-9]{1,5}):([0-5][0-9])(?::([0-5][0-9]))?")
_HOURS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_YES: Final = frozenset(("yes", "true", "1"))
_NO: Final = frozenset(("no", "false", "0", ""))


class DateOrder(StrEnum):
    """Which part of a date comes first."""

    YEAR_FIRST = "year-first"
    MONTH_FIRST = "month-first"
    DAY_FIRST = "day-first"


def date_order(cells: Sequence[str]) -> DateOrder:
    """Return the order in which most of ``cells`` are dates.

    Raises: ValueRefused if day first and month first fit alike and differ.
    """
    fits = {order: [read_date(cell, order) for cell in cells] for order in DateOrder}
    counts = {order: sum(day is not None for day in days) for order, days in fits.items()}
    best = max(counts.values())
    orders = [order for order in DateOrder if counts[order] == best]
    if any(fits[order] != fits[orders[0]] for order in orders):
        msg = "the dates can be read day first and month first; say which with --dates"
        raise ValueRefused(msg, "dates")
    return orders[0]


def read_date(cell: str, order: DateOrder) -> date | None:
    """Return the day, or None if ``cell`` is none of 2000 to 2099 in this order."""
    found = _DATE.fullmatch(cell.strip())
    if found is None:
        return None
    one, two, three = (int(part) for part in found.groups())
    year, month, day = {
        DateOrder.YEAR_FIRST: (one, two, three),
        DateOrder.MONTH_FIRST: (three, one, two),
        DateOrder.DAY_FIRST: (three, two, one),
    }[order]
    try:
        found_day = date(year, month, day)
    except ValueError:
        return None
    return found_day if FIRST_YEAR <= year <= LAST_YEAR else None


def read_time_of_day(cell: str) -> time | None:
    """Return the time, written with 24 hours or with AM and PM, or None."""
    found = _TIME.fullmatch(cell.strip())
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4] is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def read_length(cell: str) -> int | None:
    """Return the seconds of ``H:MM`` or ``H:MM:SS``, or None."""
    found = _LENGTH.fullmatch(cell.strip())
    if found is None:
        return None
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)


def read_hours(cell: str) -> Decimal | None:
    """Return decimal hours, or None."""
    found = _HOURS.fullmatch(cell.strip())
    return None if found is None else Decimal(found[0])


def read_yes(cell: str) -> bool | None:
    """Return whether ``cell`` says yes; None if neither yes nor no."""
    word = cell.strip().lower()
    return True if word in _YES else False if word in _NO else None


def duration(day: date, seconds: int, zone: str) -> dict[str, JsonValue]:
    """Return the ``time`` of so many seconds on a day."""
    return {"date": day.isoformat(), "seconds": seconds, "tz": zone, "src": SOURCE}


def interval_or_duration(
    begins: datetime, ends: datetime, seconds: int, zone: str
) -> dict[str, JsonValue]:
    """Return the interval when it is exactly ``seconds`` long, else the duration.

    ``begins`` and ``ends`` are local and naive. An hour that a change of clocks
    repeats is read as the one that makes the length right. A length that differs
    from its times (breaks, rounding) is what was recorded, so it is what counts.
    """
    place = ZoneInfo(zone)
    for begin_fold in (0, 1):
        start = begins.replace(tzinfo=place, fold=begin_fold).astimezone(UTC)
        for end_fold in (0, 1):
            end = ends.replace(tzinfo=place, fold=end_fold).astimezone(UTC)
            if end - start == timedelta(seconds=seconds):
                return {
                    "start": _instant(start),
                    "end": _instant(end),
                    "brk": [],
                    "tz": zone,
                    "src": SOURCE,
                    "elapsed": None,
                }
    return duration(begins.date(), seconds, zone)


def is_zone(name: str) -> bool:
    """Whether ``name`` is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # Unknown, no name, or the name of a folder.
        return False
    return True


def fault_of_seconds(seconds: int) -> str | None:
    """Return why so many seconds are no time entry, or None."""
    if seconds < 1:
        return "is no time at all"
    if seconds > DURATION_SECONDS_MAX:
        return f"is more than {DURATION_SECONDS_MAX // 3600} hours"
    return None


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
