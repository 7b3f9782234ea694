"""The demo's week, played once for all tests that look at what it leaves behind."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from daywork.settings import environment_with
from support.server import COMMAND

DEMO_SECONDS_MAX = 120


@dataclass(frozen=True)
class Demo:
    """A demo that has ended: what it said, and its home."""

    home: Path
    status: int
    told: str
    complaints: str


def play_demo(folder: Path) -> Demo:
    """Run ``daywork demo --once``; its home is ``folder/demo``."""
    done = subprocess.run(
        [*COMMAND, "demo", "--once"],
        env=environment_with({"DAYWORK_HOME": str(folder)}),
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS_MAX,
        check=False,
    )
    return Demo(folder / "demo", done.returncode, done.stdout, done.stderr)
