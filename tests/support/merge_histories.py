"""Histories that show how changes of one time entry merge."""

from daywork.core.json_value import JsonValue
from support.histories import RESTORED, History, deleted, shift, work_on

DURATION: dict[str, JsonValue] = {
    "date": "2026-03-02",
    "seconds": 27_000,
    "tz": "Europe/Berlin",
    "src": "manual",
}


def _one_device() -> list[History]:
    return [
        History("a new entry has one value in each group").change(
            "a",
            by="new",
            time=shift("07:00", "15:30"),
            alloc=work_on("p1"),
            note="pump 4",
        ),
        History("an edit that saw a value replaces it")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=shift("07:00", "15:45")),
        History("an edit of one group leaves the other groups alone")
        .change("a", by="new", time=shift("07:00", "15:30"), alloc=work_on("p1"))
        .change("a", "a1", alloc=work_on("p2")),
        History("a stop replaces the running value")
        .change("a", by="new", time=shift("07:00", None))
        .change("a", "a1", time=shift("07:00", "15:30", elapsed=30_600)),
        History("an own edit without context stands beside the first value")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "", time=shift("07:00", "16:00")),
        History("a duration on a day can replace an interval")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=DURATION),
        History("a context may name operations that wrote nothing here")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("b", "a7 m3", time=shift("07:10", "15:30")),
    ]


def _two_devices() -> list[History]:
    return [
        History("two devices that edit the end offline keep both values")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=shift("07:00", "15:45"))
        .change("b", "a1", time=shift("07:00", "16:00")),
        History("a choice that saw both values ends the conflict")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=shift("07:00", "15:45"))
        .change("b", "a1", time=shift("07:00", "16:00"))
        .change("b", "a2 b1", by="resolve", time=shift("07:00", "16:00")),
        History("edits of different groups do not conflict")
        .change("a", by="new", time=shift("07:00", "15:30"), alloc=work_on("p1"))
        .change("a", "a1", time=shift("07:00", "15:45"))
        .change("b", "a1", alloc=work_on("p2")),
        History("equal values of two devices are no conflict and both dots live")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=shift("07:00", "16:00"))
        .change("b", "a1", time=dict(reversed(shift("07:00", "16:00").items()))),
        History("of three values an edit removes only those it saw")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=shift("07:00", "15:45"))
        .change("b", "a1", time=shift("07:00", "16:00"))
        .change("c", "a1", time=shift("07:00", "16:15"))
        .change("b", "a2 b1", time=shift("07:00", "16:30")),
        History("two conflicts at once are both flagged")
        .change("a", by="new", time=shift("07:00", "15:30"), alloc=work_on("p1"))
        .change("a", "a1", time=shift("07:00", "15:45"), alloc=work_on("p2"))
        .change("b", "a1", time=shift("07:00", "16:00"), alloc=work_on("p3")),
        History("a note conflict leaves the digest alone")
        .change("a", by="new", time=shift("07:00", "15:30"), note="pump")
        .change("a", "a1", note="pump 4")
        .change("b", "a1", note="pump 5"),
        History("composed and decomposed letters are different texts")
        .change("a", by="new", note="caf\u00e9")
        .change("b", "", note="cafe\u0301"),
        History("the longest value is shown first while times conflict")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=shift("07:00", "15:45"))
        .change(
            "b",
            "a1",
            time=shift("07:00", "16:00", brk=[{"sec": 3600, "paid": False}]),
        ),
    ]


def _deletions() -> list[History]:
    return [
        History("a delete that saw everything counts")
        .change("a", by="new", time=shift("07:00", "15:30"), alloc=work_on("p1"))
        .change("b", "a1", by="delete", life=deleted("twice")),
        History("a delete that also writes the time counts")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("b", "a1", by="delete", life=deleted(), time=shift("07:00", "07:00")),
        History("a delete beside a time edit does not count")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=shift("07:00", "15:45"))
        .change("b", "a1", by="delete", life=deleted()),
        History("a delete beside a note edit counts")
        .change("a", by="new", time=shift("07:00", "15:30"), note="pump")
        .change("a", "a1", note="pump 4")
        .change("b", "a1", by="delete", life=deleted()),
        History("a restore that saw the delete brings the entry back")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("b", "a1", by="delete", life=deleted())
        .change("a", "a1 b1", by="restore", life=RESTORED),
        History("a delete beside a restore does not count")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", by="delete", life=deleted())
        .change("a", "a1 a2", by="restore", life=RESTORED)
        .change("b", "a1 a2", by="delete", life=deleted("again")),
        History("two deletes with different reasons count and differ")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", by="delete", life=deleted("twice"))
        .change("b", "a1", by="delete", life=deleted("wrong day")),
        History("a delete counts again once somebody deletes who saw the edit")
        .change("a", by="new", time=shift("07:00", "15:30"))
        .change("a", "a1", time=shift("07:00", "15:45"))
        .change("b", "a1", by="delete", life=deleted())
        .change("b", "a2 b1", by="delete", life=deleted()),
    ]


def _odd_values() -> list[History]:
    return [
        History("more than a day is flagged long").change(
            "a", by="new", time=shift("07:00", "15:30", end="2026-03-03T07:00:01Z")
        ),
        History("exactly a day is not long").change(
            "a", by="new", time=shift("07:00", "15:30", end="2026-03-03T07:00:00Z")
        ),
        History("a stopwatch that disagrees by more than two minutes is flagged")
        .change("a", by="new", time=shift("07:00", "08:00", elapsed=3_720))
        .change("b", "", time=shift("07:00", "08:00", elapsed=3_721)),
    ]


def merge_histories() -> list[History]:
    """Return all of them."""
    return [*_one_device(), *_two_devices(), *_deletions(), *_odd_values()]
