"""What a soak does in turns: each harness plays one seed at a time and counts.

A harness is opened once and then asked for one turn after the other. A turn raises
AssertionError when anything that must not happen has happened.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from support.broken_connections import proxied
from support.broken_phone import enrolled, push_through_storm, served_company
from support.databases import lent_postgresql
from support.kills import kill_until_done, victim
from support.power_cuts import cut, record
from support.restarts import crashing
from support.simulator import Stage, stage
from support.sync_model import run

STORMS = 20  # of one phone

Turn: TypeAlias = Callable[[int], Awaitable[Counter[str]]]
Harness: TypeAlias = Callable[[], AbstractAsyncContextManager[Turn]]


@asynccontextmanager
async def _model() -> AsyncIterator[Turn]:
    async def turn(seed: int) -> Counter[str]:
        outcome = run(seed)
        await asyncio.sleep(0)
        return Counter({"model stories": 1, "operations": outcome.operations})

    yield turn


@asynccontextmanager
async def _histories_sqlite() -> AsyncIterator[Turn]:
    async with stage(None) as opened:
        yield _history(opened)


@asynccontextmanager
async def _histories_postgresql() -> AsyncIterator[Turn]:
    async with lent_postgresql() as url, stage(url) as opened:
        yield _history(opened)


@asynccontextmanager
async def _kills_sqlite() -> AsyncIterator[Turn]:
    async with _kills(None) as turn:
        yield turn


@asynccontextmanager
async def _kills_postgresql() -> AsyncIterator[Turn]:
    async with lent_postgresql() as url, _kills(url) as turn:
        yield turn


@asynccontextmanager
async def _power_cuts() -> AsyncIterator[Turn]:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        recording = await record(home)

        async def turn(seed: int) -> Counter[str]:
            with TemporaryDirectory() as place:
                await cut(recording, Path(place), seed)
            return Counter({"power cuts": 1})

        yield turn


@asynccontextmanager
async def _connections() -> AsyncIterator[Turn]:
    with TemporaryDirectory() as folder, served_company(Path(folder) / "home") as company:
        async with proxied(company.server.url) as proxy:

            async def turn(seed: int) -> Counter[str]:
                phone = await enrolled(company, proxy, f"Ana {seed}")
                faults = [await push_through_storm(phone, seed + i) for i in range(STORMS)]
                return Counter({"broken connections": sum(faults)})

            yield turn


@asynccontextmanager
async def _restarts() -> AsyncIterator[Turn]:
    async with crashing() as company:

        async def turn(seed: int) -> Counter[str]:
            await company.turn(seed)
            return Counter({"restarts": 1})

        yield turn


def _history(opened: Stage) -> Turn:
    async def turn(seed: int) -> Counter[str]:
        counts = (await opened.play(seed)).counts
        return Counter({"histories": 1, "operations": counts["operations"]})

    return turn


@asynccontextmanager
async def _kills(url: str | None) -> AsyncIterator[Turn]:
    with TemporaryDirectory() as folder:
        async with victim(Path(folder), url) as one:

            async def turn(seed: int) -> Counter[str]:
                return Counter({"kills": await kill_until_done(one, seed)})

            yield turn


HARNESSES: Mapping[str, Harness] = {
    "model": _model,
    "histories-sqlite": _histories_sqlite,
    "histories-postgresql": _histories_postgresql,
    "kills-sqlite": _kills_sqlite,
    "kills-postgresql": _kills_postgresql,
    "power-cuts": _power_cuts,
    "connections": _connections,
    "restarts": _restarts,
}

# Of the time of a soak, in parts.
SHARES: Mapping[str, int] = {
    "model": 2,
    "histories-sqlite": 5,
    "histories-postgresql": 3,
    "kills-sqlite": 4,
    "kills-postgresql": 2,
    "power-cuts": 4,
    "connections": 2,
    "restarts": 1,
}
