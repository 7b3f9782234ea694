"""The one table, as Markdown that a terminal shows well, and as JSON."""

from collections.abc import Sequence
from typing import Any

from bench.figures import Bound, Line

HEADS = (
    "what",
    "database",
    "rate /s",
    "R /s",
    "ratio",
    "goal",
    "reached",
    "server CPU µs",
    "client CPU %",
    "p99 ms",
)


def table(lines: Sequence[Line], bounds: Sequence[Bound]) -> str:
    """Return the table; what has no R, no goal or no such figure shows a dash."""
    rows = [HEADS, *(_line(line) for line in lines), *(_bound(bound) for bound in bounds)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(texts)


def as_json(lines: Sequence[Line], bounds: Sequence[Bound]) -> dict[str, Any]:
    """Return everything that was measured, each round by itself too."""
    return {
        "lines": [
            {
                "what": line.what,
                "database": line.database,
                "unit": line.unit,
                "rate": line.rate,
                "bare_rate": line.bare_rate,
                "ratio": line.ratio,
                "goal": None if line.goal is None else goal_text(line),
                "is_reached": line.is_reached,
                "server_cpu_microseconds": line.server_cpu_microseconds,
                "client_share": line.client_share,
                "slowest_milliseconds": line.slowest_milliseconds,
                "rounds": [
                    {name: getattr(sample, name) for name in sample.__slots__}
                    for sample in line.samples
                ],
            }
            for line in lines
        ],
        "bounds": [
            {name: getattr(bound, name) for name in bound.__slots__}
            | {"is_reached": bound.is_reached}
            for bound in bounds
        ],
    }


def goal_text(line: Line) -> str:
    """Return the goal, in front of it what was reached where the ratio does not say it."""
    if line.goal is None:
        return "-"
    text = f">= {line.goal.least:.2f} x {line.goal.against}"
    return text if line.goal.base_rate is None else f"{line.reached:.2f} {text}"


def _line(line: Line) -> tuple[str, ...]:
    return (
        line.what,
        line.database,
        f"{line.rate:,.0f} {line.unit}",
        f"{line.bare_rate:,.0f}",
        f"{line.ratio:.2f}",
        goal_text(line),
        _word(is_reached=line.is_reached),
        f"{line.server_cpu_microseconds:,.0f}",
        f"{100 * line.client_share:.0f}",
        f"{line.slowest_milliseconds:.1f}",
    )


def _bound(bound: Bound) -> tuple[str, ...]:
    return (
        bound.what,
        bound.database,
        f"{bound.value:,.1f} {bound.unit}",
        "-",
        "-",
        f"<= {bound.most:g} {bound.unit}",
        _word(is_reached=bound.is_reached),
        "-",
        "-",
        "-",
    )


def _word(*, is_reached: bool | None) -> str:
    return "-" if is_reached is None else "yes" if is_reached else "NO"
