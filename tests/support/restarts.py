"""PostgreSQL is stopped at once, as by a crash, while phones push; then it comes back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import asyncpg

from daywork.api.rate_limit import RateLimit
from daywork.store.database import open_database
from daywork.store.migration import migrate
from support import postgresql
from support.door import Door, DoorPhone, opened_door
from support.simulator_copies import Copies
from support.simulator_log import read_stored
from support.simulator_rules import check_i5_rows_are_projections, check_i7_status_has_no_order

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
PUSHES_PER_MINUTE = 1_000_000
PHONES = 5
ENTRIES = 6  # of each phone in each turn
TRIES_MAX = 200  # Each connection of the pools is found dead once.
AWAY = 503


@dataclass
class Crashing:
    """A company on a PostgreSQL of its own."""

    cluster: postgresql.Server
    door: Door
    copies: Copies
    phones: Sequence[DoorPhone]
    answers: list[int] = field(default_factory=list)  # every status, in order
    acked: int = 0

    async def turn(self, seed: int) -> None:
        """Let all phones push at once, and crash after a random number of answers.

        Raises: AssertionError if anything acknowledged is missing, or the server answers
        with something else than 200 and 503.
        """
        crash_at = self.acked + Random(seed).randrange(1, PHONES * ENTRIES)
        is_up = asyncio.Event()
        is_up.set()
        crashing: list[asyncio.Task[None]] = []

        async def crash() -> None:
            await asyncio.to_thread(self.cluster.crash_and_start)
            is_up.set()

        async def work(phone: DoorPhone) -> None:
            for number in range(ENTRIES):
                phone.write(f"{phone.chain.actor} {seed} {number}")
                await self._pushed(phone, is_up)
                self.acked += 1
                if self.acked >= crash_at and not crashing:
                    is_up.clear()
                    crashing.append(asyncio.create_task(crash()))

        await asyncio.gather(*(work(phone) for phone in self.phones))
        await asyncio.gather(*crashing)
        await self.check()

    async def _pushed(self, phone: DoorPhone, is_up: asyncio.Event) -> None:
        for _ in range(TRIES_MAX):
            answer = await phone.try_push(phone.chain.items[phone.pushed :])
            self.answers.append(answer.status_code)
            if answer.status_code == 200:
                phone.pushed = len(phone.chain.items)
                return
            assert answer.status_code == AWAY, f"{answer.status_code} {answer.text}"
            assert int(answer.headers["retry-after"]) > 0
            await is_up.wait()
        message = "no_stuck_queue: the database does not come back"
        raise AssertionError(message)

    async def check(self) -> None:
        """Check that all is stored, once, and rows are what the log means."""
        self.copies.forget_connection()
        stored = await read_stored(self.copies)
        for phone in self.phones:
            numbers = [one.number for one in stored.log if one.actor == phone.chain.actor]
            assert numbers == list(range(1, phone.pushed + 1)), "ack_is_durable"
        assert len(stored.rows) == sum(phone.pushed for phone in self.phones)
        check_i5_rows_are_projections(stored)
        check_i7_status_has_no_order(stored, 0)


@asynccontextmanager
async def crashing() -> AsyncIterator[Crashing]:
    """Yield a company whose PostgreSQL may be crashed without harm to anybody else."""
    cluster = await asyncio.to_thread(postgresql.Server)
    try:
        admin = await asyncpg.connect(postgresql.url(str(cluster.folder), "postgres"))
        await admin.execute("CREATE DATABASE crashing")
        await admin.close()
        url = postgresql.url(str(cluster.folder), "crashing")
        with TemporaryDirectory() as folder:
            await migrate(Path(folder), url)
            database = open_database(Path(folder), url)
            limit = RateLimit(PUSHES_PER_MINUTE)
            async with opened_door(database, NOW, push_limit=limit) as door:
                phones = [await door.enrolled(f"Ana {number}") for number in range(PHONES)]
                copies = Copies(Path(folder), url, door.organisation)
                yield Crashing(cluster, door, copies, phones)
                await copies.close()
            await database.close()
    finally:
        await asyncio.to_thread(cluster.stop)
