"""``python -m bench``: measure, print the table, keep it as JSON (SHORT=1 to try it)."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg

from bench.course import run_course
from bench.figures import Bound, Line
from bench.served import PUSHES_PER_MINUTE, served
from bench.sizes import FULL, SHORT, Sizes
from bench.table import as_json, table

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / "bench/results"
sys.path.insert(0, str(ROOT / "tests"))

from support import postgresql  # noqa: E402 - the tests' own PostgreSQL, found by the line above


def main() -> int:
    """Run; 0 also where a goal is not reached, because the table says it."""
    sizes = SHORT if os.environ.get("SHORT") else FULL
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="dw-bench-") as folder,
        closing(_Postgresql()) as cluster,
    ):
        lines, bounds = asyncio.run(_measured(Path(folder), cluster.folder, sizes))
    conditions = _conditions(sizes, time.perf_counter() - started)
    sys.stdout.write(f"{table(lines, bounds)}\n\n{_legend(conditions)}\n")
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{conditions['date'].replace(':', '')}.json"
    text = json.dumps({"conditions": conditions, **as_json(lines, bounds)}, indent=1)
    file.write_text(text, "utf-8")
    return 0


class _Postgresql(postgresql.Server):
    """The server that tests start, ended by ``closing``."""

    def close(self) -> None:
        """Stop it."""
        self.stop()


async def _measured(folder: Path, cluster: Path, sizes: Sizes) -> tuple[list[Line], list[Bound]]:
    product, bare = (postgresql.url(str(cluster), name) for name in ("product", "bare"))
    admin = await asyncpg.connect(postgresql.url(str(cluster), "postgres"))
    for name in ("product", "bare"):
        await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    async with AsyncExitStack() as stack:
        on_sqlite = served("SQLite", folder / "sqlite", None, None, sizes.rounds)
        on_postgresql = served("PostgreSQL", folder / "postgresql", product, bare, sizes.rounds)
        places = [
            await stack.enter_async_context(on_sqlite),
            await stack.enter_async_context(on_postgresql),
        ]
        return await run_course(places, sizes)


def _conditions(sizes: Sizes, seconds: float) -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - the git of whoever runs this
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit.stdout.strip(),
        "rounds": sizes.rounds,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "seconds": round(seconds),
        "pushes_per_minute": PUSHES_PER_MINUTE,
    }


def _legend(conditions: dict[str, Any]) -> str:
    return (
        f"{conditions['date']}, commit {conditions['commit']}, {conditions['rounds']} rounds in"
        f" {conditions['seconds']} s, {conditions['cores']} cores, load {conditions['load']:.1f}.\n"
        "R: the raw driver writes (pushes, postings) or reads (pulls) the same rows, durably,"
        " in the same batches on one connection. Medians of the rounds; the ratio is the median"
        " of each round's own, so it need not be the quotient of the two rates.\n"
        "Server CPU is of the server's process alone, for one operation, row, pull or posting;"
        " on a busy machine it and the ratios say more than rates.\n"
        f"DAYWORK_PUSHES_PER_MINUTE is {conditions['pushes_per_minute']:,} (by default 60) and"
        " DAYWORK_POSTING_HOLD_SECONDS 0 (by default 600) for this."
    )


if __name__ == "__main__":
    sys.exit(main())
