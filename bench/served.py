"""The product as it runs in the field: ``daywork serve`` as a child, watched from outside."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from bench.phone import BenchPhone, enrolled_phone
from bench.raw_database import RawDatabase, open_raw
from daywork.api.office_socket import ask_office
from daywork.cli.replay_server import OwnServer
from daywork.cli.replay_transport import Transport, open_client
from daywork.store.migration import migrate

PUSHES_PER_MINUTE: Final = 1_000_000

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A running server on one database, the view into its tables, and a bare twin."""

    database: str  # how the table calls it
    server: OwnServer
    stored: RawDatabase  # the product's own tables
    bare: RawDatabase  # the same tables, which only R is written to
    start_seconds: Sequence[float]  # of starts on a database that was there

    @property
    def port(self) -> int:
        """Where it listens on the loopback interface."""
        return self.server.port

    async def office(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Ask as the command line does. Raises: DomainError."""
        answer = await ask_office(self.server.home, command, arguments)
        assert answer is not None, "the server runs"
        return answer

    def cpu_seconds(self) -> float:
        """Return what the server has computed so far, all threads, in steps of 10 ms."""
        fields = self._process_file("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND

    def peak_megabytes(self) -> float:
        """Return the most memory that the server has had resident."""
        lines = self._process_file("status").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1_024

    def _process_file(self, name: str) -> str:
        assert self.server.process is not None, "the server runs"
        return Path(f"/proc/{self.server.process.pid}/{name}").read_text("ascii")


@dataclass(frozen=True, slots=True)
class Crew:
    """An organisation with its phones."""

    organisation_id: UUID
    phones: Sequence[BenchPhone]
    office: BenchPhone  # sees everybody's entries and decides about them


@asynccontextmanager
async def served(
    database: str, home: Path, url: str | None, bare_url: str | None, starts: int
) -> AsyncIterator[Served]:
    """Run the server on an empty database; it was started ``starts`` times before, for its time."""
    bare_home = home / "bare"
    bare_home.mkdir(parents=True)
    await migrate(bare_home, bare_url)
    await migrate(home, url)
    settings = {
        "DAYWORK_PUSHES_PER_MINUTE": str(PUSHES_PER_MINUTE),
        "DAYWORK_POSTING_HOLD_SECONDS": "0",
        **({} if url is None else {"DAYWORK_DATABASE_URL": url}),
    }
    async with OwnServer(home, settings):
        pass  # The first start writes keys and the durable engine's tables.
    seconds = [await _start_seconds(home, settings) for _ in range(starts)]
    async with OwnServer(home, settings) as server:
        stored, bare = await open_raw(home, url), await open_raw(bare_home, bare_url)
        try:
            yield Served(database, server, stored, bare, seconds)
        finally:
            await stored.close()
            await bare.close()


async def found_crew(place: Served, name: str, phones: int) -> Crew:
    """Make an organisation with so many workers, one phone each, and the office's phone."""
    organisation = await place.office(
        "org create", name=name, time_zone="Europe/Berlin", currency="EUR"
    )
    people = [{"name": f"Worker {n:02}", "roles": ["worker"]} for n in range(1, phones + 1)]
    people.append({"name": "Office", "roles": ["office"]})
    named = await place.office(
        "records names", organisation=organisation["id"], people=people, projects={}
    )
    async with open_client(place.server.url) as client:
        transport = Transport(client)
        enrolled = [
            await _enrolled(place, transport, organisation["id"], one["id"])
            for one in named["people"]
        ]
    return Crew(UUID(organisation["id"]), enrolled[:-1], enrolled[-1])


async def _enrolled(
    place: Served, transport: Transport, organisation_id: str, person_id: str
) -> BenchPhone:
    invited = await place.office("invite", organisation=organisation_id, person_id=person_id)
    return await enrolled_phone(transport, invited["invite"])


async def _start_seconds(home: Path, settings: Mapping[str, str]) -> float:
    started = time.perf_counter()
    async with OwnServer(home, settings):
        return time.perf_counter() - started


async def let_settle() -> None:
    """Let the server finish what it does behind an answer, so that nobody pays for it."""
    await asyncio.sleep(0.2)
