"""The values of a time entry: taken, flagged or held, and what follows from them."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.ids import TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.core.time_entry import (
    checked_values,
    crossing_flags,
    interval,
    is_running,
    work_date,
    worked_seconds,
)
from daywork.core.verdict import Held
from support.histories import shift
from support.record_vectors import judged, time_entry_vectors
from support.strategies import json_values, law
from support.time_entry_cases import NOON, Case, duration, pause, pause_of
from support.vectors import name_of, vectors

TIME_ENTRY = vectors("time_entry")

one, two, three = (TimeEntryId(UUID(int=number)) for number in (1, 2, 3))
times_of_day = st.integers(0, 23).map(lambda hour: f"{hour:02}:00")


@pytest.mark.parametrize("vector", TIME_ENTRY, ids=name_of)
def test_a_recorded_value_is_judged_as_recorded(vector: Any) -> None:
    assert vector["now"] == NOON
    assert judged(Case(vector["name"], vector["values"])) == vector["expected"]


def test_the_recorded_values_are_those_told_in_the_tests() -> None:
    assert time_entry_vectors() == TIME_ENTRY


def test_no_clock_no_future() -> None:
    far = duration(date="2099-12-31")

    assert checked_values({"time": far}) is None
    assert checked_values({"time": far}, NOON) == Held("future_time", "time.date")


@law
@given(st.sampled_from(["time", "alloc", "note", "life", "reason"]), json_values)
def test_any_value_is_taken_or_held_and_never_an_error(group: str, value: JsonValue) -> None:
    held = checked_values({group: value}, NOON)

    assert held is None or (held.code, held.field) == ("value_invalid", held.field)
    assert held is None or str(held.field).partition(".")[0] == group


@law
@given(
    st.dictionaries(
        st.sampled_from(["start", "end", "brk", "tz", "src", "elapsed", "date", "seconds"]),
        json_values,
        min_size=1,
    )
)
def test_strange_members_of_a_time_are_never_an_error(members: dict[str, JsonValue]) -> None:
    for strange in (members, shift("07:00", "15:30") | members):
        held = checked_values({"time": strange}, NOON)

        assert held is None or held.code == "value_invalid"
        assert held is None or str(held.field).startswith("time")


def test_a_group_that_nobody_checks_is_left_alone() -> None:
    assert checked_values({}) is None


@law
@given(lengths=st.lists(st.integers(0, 8 * 3600), max_size=16), is_paid=st.booleans())
def test_worked_time_is_never_below_zero_nor_above_the_interval(
    *, lengths: list[int], is_paid: bool
) -> None:
    breaks: list[JsonValue] = [pause_of(length, paid=is_paid) for length in lengths]

    worked = worked_seconds(shift("07:00", "15:00", brk=breaks))

    expected = 8 * 3600 if is_paid else max(0, 8 * 3600 - sum(lengths))
    assert worked == expected


def test_an_interval_is_in_seconds_since_1970() -> None:
    assert interval(shift("07:00", "15:30")) == (1_772_434_800, 1_772_465_400)
    assert interval(shift("07:00", None)) == (1_772_434_800, None)
    assert interval(duration()) is None


def test_only_an_interval_without_end_is_running() -> None:
    assert is_running(shift("07:00", None))
    assert not is_running(shift("07:00", "15:30"))
    assert not is_running(duration())


def test_a_night_shift_belongs_to_the_day_it_began() -> None:
    night = shift("21:30", "23:30", end="2026-03-03T05:00:00Z")

    assert work_date(night) == date(2026, 3, 2)


def test_a_work_date_needs_a_zone_that_exists() -> None:
    with pytest.raises(ValueError, match="Entenhausen"):
        work_date(shift("07:00", "15:30", tz="Europe/Entenhausen"))


@pytest.mark.parametrize(
    ("first", "second", "flags"),
    [
        (shift("07:00", "12:00"), shift("12:00", "15:00"), set()),
        (shift("07:00", "12:01"), shift("12:00", "15:00"), {"overlap"}),
        (shift("07:00", "15:00"), shift("08:00", "09:00"), {"overlap"}),
        (shift("07:00", "12:00"), shift("07:00", "12:00"), {"overlap"}),
        (shift("07:00", "12:00"), shift("07:00", "12:30"), {"overlap", "double_stop"}),
        (
            shift("07:00", "12:00"),
            shift("07:00", "12:30", src="manual"),
            {"overlap"},
        ),
        (shift("07:00", "07:00"), shift("07:00", "12:30"), {"double_stop"}),
        (shift("07:00", None), shift("07:00", "12:30"), {"overlap", "double_stop"}),
        (shift("07:00", None), shift("09:00", "12:30"), {"overlap"}),
        (shift("07:00", None), shift("05:00", "07:00"), set()),
        (shift("07:00", None), shift("09:00", None), {"overlap"}),
        (shift("08:00", "08:00"), shift("07:00", "09:00"), {"overlap"}),
        (shift("07:00", "15:00"), duration(), set()),
    ],
)
def test_two_entries_of_one_person_cross(
    first: dict[str, JsonValue], second: dict[str, JsonValue], flags: set[str]
) -> None:
    assert crossing_flags({one: [first], two: [second]}) == {one: flags, two: flags}
    assert crossing_flags({one: [second], two: [first]}) == {one: flags, two: flags}


def test_values_of_the_same_entry_do_not_cross() -> None:
    siblings = [shift("07:00", "15:00"), shift("07:00", "16:00")]

    assert crossing_flags({one: siblings}) == {one: frozenset()}


def test_each_live_value_of_an_entry_may_cross_another_entry() -> None:
    siblings = [shift("07:00", "11:00"), shift("07:00", "16:00")]

    flags = crossing_flags({one: siblings, two: [shift("15:00", "17:00", src="manual")]})

    assert flags == {one: {"overlap"}, two: {"overlap"}}


@law
@given(
    st.lists(
        st.tuples(st.sampled_from([one, two, three]), times_of_day, times_of_day, st.booleans()),
        max_size=8,
    )
)
def test_flags_of_many_are_those_of_all_pairs(
    drawn: list[tuple[TimeEntryId, str, str, bool]],
) -> None:
    times: dict[TimeEntryId, list[dict[str, JsonValue]]] = {one: [], two: [], three: []}
    for entry_id, start, end, has_end in drawn:
        first, last = sorted((start, end))
        times[entry_id].append(shift(first, last if has_end else None))

    expected: dict[TimeEntryId, set[str]] = {one: set(), two: set(), three: set()}
    for here, there in [(one, two), (one, three), (two, three)]:
        for entry_id, flags in crossing_flags({here: times[here], there: times[there]}).items():
            expected[entry_id] |= flags

    assert crossing_flags(times) == expected


def test_breaks_with_instants_shorten_the_work() -> None:
    breaks: list[JsonValue] = [pause("11:00", "11:30"), pause("13:00", "13:10", paid=True)]

    # 8 h 30 min less the unpaid half hour.
    assert worked_seconds(shift("07:00", "15:30", brk=breaks)) == 8 * 3600
