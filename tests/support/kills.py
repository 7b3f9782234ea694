"""SIGKILL: a child takes pushes, approves and posts; it dies; what it had said must stand.

The pushes are signed beforehand, so a child is only the server. After each death the
database is read as it lies there: acknowledged pushes are stored, each push wholly or
not at all, every row is what the log means, and no line of the ledger stands twice.
"""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from daywork.core.hash_chain import digest
from daywork.core.json_value import JsonValue
from daywork.store.database import open_database
from daywork.store.push_lane import SignedBatch
from support.books import map_all
from support.chain import allocation, interval
from support.crew import COMPANY, ROOF, Crew, Phone, found_crew
from support.databases import new_sqlite
from support.kill_child import Life, live
from support.simulator_copies import Copies, Copy
from support.simulator_log import Stored, read_stored
from support.simulator_rules import (
    check_i4_nothing_is_doubled,
    check_i5_rows_are_projections,
    check_i7_status_has_no_order,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
WORKERS = ("Ana", "Ben")
APPROVER = len(WORKERS)  # the place of Max's pushes
ENTRIES = 6  # of each worker
LIVES_MAX = 10_000
WAIT_SECONDS_MAX = 60
JOURNAL = "ledger/daywork.journal"


@dataclass
class Victim:
    """A company on a database, the pushes of its phones, and what was answered so far."""

    life: Life
    copies: Copies
    beginning: Copy
    answered: list[int] = field(default_factory=list)
    kills: int = 0

    async def begin_again(self) -> None:
        """Forget everything that happened."""
        await self.copies.put_back(self.beginning)
        for file in (self.life.home / "ledger").glob("*"):
            file.unlink()
        self.answered = [0] * len(self.life.pushes)

    async def live_once(self, dies_at: int) -> int | None:
        """Let one child live until that moment; check what it leaves.

        Return how many moments it had if it was done before, else None.
        """
        life = replace(self.life, answered=tuple(self.answered), dies_at=dies_at)
        said, status = _lived(life)
        assert status in {0, -signal.SIGKILL}, f"the child ended with {status}: {said}"
        for line in said:
            if line[0] == "answered":
                self.answered[int(line[1])] = int(line[2]) + 1
        await self.check()
        if status == 0:
            return int(said[-1][1])
        self.kills += 1
        return None

    async def check(self) -> None:
        """Check what lies on the disk. Raises: AssertionError that names the rule."""
        stored = await read_stored(self.copies)
        for place, batches in enumerate(self.life.pushes):
            self._check_chain(stored, batches, self.answered[place])
        check_i4_nothing_is_doubled(stored)
        check_i5_rows_are_projections(stored)
        check_i7_status_has_no_order(stored, self.kills)
        for entry, times in posted(self.life.home).items():
            assert times == 1, f"posted_once: {entry} stands {times} times in the ledger"

    async def check_whole(self) -> None:
        """Check that in the end everything is stored, approved and posted."""
        stored = await read_stored(self.copies)
        count = sum(len(batches) for batches in self.life.pushes[:APPROVER])
        statuses = Counter(str(row["status"]) for row in stored.rows.values())
        assert statuses == {"approved": count}, statuses
        assert len(posted(self.life.home)) == count, "every approved entry is posted"

    def _check_chain(self, stored: Stored, batches: Sequence[SignedBatch], answered: int) -> None:
        actor = batches[0].batch.actor
        numbers = [one.number for one in stored.log if one.actor == actor]
        assert numbers == list(range(1, len(numbers) + 1)), f"half transaction: {numbers}"
        assert stored.last_numbers[actor] == len(numbers), "half transaction: device and log"
        ends = [0]
        for signed in batches:
            ends.append(ends[-1] + len(signed.batch.items))
        assert len(numbers) in ends, f"half transaction: {len(numbers)} of {ends}"
        assert len(numbers) >= ends[answered], f"ack_is_durable: {len(numbers)} of {ends[answered]}"


@asynccontextmanager
async def victim(home: Path, url: str | None, entries: int = ENTRIES) -> AsyncIterator[Victim]:
    """Yield a company whose phones have ``entries`` pushes each, and their approvals."""
    if url is None:
        await new_sqlite(home)
    database = open_database(home, url)
    crew = await found_crew(database, NOW)
    await map_all(crew, NOW)
    await database.close()
    copies = Copies(home, url)
    copies.organisation = COMPANY
    life = Life(home, url, COMPANY, NOW, _pushes(crew, entries), (), 0)
    one = Victim(life, copies, await copies.taken())
    await one.begin_again()
    try:
        yield one
    finally:
        await copies.close()


async def kill_until_done(one: Victim, seed: int, moments_max: int = 160) -> int:
    """Kill child after child at random moments until one is done; return the kills."""
    chance = Random(seed)
    await one.begin_again()
    before = one.kills
    for _ in range(LIVES_MAX):
        if await one.live_once(chance.randint(1, moments_max)) is not None:
            await one.check_whole()
            return one.kills - before
    message = "the children get nowhere"
    raise AssertionError(message)


async def kill_at_moments(one: Victim, step: int = 1) -> int:
    """Begin anew for every ``step``-th moment of a whole life, and die there.

    After each death another child finishes the work. Return the kills.
    """
    await one.begin_again()
    moments = await one.live_once(0)
    assert moments is not None
    for dies_at in range(1, moments + 1, step):
        await one.begin_again()
        if await one.live_once(dies_at) is None:
            assert await one.live_once(0) is not None
        await one.check_whole()
    return one.kills


async def die_at_each_of(one: Victim, moments: range) -> None:
    """Begin anew for each moment and die there; nobody finishes the work."""
    for dies_at in moments:
        await one.begin_again()
        await one.live_once(dies_at)


def posted(home: Path) -> Counter[str]:
    """Return how often each entry stands in the journal."""
    file = home / JOURNAL
    text = file.read_text("utf-8") if file.exists() else ""
    return Counter(part.split(",")[0] for part in text.split("entry:")[1:])


def _pushes(crew: Crew, entries: int) -> list[list[SignedBatch]]:
    """Return what Ana, Ben and Max send: a new entry and a change at a time; approvals."""
    pushes: list[list[SignedBatch]] = [[], [], []]
    approver = crew.phones["Max"]
    for number in range(entries):
        for place, name in enumerate(WORKERS):
            phone, entry = crew.phones[name], f"{name} {number}"
            values: dict[str, JsonValue] = {
                "time": interval("07:00", f"15:{number:02}"),
                "alloc": allocation(str(ROOF)),
            }
            phone.chain.write("new", entry, values)
            values["time"] = interval("07:00", f"16:{number:02}")
            phone.chain.write("edit", entry, {"time": values["time"]}, phone.chain.seen())
            pushes[place].append(_batch(phone, 2))
            approver.chain.write("approve", entry, None, phone.chain.seen(), dg=digest(values))
            pushes[APPROVER].append(_batch(approver, 1))
    return pushes


def _batch(phone: Phone, count: int) -> SignedBatch:
    return phone.signed_batch(phone.chain.items[-count:], NOW)


def _lived(life: Life) -> tuple[list[list[str]], int]:
    """Run a child; return the words of each line that it said, and how it ended."""
    _start_forks()
    hears, says = os.pipe()
    process = _FORKS.Process(target=_say_into, args=(life, multiprocessing.reduction.DupFd(says)))
    process.start()
    os.close(says)
    with os.fdopen(hears) as lines:
        said = [line.split() for line in lines if line.endswith("\n")]
    process.join(WAIT_SECONDS_MAX)
    status = process.exitcode
    process.close()
    assert status is not None, "a child ends"
    return said, status


def _say_into(life: Life, pipe: Any) -> None:
    live(life, pipe.detach())


_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["support.kills"])


@cache
def _start_forks() -> None:
    """Start the server of forks where it finds our modules: it looks at no ``sys.path``."""
    tests = str(Path(__file__).parents[1])
    with mock.patch.dict(os.environ, PYTHONPATH=tests):
        forkserver.ensure_running()
