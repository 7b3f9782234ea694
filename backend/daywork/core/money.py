"""Money: whole minor units with an ISO 4217 code. No fractions, no floats."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from iso4217 import Currency

from daywork.core.errors import ValueRefused

SECONDS_PER_HOUR = 3_600

_AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit, for instance cents."""

    minor_units: int
    currency: str  # ISO 4217


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency's smallest unit has, by ISO 4217.

    Raises: ValueRefused if there is no such currency, or it has no smaller unit (gold).
    """
    try:
        digits = Currency(currency).exponent
    except ValueError as error:
        raise _no_currency(currency) from error
    if digits is None:
        raise _no_currency(currency)
    return digits


def read_money(text: str, currency: str) -> Money:
    """Return an amount written with a point, like ``31.50``: at most 12 digits before it.

    Raises: ValueRefused.
    """
    digits = minor_digits(currency)
    found = _AMOUNT.fullmatch(text)
    fraction = "" if found is None else found[2] or ""
    if found is None or len(fraction) > digits:
        example = "31" if digits == 0 else f"31.{'5'.ljust(digits, '0')}"
        message = f"{text} is no amount in {currency}. Write it like {example}."
        raise ValueRefused(message, "amount")
    return Money(int(found[1]) * 10**digits + int(fraction.ljust(digits, "0") or 0), currency)


def amount_text(money: Money) -> str:
    """Return the amount with a point and all of the currency's decimals.

    >>> amount_text(Money(-5, "EUR")), amount_text(Money(1200, "JPY"))
    ('-0.05', '1200')
    """
    return decimal_text(money.minor_units, minor_digits(money.currency))


def decimal_text(units: int, digits: int) -> str:
    """Return ``units`` of the last of ``digits`` decimals, written with a point.

    >>> decimal_text(35_000, 4)
    '3.5000'
    """
    whole, rest = divmod(abs(units), 10**digits)
    fraction = f".{rest:0{digits}}" if digits else ""
    return f"{'-' if units < 0 else ''}{whole}{fraction}"


def rounded_half_up(value: Fraction) -> int:
    """Return the nearest whole number; a half goes up, away from zero below it.

    >>> rounded_half_up(Fraction(5, 2)), rounded_half_up(Fraction(-5, 2))
    (3, -3)
    """
    magnitude = (2 * abs(value) + 1) // 2
    return int(magnitude) if value >= 0 else -int(magnitude)


def earned(worked_seconds: int, per_hour: Money) -> Money:
    """Return what ``worked_seconds`` come to at a rate, rounded once, half up."""
    amount = Fraction(worked_seconds * per_hour.minor_units, SECONDS_PER_HOUR)
    return Money(rounded_half_up(amount), per_hour.currency)


def rounded_together(values: Sequence[Fraction]) -> list[int]:
    """Return whole numbers that add up to the rounded sum of ``values``, each 0 or more.

    Each is its value rounded down or up, so less than one away from it; the largest
    remainders go up, of equal ones the first (Hamilton's method).

    >>> rounded_together([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)])
    [1, 0, 0]
    """
    parts = [value.numerator // value.denominator for value in values]
    missing = rounded_half_up(sum(values, Fraction())) - sum(parts)
    order = sorted(range(len(values)), key=lambda place: (parts[place] - values[place], place))
    for place in order[:missing]:
        parts[place] += 1
    return parts


def _no_currency(text: str) -> ValueRefused:
    message = f"{text} is no currency. Use an ISO 4217 code like EUR."
    return ValueRefused(message, "currency")
