"""Laws of the protocol as phones see them: nothing lost, all agree, no time invented.

``tests/simulation`` checks the same on random stories with every fault; here each law
has a short story of its own.
"""

from random import Random
from typing import Any

import pytest

from daywork.core.canonical_json import canonical
from support.chain import entry_id, interval
from support.door import Door, DoorPhone, row_digest

SEEDS = range(6)


class Week:
    """Two phones of one person, written on without knowing of each other, and a manager."""

    def __init__(self, door: Door, seed: int) -> None:
        self.door = door
        self.random = Random(seed)
        self.phones: list[DoorPhone] = []
        self.written: set[bytes] = set()

    async def play(self) -> DoorPhone:
        """Write and push in random order; return the manager's phone, which approved some."""
        self.phones = [await self.door.enrolled("Ana") for _ in range(2)]
        manager = await self.door.enrolled("Max", "manager")
        for _ in range(12):
            await self._write(self.random.choice(self.phones))
        await self._push_all()
        for number in range(4):
            row = (await manager.rows()).get(entry_id(f"e{number}"))
            if row is not None and len(row["v"]["time"]) == 1:
                await manager.decide("approve", f"e{number}", row, dg=row_digest(row))
        await self._write(self.phones[0])
        await self._push_all()
        return manager

    async def _push_all(self) -> None:
        for phone in self.phones:
            if phone.pushed < len(phone.chain.items):
                await phone.push()

    async def _write(self, phone: DoorPhone) -> None:
        name = f"e{self.random.randrange(4)}"
        known = await phone.rows() if self.random.randrange(3) else {}
        row = known.get(entry_id(name))
        start = self.random.randrange(11)
        time = interval(f"{start:02}:{self.random.randrange(60):02}", f"{start + 9:02}:00")
        self.written.add(canonical(time))
        kind, context = ("new", {}) if row is None else ("edit", row["vv"])
        phone.chain.write(kind, name, {"time": time}, context)
        if self.random.randrange(4):
            await phone.push()


@pytest.mark.parametrize("seed", SEEDS)
async def test_i1_no_lost_op_whatever_was_answered_is_in_the_log_once(
    door: Door, seed: int
) -> None:
    week = Week(door, seed)
    await week.play()

    told: list[dict[str, Any]] = []
    for number in range(4):
        path = f"/v1/entries/{entry_id(f'e{number}')}/history"
        answer = await week.phones[0].ask("GET", path)
        told += answer.json()["operations"] if answer.status_code == 200 else []
    ids = [operation["id"] for operation in told if operation["by"] in {"new", "edit"}]
    archived = [str(item["id"]) for phone in week.phones for item in phone.chain.items]

    assert sorted(ids) == sorted(archived)


@pytest.mark.parametrize("seed", SEEDS)
async def test_i2_convergence_all_phones_have_the_same_rows_by_whatever_pages(
    door: Door, seed: int
) -> None:
    week = Week(door, seed)
    manager = await week.play()

    paged: dict[str, Any] = {}
    cursor = None
    while True:
        page = await week.phones[1].pull(cursor, 1)
        paged |= {row["id"]: row for row in page["rows"]}
        cursor = page["cursor"]
        if not page["more"]:
            break

    assert await week.phones[0].rows() == paged == await manager.rows()
    assert paged


@pytest.mark.parametrize("seed", SEEDS)
async def test_i9_no_invented_time_every_shown_or_approved_time_is_one_that_was_written(
    door: Door, seed: int
) -> None:
    week = Week(door, seed)
    manager = await week.play()

    rows = (await manager.rows()).values()
    shown = [time for row in rows for time in row["v"]["time"]]
    approved = [row["approved"]["v"]["time"] for row in rows if row["approved"] is not None]

    assert {canonical(time) for time in shown + approved} <= week.written
    assert shown
