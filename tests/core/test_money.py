"""Money in whole minor units: reading, writing, earning and spreading."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.errors import ValueRefused
from daywork.core.money import (
    Money,
    amount_text,
    decimal_text,
    earned,
    minor_digits,
    read_money,
    rounded_half_up,
    rounded_together,
)

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])  # 2, 0, 3 and 4 decimals.


@given(st.integers(0, 10**12 - 1), CURRENCIES)  # At most 12 digits before the point.
def test_an_amount_that_was_written_is_read_as_the_same(units: int, currency: str) -> None:
    money = Money(units, currency)

    assert read_money(amount_text(money), currency) == money


@pytest.mark.parametrize(
    ("text", "currency", "units"),
    [("31", "EUR", 3100), ("31.5", "EUR", 3150), ("0.05", "EUR", 5), ("1200", "JPY", 1200)],
)
def test_missing_decimals_are_zeros(text: str, currency: str, units: int) -> None:
    assert read_money(text, currency) == Money(units, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("31.505", "EUR"),
        ("31.5", "JPY"),
        ("-3", "EUR"),
        ("3,50", "EUR"),
        ("", "EUR"),
        ("9" * 13, "EUR"),
    ],
)
def test_an_amount_that_the_currency_does_not_have_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueRefused, match="is no amount in"):
        read_money(text, currency)


@pytest.mark.parametrize("code", ["EUX", "eur", "", "XAU", "€"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(ValueRefused, match="is no currency"):
        minor_digits(code)


def test_an_hour_and_a_half_at_31_50_is_47_25() -> None:
    assert earned(5_400, Money(3_150, "EUR")) == Money(4_725, "EUR")


def test_half_a_cent_is_rounded_up_once() -> None:
    # 1 s at 18.00 an hour is 0.005.
    assert earned(1, Money(1_800, "EUR")) == Money(1, "EUR")


@given(st.fractions())
def test_rounding_moves_by_at_most_a_half(value: Fraction) -> None:
    assert abs(rounded_half_up(value) - value) <= Fraction(1, 2)


@given(st.lists(st.fractions(0, 10**6), max_size=30))
def test_rounding_together_keeps_the_total_and_moves_no_part_by_one(
    values: list[Fraction],
) -> None:
    parts = rounded_together(values)

    assert sum(parts) == rounded_half_up(sum(values, Fraction()))
    assert all(abs(part - value) < 1 for part, value in zip(parts, values, strict=True))
    assert len(parts) == len(values)


def test_three_short_lines_do_not_take_from_a_long_one() -> None:
    # 1, 1, 1 and 103 seconds in ten-thousandths of an hour.
    values = [Fraction(seconds * 10_000, 3_600) for seconds in (1, 1, 1, 103)]

    assert rounded_together(values) == [3, 3, 2, 286]


def test_a_negative_amount_keeps_its_sign_below_one() -> None:
    assert decimal_text(-5, 2) == "-0.05"
