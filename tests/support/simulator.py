"""The simulator: random stories of phones and people, played against the real server.

``stage`` opens a server, ``Stage.play`` plays one story on it and checks the rules. The
model of the protocol (``sync_model``) plays a hundred times as many stories; here
everything behind the wire is the product itself.
"""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest import mock

from daywork.core import clock_seal, entry_projection, ingestion
from daywork.core.ids import Actor
from daywork.core.working_set import EntryState, LoggedOperation
from support.databases import new_sqlite
from support.simulator_log import read_stored
from support.simulator_rules import check
from support.simulator_server import SimulatedServer, seeded_secrets, simulated_server
from support.simulator_world import PHONES, Beginning, World, begin

BEGAN = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Mistake(Enum):
    """What is easily done wrong; a simulator that does not notice proves nothing."""

    CONTEXT_FOLDED_INTO_CLOCK = auto()
    ANCHORS_IGNORED = auto()
    REISSUED_ONTO_CURRENT_ACTOR = auto()
    COMPARED_ONLY_AT_SERVERS_LAST = auto()
    PUSHED_WITHOUT_LAST_STORED = auto()
    KNOWN_IDS_FORGOTTEN = auto()


class Outcome(NamedTuple):
    """What happened how often, and what each entry shows at the end."""

    counts: Counter[str]
    shown: Mapping[str, Any]  # values, status and flags by entry


@dataclass(frozen=True, slots=True)
class Stage:
    """A server on which stories are played one after the other."""

    server: SimulatedServer
    beginning: Beginning

    async def play(
        self,
        seed: int,
        *,
        has_faults: bool = True,
        has_skew: bool = True,
        weather: Sequence[int] | None = None,
    ) -> "Outcome":
        """Play the story of ``seed`` and check all rules; ``weather`` says what happens in it.

        Raises: AssertionError that names the seed and begins with the broken rule's name.
        """
        world = await self.world(seed, None)
        world.has_skew = has_skew
        world.weather = weather
        with seeded_secrets(seed):
            try:
                await world.play(has_faults=has_faults)
                buckets = await check(world)
            except AssertionError as broken:
                message = f"{broken} (story {seed})"
                raise AssertionError(message) from broken
        happened = Counter(world.counts) + Counter(world.network.counts) + buckets
        happened |= {"forks mended": world.exchange.mended, "operations": len(world.log)}
        happened["most rounds"] = world.rounds
        rows = (await read_stored(world.server.copies)).rows
        shown = {e: (row["v"], row["status"], row["flags"]) for e, row in rows.items()}
        return Outcome(happened, shown)

    async def tell(self, steps: Sequence[str], mistake: Mistake | None = None) -> Counter[str]:
        """Play a story that is written down; raises as ``play``."""
        world = await self.world(0, mistake)
        with seeded_secrets(0), planted(mistake):
            await world.tell(steps)
            return await check(world)

    async def world(self, seed: int, mistake: Mistake | None = None) -> World:
        """Begin anew; return a world in which nothing has happened."""
        self.server.now = BEGAN
        await self.server.begin_again(self.beginning.copy)
        world = World(self.server, self.beginning, seed)
        exchange = world.exchange
        exchange.reissues_onto_current = mistake is Mistake.REISSUED_ONTO_CURRENT_ACTOR
        exchange.compares_at_servers_last_only = mistake is Mistake.COMPARED_ONLY_AT_SERVERS_LAST
        exchange.pushes_without_last_stored = mistake is Mistake.PUSHED_WITHOUT_LAST_STORED
        return world


@asynccontextmanager
async def stage(url: str | None, owners: Sequence[str] = PHONES) -> AsyncIterator[Stage]:
    """Yield a server with a company, its people and a phone for each of ``owners``.

    Without a ``url`` it is on SQLite, in memory where the machine has a folder for that:
    these stories lose no power, and waiting for a disk tells them nothing.
    """
    memory = Path("/dev/shm")  # noqa: S108 - the folder has a name of its own there
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        home = Path(folder)
        if url is None:
            await new_sqlite(home)
        async with simulated_server(home, url, BEGAN) as server:
            with seeded_secrets(0):
                beginning = await begin(server, owners)
            yield Stage(server, beginning)


@contextmanager
def planted(mistake: Mistake | None) -> Iterator[None]:
    """Make the server make ``mistake``, if it is one of the server's."""
    with contextlib.ExitStack() as stack:
        for target, name, wrong in _WRONG.get(mistake, ()):
            stack.enter_context(mock.patch.object(target, name, wrong))
        yield


def _folded(entry: EntryState, logged: LoggedOperation) -> None:
    _ADVANCE(entry, logged)
    assert logged.operation is not None
    for actor, component in logged.operation.context.items():
        if entry.clock.get(actor, (0, ""))[0] < component[0]:
            entry.clock[actor] = component


def _without_anchors(
    context: Mapping[Actor, tuple[int, str]], chain_hash_at: Any
) -> dict[Actor, int]:
    return {a: q for a, (q, _) in context.items() if chain_hash_at(a, q) is not None}


def _done_twice(logged: LoggedOperation, _operation: Any, known: LoggedOperation) -> None:
    logged.result = {"q": logged.sequence_number, "st": "applied"}
    logged.alias_of = None
    assert known.dot != logged.dot


_ADVANCE = entry_projection._advance
_WRONG: Mapping[Mistake | None, Any] = {
    Mistake.CONTEXT_FOLDED_INTO_CLOCK: [(entry_projection, "_advance", _folded)],
    Mistake.ANCHORS_IGNORED: [(clock_seal, "effective_context", _without_anchors)],
    Mistake.KNOWN_IDS_FORGOTTEN: [(ingestion, "_alias", _done_twice)],
}
