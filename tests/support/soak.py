"""The ledger of soaks: one line a run in docs/soak.md, and the sum of all lines.

A line is written only for a run in which nothing was lost, doubled, overwritten in
silence, different or half done; the columns of what is forbidden are there to be read.
"""

import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "docs/soak.md"
COUNTED = (
    *("model stories", "histories", "operations", "kills", "power cuts", "broken connections"),
    *("restarts", "records"),
)
FORBIDDEN = ("lost", "doubled", "overwritten", "different", "half done")
COLUMNS = ("date", "commit", "seeds", *COUNTED, *FORBIDDEN)
SUM = "**all**"


def record(counts: Mapping[str, int], seeds: str = "of the tests", ledger: Path = LEDGER) -> None:
    """Append the line of a run that ended well, and count the sum anew."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    cells = [f"{datetime.now(UTC):%Y-%m-%d}", commit or "unknown", seeds]
    cells += [f"{counts.get(column, 0):,}" for column in COUNTED] + ["0"] * len(FORBIDDEN)
    text = ledger.read_text("utf-8").rstrip("\n").split("\n")
    lines = [line for line in text if not line.startswith(f"| {SUM}")]
    lines.append(_line(cells))
    lines.append(_line([SUM, "", "", *_sums(lines)]))
    ledger.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sums(lines: Sequence[str]) -> list[str]:
    """Return the sum of each column of numbers, over the lines that begin with a date."""
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| 2")]
    first = COLUMNS.index(COUNTED[0])
    columns = zip(*(row[first:] for row in rows), strict=True)
    return [f"{sum(int(cell.replace(',', '')) for cell in column):,}" for column in columns]
