"""Lengths of time as people read them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.duration import duration_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 h 00"), (27_120, "7 h 32"), (61, "0 h 01 min 1 s"), (360_000, "100 h 00")],
)
def test_a_length_is_told_to_the_minute_and_odd_seconds_as_well(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.integers(0, 10**8))
def test_the_text_says_the_whole_length(seconds: int) -> None:
    parts = re.fullmatch(r"(\d+) h (\d\d)(?: min (\d+) s)?", duration_text(seconds))

    assert parts is not None
    assert int(parts[1]) * 3600 + int(parts[2]) * 60 + int(parts[3] or 0) == seconds
