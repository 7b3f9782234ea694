"""Replays for tests: on a home of their own, with a server that can be killed."""

import asyncio
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from daywork.cli.replay_play import Order, patient_ask, play
from daywork.cli.replay_run import Outcome
from daywork.cli.replay_server import PUSHES_PER_MINUTE, OwnServer
from daywork.core.time_record_preset import Preset
from daywork.settings import Settings, read_settings
from support.tools import program, program_environment

JOURNAL = "daywork.journal"
DELAY_SECONDS_MAX = 0.05


@dataclass
class Killer:
    """Kills the server when so many steps of the replay are done, once per moment.

    A moment that comes while the server is still starting waits until it serves
    again, so every kill meets a working server.
    """

    server: OwnServer
    moments: list[int]
    random: Random
    kills: int = 0
    steps: int = 0
    due: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def begin(self, name: str, total: int) -> None:
        """All stages are alike."""

    def advance(self, steps: int = 1) -> None:
        """Let one kill go for every moment that is reached."""
        self.steps += steps
        while self.moments and min(self.moments) <= self.steps:
            self.moments.remove(min(self.moments))
            self.due.release()

    async def run(self) -> None:
        """SIGKILL, as often as is due: no farewell, no flush."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                await self.due.acquire()
                while not await self._serves(client):
                    await asyncio.sleep(0.01)
                await asyncio.sleep(self.random.uniform(0, DELAY_SECONDS_MAX))
                assert self.server.process is not None
                self.server.process.kill()
                self.kills += 1
                await self.server.process.wait()

    async def _serves(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.server.url}/health/ready")).is_success
        except httpx.TransportError:
            return False


def settings_of(home: Path, url: str | None = None) -> Settings:
    """Return settings of a home, on PostgreSQL if a ``url`` is given."""
    environment = {"DAYWORK_HOME": str(home)}
    if url is not None:
        environment["DAYWORK_DATABASE_URL"] = url
    return read_settings(environment)


async def replay(
    home: Path,
    text: str,
    *,
    url: str | None = None,
    moments: list[int] | None = None,
    seed: int = 0,
) -> tuple[Outcome, int]:
    """Replay ``text`` on ``home``; return the outcome and how often the server was killed.

    ``moments`` are the numbers of steps after which it is killed.
    """
    settings = settings_of(home, url)
    environment = {
        "DAYWORK_POSTING_HOLD_SECONDS": "0",
        "DAYWORK_PUSHES_PER_MINUTE": str(PUSHES_PER_MINUTE),
    }
    if url is not None:
        environment["DAYWORK_DATABASE_URL"] = url
    order = Order(text, "Generated", Preset.DAYWORK, organisation="Generated")
    async with OwnServer(home, environment) as server:
        killer = Killer(server, list(moments or []), Random(seed))
        killing = asyncio.create_task(killer.run())
        try:
            outcome = await play(
                order, patient_ask(settings), home, server.url, killer, lambda: server.starts
            )
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
    return outcome, killer.kills


def journal_lines(home: Path) -> Counter[str]:
    """Return how often each employee, project, day and length stands in the journal.

    Entry ids and digests differ between organisations, so they are left out.
    """
    lines: Counter[str] = Counter()
    head = ""
    for line in (home / "ledger" / JOURNAL).read_text("utf-8").splitlines():
        if line[:1].isdigit():
            head = line.split(";")[0].strip()
        elif line.strip().startswith("(hours:"):
            lines[f"{head} {line.strip()}"] += 1
    return lines


def posted_entries(home: Path) -> Counter[str]:
    """Return how often each entry stands in the journal."""
    text = (home / "ledger" / JOURNAL).read_text("utf-8")
    return Counter(part.split(",")[0] for part in text.split("entry:")[1:])


def hledger_hours(home: Path) -> str:
    """Return the total of all hours as the real hledger adds them up."""
    done = subprocess.run(
        [program("hledger"), "-f", home / "ledger" / JOURNAL, "bal", "hours"],
        env=program_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1].strip()
