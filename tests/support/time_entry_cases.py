"""Values of time entries, good and bad, told in few words."""

from collections.abc import Iterator
from dataclasses import dataclass

from daywork.core.json_value import JsonValue
from support.histories import deleted, shift, work_on

# 2026-03-02T12:00:00Z, the server's clock in these cases.
NOON = 1_772_452_800


@dataclass(frozen=True, slots=True)
class Case:
    """The groups of one operation under a sentence about them."""

    name: str
    values: dict[str, JsonValue]


def duration(**other: JsonValue) -> dict[str, JsonValue]:
    """Return seven and a half hours on a day; ``other`` replaces members."""
    value: dict[str, JsonValue] = {
        "date": "2026-03-02",
        "seconds": 27_000,
        "tz": "Europe/Berlin",
        "src": "manual",
    }
    return value | other


def pause(start: str, end: str | None, *, paid: bool = False) -> dict[str, JsonValue]:
    """Return a break with instants."""
    return {
        "s": f"2026-03-02T{start}:00Z",
        "e": None if end is None else f"2026-03-02T{end}:00Z",
        "paid": paid,
    }


def pause_of(seconds: JsonValue, *, paid: bool = False) -> dict[str, JsonValue]:
    """Return a break of which only the length is known."""
    return {"sec": seconds, "paid": paid}


def without(value: dict[str, JsonValue], member: str) -> dict[str, JsonValue]:
    """Return ``value`` less one member."""
    return {name: part for name, part in value.items() if name != member}


def _times(cases: dict[str, JsonValue]) -> Iterator[Case]:
    for name, time in cases.items():
        yield Case(name, {"time": time})


def good_times() -> Iterator[Case]:
    """Yield times that are taken, flagged or not."""
    day = shift("07:00", "15:30")
    yield from _times(
        {
            "a plain interval": day,
            "an interval with an unpaid break": day | {"brk": [pause("11:00", "11:30")]},
            "a paid break counts as work": day | {"brk": [pause("11:00", "11:30", paid=True)]},
            "an unpaid break known by its length": day | {"brk": [pause_of(1800)]},
            "two breaks that touch": day
            | {"brk": [pause("11:00", "11:30"), pause("11:30", "11:40")]},
            "breaks of both forms": day
            | {"brk": [pause("11:00", "11:30"), pause_of(600), pause("12:00", "12:10")]},
            "a break of no length at the end": day | {"brk": [pause("15:30", "15:30")]},
            "a running interval": shift("07:00", None),
            "a running interval on a break": shift("07:00", None, brk=[pause("11:00", None)]),
            "an interval of no length": shift("07:00", "07:00"),
            "a break longer than the interval leaves no work": shift(
                "07:00", "08:00", brk=[pause_of(3601)]
            ),
            "a paid break longer than the interval is only flagged": shift(
                "07:00", "08:00", brk=[pause_of(3601, paid=True)]
            ),
            "two lengths that together exceed the interval": shift(
                "07:00", "08:00", brk=[pause_of(2000), pause_of(2000)]
            ),
            "elapsed two minutes short is believed": day | {"elapsed": 30_480},
            "elapsed more than two minutes short is flagged": day | {"elapsed": 30_479},
            "more than a day is long": day | {"end": "2026-03-03T07:00:01Z"},
            "a day exactly is not long": day | {"end": "2026-03-03T07:00:00Z"},
            "sixteen breaks": day | {"brk": [pause_of(60)] * 16},
            "a duration": duration(),
            "a duration of more than a day is long": duration(seconds=86_401),
            "the longest duration": duration(seconds=36_000_000),
            "the work date is that of the entry's own zone": day
            | {"start": "2026-03-01T23:30:00Z"},
            "the work date west of Greenwich": day
            | {"start": "2026-03-02T04:59:59Z", "tz": "America/New_York"},
            "a night with the change to summer time": day
            | {"start": "2026-03-28T22:00:00Z", "end": "2026-03-29T05:00:00Z"},
            "a leap day": duration(date="2024-02-29"),
            "exactly 366 days ahead": day
            | {"start": "2027-03-03T11:00:00Z", "end": "2027-03-03T12:00:00Z"},
        }
    )


def bad_times() -> Iterator[Case]:
    """Yield times that are held."""
    day = shift("07:00", "15:30")
    yield from _times(
        {
            "no object": "2026-03-02",
            "null": None,
            "no member at all": {},
            "both forms at once": day | duration(),
            "a missing member": without(day, "elapsed"),
            "an unknown member": day | {"place": "yard"},
            "an end before the start": shift("07:00", "06:59"),
            "an instant with an offset": day | {"start": "2026-03-02T08:00:00+01:00"},
            "an instant with a fraction": day | {"start": "2026-03-02T07:00:00.0Z"},
            "an instant without a zone": day | {"start": "2026-03-02T07:00:00"},
            "a day that its month lacks": day | {"end": "2026-02-29T15:30:00Z"},
            "a leap second": day | {"end": "2026-03-02T15:30:60Z"},
            "hour twenty-four": day | {"end": "2026-03-02T24:00:00Z"},
            "the last century": day | {"start": "1999-12-31T23:59:59Z"},
            "digits that are not ASCII": day | {"start": "202\u0666-03-02T07:00:00Z"},
            "a start that is a number": day | {"start": 1_772_434_800},
            "no start": day | {"start": None},
            "a zone that does not exist": day | {"tz": "Europe/Entenhausen"},
            "a zone that leads elsewhere": day | {"tz": "../../etc/passwd"},
            "a zone that is null": day | {"tz": None},
            "an unknown source": day | {"src": "guess"},
            "a source that is a list": day | {"src": ["timer"]},
            "elapsed that is true": day | {"elapsed": True},
            "elapsed below zero": day | {"elapsed": -1},
            "seventeen breaks": day | {"brk": [pause_of(60)] * 17},
            "breaks that are null": day | {"brk": None},
            "a break before the start": day | {"brk": [pause("06:59", "07:10")]},
            "a break after the end": day | {"brk": [pause("15:20", "15:31")]},
            "breaks that overlap": day
            | {"brk": [pause("11:00", "11:30"), pause("11:29", "11:40")]},
            "breaks out of order": day
            | {"brk": [pause("12:00", "12:30"), pause("11:00", "11:30")]},
            "a break that ends before it starts": day | {"brk": [pause("11:30", "11:00")]},
            "an open break in an ended interval": day | {"brk": [pause("11:00", None)]},
            "a break behind an open one": shift(
                "07:00", None, brk=[pause("11:00", None), pause("12:00", "12:10")]
            ),
            "a break without paid": day | {"brk": [{"sec": 60}]},
            "a break of both forms": day | {"brk": [pause("11:00", "11:30") | pause_of(60)]},
            "a break of less than nothing": day | {"brk": [pause_of(-1)]},
            "a duration of nothing": duration(seconds=0),
            "a duration beyond the longest": duration(seconds=36_000_001),
            "a duration that is a text": duration(seconds="27000"),
            "a date that does not exist": duration(date="2026-02-30"),
            "a date in another spelling": duration(date="2026-3-2"),
            "more than 366 days ahead": day
            | {"start": "2027-03-03T12:00:01Z", "end": "2027-03-03T13:00:00Z"},
            "an end more than 366 days ahead": day | {"end": "2027-03-03T12:00:01Z"},
            "a date more than 366 days ahead": duration(date="2027-03-04"),
        }
    )


def other_groups() -> Iterator[Case]:
    """Yield values of the other groups."""
    work = work_on("0195a7e2-0000-7000-8000-0000000000bb")
    yield Case("work on a project", {"alloc": work})
    yield Case("work not yet assigned", {"alloc": work_on(None)})
    yield Case("a project that is a number", {"alloc": work | {"project": 4}})
    yield Case("a task that is a list", {"alloc": work | {"task": []}})
    yield Case("a project with U+0000", {"alloc": work | {"project": "p\0"}})
    yield Case("billable that is null", {"alloc": work | {"billable": None}})
    yield Case("billable that is 1", {"alloc": work | {"billable": 1}})
    yield Case("an unknown kind of work", {"alloc": work | {"kind": "overtime"}})
    yield Case("an alloc that lacks its task", {"alloc": without(work, "task")})
    yield Case("an alloc with a customer", {"alloc": work | {"customer": None}})
    yield Case("an alloc that is null", {"alloc": None})
    yield Case("a note", {"note": "pump 4"})
    yield Case("an empty note", {"note": ""})
    yield Case("a note of 2000 code points", {"note": "\U0001f6e0" * 2000})
    yield Case("a note of 2001 code points", {"note": "x" * 2001})
    yield Case("a note with U+0000", {"note": "a\0b"})
    yield Case("a note that is null", {"note": None})
    yield Case("a deletion", {"life": deleted()})
    yield Case("a deletion with a reason", {"life": deleted("twice")})
    yield Case("deleted that is a text", {"life": {"deleted": "true", "reason": None}})
    yield Case("a reason that is a number", {"life": {"deleted": True, "reason": 1}})
    yield Case("a life without reason", {"life": {"deleted": True}})
    yield Case("a reason for a rejection", {"reason": "Which site?"})
    yield Case("a reason of 500 characters", {"reason": "x" * 500})
    yield Case("a reason of 501 characters", {"reason": "x" * 501})
    yield Case("a reason that is null", {"reason": None})
    yield Case(
        "of several faults the first in the order time, alloc, note, life is told",
        {"note": None, "alloc": None, "time": shift("07:00", "06:00")},
    )


def time_entry_cases() -> list[Case]:
    """Return all of them."""
    return [*good_times(), *bad_times(), *other_groups()]
