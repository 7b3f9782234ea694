"""An instant has one spelling."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.instant import epoch_seconds, is_instant
from support.strategies import law

FIRST = datetime(2000, 1, 1, tzinfo=UTC)
SECONDS_OF_THE_CENTURY = 36_525 * 86_400
SECONDS_BEFORE_THE_CENTURY = 946_684_800


@law
@given(st.integers(0, SECONDS_OF_THE_CENTURY - 1))
def test_seconds_are_counted_from_1970(seconds: int) -> None:
    text = (FIRST + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert epoch_seconds(text) == SECONDS_BEFORE_THE_CENTURY + seconds


@pytest.mark.parametrize(
    "text",
    [
        "1999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "2026-03-02T06:58:00",
        "2026-03-02T06:58:00+00:00",
        "2026-03-02T06:58:00.000Z",
        "2026-03-02T06:58Z",
        "2026-03-02 06:58:00Z",
        "2026-03-02T06:58:00z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T23:59:60Z",
        "2026-02-29T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-W10-1T00:00:00Z",
        "202\u0666-03-02T06:58:00Z",
        "2026-03-02T06:58:00Z\n",
        "",
        None,
        0,
        True,
        ["2026-03-02T06:58:00Z"],
    ],
)
def test_any_other_spelling_is_refused(text: object) -> None:
    assert not is_instant(text)
