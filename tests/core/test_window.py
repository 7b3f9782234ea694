"""What a phone keeps: the last weeks, and whatever somebody has still to decide about."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from daywork.core.ids import Actor, PersonId, TimeEntryId
from daywork.core.instant import epoch_seconds, instant_text
from daywork.core.json_value import JsonValue
from daywork.core.window import OTHERS_DAYS, OWN_DAYS, is_settled, settled_start, window_start
from daywork.core.working_set import EntryState
from support.chain import interval

NOON = epoch_seconds("2026-11-25T12:00:00Z") or 0
DURATION: dict[str, JsonValue] = {
    "date": "2026-03-01",
    "seconds": 3_600,
    "tz": "Europe/Berlin",
    "src": "manual",
}


def entry(*times: Mapping[str, JsonValue], status: str = "approved") -> EntryState:
    """Return an entry whose live times are ``times``."""
    cells: dict[str, JsonValue] = {f"{place}": dict(time) for place, time in enumerate(times)}
    live = {(Actor("aaaaaaaaaa"), int(place) + 1): time for place, time in cells.items()}
    first = (Actor("aaaaaaaaaa"), 1)
    return EntryState(
        id=TimeEntryId(UUID(int=1)),
        owner_id=PersonId(UUID(int=2)),
        first_dot=first,
        cells={"time": live},
        clock={},
        operations=[],
        status=status,
    )


def test_a_window_begins_with_a_day() -> None:
    assert instant_text(window_start(NOON, OWN_DAYS)) == "2026-08-27T00:00:00Z"
    assert instant_text(window_start(NOON, OTHERS_DAYS)) == "2026-10-21T00:00:00Z"


@pytest.mark.parametrize(
    ("status", "flags", "settled"),
    [
        ("approved", (), True),
        ("approved", ("overlap", "long", "clock_check", "forced"), True),
        ("approved", ("conflict:note",), False),
        ("approved", ("delete_vs_edit",), False),
        ("approved+amendment", (), False),
        ("submitted", (), False),
        ("rejected", (), False),
        ("draft", (), False),
    ],
)
def test_settled_is_what_nobody_has_to_decide_about(
    status: str, flags: tuple[str, ...], *, settled: bool
) -> None:
    assert is_settled(status, flags) is settled


def test_a_settled_entry_began_with_the_earliest_of_its_times() -> None:
    early, late = interval("07:00", "15:00"), interval("08:00", "15:00")

    assert settled_start(entry(late, early)) == epoch_seconds("2026-03-02T07:00:00Z")
    assert settled_start(entry(DURATION)) == epoch_seconds("2026-03-01T00:00:00Z")
    assert settled_start(entry(early, DURATION)) == epoch_seconds("2026-03-01T00:00:00Z")
    assert settled_start(entry(early, status="draft")) is None
    assert settled_start(entry()) is None
