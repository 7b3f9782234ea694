"""Money: whole minor units with an ISO 4217 code. No fractions, no floats."""

from dataclasses import dataclass
from fractions import Fraction

SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit, for instance cents."""

    minor_units: int
    currency: str  # ISO 4217


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


def apportioned(total: int, weights: list[int]) -> list[int]:
    """Return whole parts of ``total`` in the proportion of ``weights``, losing nothing.

    Each part is the exact one rounded down or up; the largest remainders go up,
    of equal ones the first. ``weights`` are 0 or more and not all 0.
    """
    whole = sum(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    parts = [value.numerator // value.denominator for value in exact]
    order = sorted(range(len(weights)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts
