"""The ledger of soaks: one line a run in docs/soak.md, with what it went through."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "docs/soak.md"
COLUMNS = ("stories", "operations", "kills", "records")


def record(counts: Mapping[str, int], ledger: Path = LEDGER) -> None:
    """Append the line of a run in which nothing was lost, doubled or different."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    cells = [f"{counts.get(column, 0):,}" for column in COLUMNS]
    line = " | ".join([f"{datetime.now(UTC):%Y-%m-%d}", commit or "unknown", *cells, "0"])
    with ledger.open("a", encoding="utf-8") as lines:
        lines.write(f"| {line} |\n")
