"""Dates, times and lengths as exports spell them."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from daywork.core.errors import ValueRefused
from daywork.core.time_record_cell import (
    DateOrder,
    date_order,
    fault_of_seconds,
    interval_or_duration,
    read_date,
    read_hours,
    read_length,
    read_time_of_day,
    read_yes,
)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2024-10-15", "2024-01-02"], DateOrder.YEAR_FIRST),
        (["03/14/2024", "03/04/2024"], DateOrder.MONTH_FIRST),
        (["14.03.2024", "04.03.2024"], DateOrder.DAY_FIRST),
        (["14/03/2024", "nonsense"], DateOrder.DAY_FIRST),
    ],
)
def test_the_column_tells_the_order_of_its_dates(cells: list[str], order: DateOrder) -> None:
    assert date_order(cells) is order


def test_dates_that_can_be_read_both_ways_are_not_guessed() -> None:
    with pytest.raises(ValueRefused, match="--dates"):
        date_order(["03/04/2024", "05/06/2024"])


def test_the_same_day_and_month_needs_no_order() -> None:
    assert read_date("05/05/2024", date_order(["05/05/2024"])) == date(2024, 5, 5)


@pytest.mark.parametrize(
    "cell", ["2024-02-30", "1999-12-31", "2100-01-01", "24-1", "", "२०२४-01-01"]
)
def test_what_is_no_day_of_this_century_is_no_date(cell: str) -> None:
    assert read_date(cell, DateOrder.YEAR_FIRST) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("10:23:52 AM", time(10, 23, 52)),
        ("12:05 AM", time(0, 5)),
        ("12:05 pm", time(12, 5)),
        ("09:03", time(9, 3)),
        ("23:59:59", time(23, 59, 59)),
        ("13:00 PM", None),
        ("24:00", None),
        ("9", None),
    ],
)
def test_times_of_day_have_24_hours_or_12(cell: str, expected: time | None) -> None:
    assert read_time_of_day(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("0:13", 780), ("01:30:30", 5430), ("100:00:00", 360_000), ("1:60", None), ("1.5", None)],
)
def test_lengths_are_hours_minutes_and_perhaps_seconds(cell: str, expected: int | None) -> None:
    assert read_length(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("0.7", Decimal("0.7")), ("7", Decimal(7)), ("1e3", None), ("-1", None), ("1,5", None)],
)
def test_hours_are_plain_decimals(cell: str, expected: Decimal | None) -> None:
    assert read_hours(cell) == expected


def test_yes_and_no_are_the_only_answers() -> None:
    assert [read_yes(cell) for cell in ("Yes", "no", "", "maybe")] == [True, False, False, None]


def test_an_interval_that_has_its_length_stays_an_interval() -> None:
    begins, ends = datetime(2024, 7, 1, 8, 0), datetime(2024, 7, 1, 10, 0)

    value = interval_or_duration(begins, ends, 7200, "Europe/Berlin")

    assert (value["start"], value["end"]) == ("2024-07-01T06:00:00Z", "2024-07-01T08:00:00Z")


def test_the_repeated_hour_is_read_as_the_one_that_fits_the_length() -> None:
    begins, ends = datetime(2024, 10, 27, 2, 30), datetime(2024, 10, 27, 2, 45)

    first = interval_or_duration(begins, ends, 900, "Europe/Berlin")
    across = interval_or_duration(begins, ends, 4500, "Europe/Berlin")

    assert (first["start"], first["end"]) == ("2024-10-27T00:30:00Z", "2024-10-27T00:45:00Z")
    assert (across["start"], across["end"]) == ("2024-10-27T00:30:00Z", "2024-10-27T01:45:00Z")


def test_a_length_that_differs_from_its_times_is_what_counts() -> None:
    begins, ends = datetime(2024, 7, 1, 8, 0), datetime(2024, 7, 1, 10, 0)

    value = interval_or_duration(begins, ends, 6300, "Europe/Berlin")

    assert value == {"date": "2024-07-01", "seconds": 6300, "tz": "Europe/Berlin", "src": "import"}


def test_no_time_and_too_much_time_have_a_reason() -> None:
    assert fault_of_seconds(0) == "is no time at all"
    assert fault_of_seconds(36_000_000) is None
    assert fault_of_seconds(36_000_001) == "is more than 10000 hours"
