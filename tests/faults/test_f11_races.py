"""Approve, edit, delete and export meet in any order (F11): never both, never unseen content.

A seed chooses who acts when, how stale each author's sight is, and where the books are
written in between. ``--soak`` plays more of them.
"""

from datetime import datetime
from random import Random
from typing import Any

import pytest

from daywork.core.merge import digest_of
from daywork.store.database import Database
from daywork.usecases.conserve_time import Tally, conserve
from support.books import Books, map_all, post, postings
from support.chain import entry_id, interval
from support.crew import COMPANY, ROOF, Crew, entry_state, found_crew

RACES = 200
SOAKED_RACES = 1_000


@pytest.fixture
def races(request: pytest.FixtureRequest) -> int:
    """How many races are run on each database."""
    return SOAKED_RACES if request.config.getoption("--soak") else RACES


class Race:
    """One entry, and what three people do to it without knowing of each other."""

    def __init__(self, crew: Crew, seed: int, now: datetime) -> None:
        self.crew, self.now = crew, now
        self.random = Random(seed)
        self.name = f"race {seed}"
        self.seen: dict[str, dict[str, Any]] = {}
        self.approved: dict[str, Any] = {}  # digest -> what its approver was shown

    async def run(self, books: Books) -> None:
        """Let everybody act in the order of the seed."""
        await self.crew.record(self.name, self.now, *self._times(), project=ROOF)
        for _ in range(self.random.randrange(3, 9)):
            act = self.random.choice((self._look, self._edit, self._delete, self._approve, None))
            if act is None:
                await post(self.crew, books, self.now)
            else:
                await act(self.random.choice(("Ana", "Max", "Olga")))
        await post(self.crew, books, self.now)

    def _times(self) -> tuple[str, str]:
        start = self.random.randrange(6, 12)
        return f"{start:02}:00", f"{start + self.random.randrange(1, 9):02}:00"

    async def _look(self, who: str) -> None:
        state = await entry_state(self.crew.database, COMPANY, self.name)
        clock = {actor: [number, mark] for actor, (number, mark) in state.clock.items()}
        time = next(iter(state.cells["time"].values()))
        self.seen[who] = {"c": clock, "dg": digest_of(state.cells), "time": time}

    async def _sight(self, who: str) -> dict[str, Any]:
        if who not in self.seen or self.random.random() < 0.5:
            await self._look(who)
        return self.seen[who]

    async def _edit(self, who: str) -> None:
        seen = await self._sight(who)
        await self._push(who, "edit", {"time": interval(*self._times())}, seen)

    async def _delete(self, _who: str) -> None:
        seen = await self._sight("Ana")
        life = {"life": {"deleted": True, "reason": None}}
        await self._push("Ana", "delete", life, seen)

    async def _approve(self, who: str) -> None:
        seen = await self._sight(who)
        if seen["dg"] is None:
            return
        if who != "Ana":
            self.approved[seen["dg"]] = seen["time"]
        await self._push(who, "approve", {}, seen, dg=seen["dg"])

    async def _push(
        self, who: str, kind: str, values: dict[str, Any], seen: dict[str, Any], **more: Any
    ) -> None:
        phone = self.crew.phones[who]
        phone.chain.write(kind, self.name, values, seen["c"], **more)
        await phone.push(self.now)


async def test_f11_i15_export_safety_only_what_somebody_saw_and_approved_is_ever_booked(
    database: Database, now: datetime, races: int, soaked: dict[str, int]
) -> None:
    crew, books = await found_crew(database, now), Books()
    await map_all(crew, now)

    for seed in range(races):
        race = Race(crew, seed, now)
        await race.run(books)

        wire_id = entry_id(race.name).removeprefix("te:")
        state = await entry_state(database, COMPANY, race.name)
        sent = [one for one in await postings(crew, race.name) if one.state == "posted"]
        assert {one.digest for one in sent} <= set(race.approved), f"seed {seed}: unseen content"
        assert len(sent) <= 1, f"seed {seed}: booked twice without a reversal"
        booked = [
            line
            for documents in books.blocks.values()
            for _, text in documents
            for line in text.splitlines()
            if line.startswith(wire_id)
        ]
        assert len(booked) == len(sent), f"seed {seed}: the books say something else"
        if state.approved is not None:
            assert state.approved.digest in race.approved, f"seed {seed}: nobody saw that"
        if state.status in {"approval_conflict", "decision_conflict"}:
            assert state.approved is None, f"seed {seed}: paid while people contradict each other"
    soaked["approval races"] = soaked.get("approval races", 0) + races
    tally: Tally = await database.look_at(conserve(COMPANY))
    assert tally.is_whole
