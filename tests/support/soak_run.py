"""make soak: every harness in turns with fresh seeds, until the time is up.

    python -m support.soak_run --seconds 600
    python -m support.soak_run --seconds 600 --only model kills-sqlite
    python -m support.soak_run --replay histories-sqlite:1234567

A run that held writes its line into docs/soak.md; one that did not names the seed, how
to play it again, and ends with status 1.
"""

import argparse
import asyncio
import logging
import os
import secrets
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence

from support import postgresql, soak
from support.databases import forget_templates
from support.soak_harnesses import HARNESSES, SHARES

FIRST_SEED_MAX = 2**31
ROUNDS = 4  # how often each harness gets its turn, in a soak of some length
ROUND_SECONDS_MAX = 600


def main() -> int:
    """Run what the arguments ask for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--only", nargs="+", choices=sorted(HARNESSES), metavar="HARNESS")
    parser.add_argument("--replay", metavar="HARNESS:SEED")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # A server that is told to fail complains of it.
    server = postgresql.Server()
    os.environ[postgresql.FOLDER_VARIABLE] = str(server.folder)
    try:
        if options.replay is not None:
            name, _, seed = options.replay.partition(":")
            return asyncio.run(_played(name, int(seed), 0, Counter()))
        return _soaked(options.seconds, options.only or tuple(HARNESSES))
    finally:
        server.stop()
        forget_templates()


def _soaked(seconds: float, names: Sequence[str] = tuple(HARNESSES)) -> int:
    first = secrets.randbelow(FIRST_SEED_MAX)
    ends_at = time.monotonic() + seconds
    slice_seconds = min(seconds / ROUNDS, ROUND_SECONDS_MAX) / sum(SHARES[name] for name in names)
    counts: Counter[str] = Counter()
    turn = 0
    while time.monotonic() < ends_at:
        for name in names:
            rest = ends_at - time.monotonic()
            if rest <= 0:
                break
            # Each turn of each harness begins with seeds that no other one has.
            seed = first + turn * 1_000_000
            turn += 1
            allowed = min(slice_seconds * SHARES[name], rest)
            if asyncio.run(_played(name, seed, allowed, counts)) != 0:
                return 1
            _say(f"{name}: " + ", ".join(f"{n:,} {what}" for what, n in sorted(counts.items())))
    soak.record(counts, seeds=str(first))
    _say("All of it held; docs/soak.md has the line.")
    return 0


async def _played(name: str, seed: int, seconds: float, counts: Counter[str]) -> int:
    """Play seeds of one harness until the seconds are over, at least one."""
    async with HARNESSES[name]() as turn:
        ends_at = time.monotonic() + seconds
        while True:
            try:
                counts.update(await turn(seed))
            except Exception:  # noqa: BLE001 - whatever it is, the seed has to be told
                traceback.print_exc()
                _say(f"{name} broke. Play it again: make soak REPLAY={name}:{seed}")
                return 1
            seed += 1
            if time.monotonic() >= ends_at:
                return 0


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
