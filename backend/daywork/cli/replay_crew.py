"""The phones of a replay together: enrol, push week by week, approve, look again.

A few phones talk at a time, as a crew does that comes back into reach. Every phone
keeps its own chain, so the order among phones does not matter to what comes out.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from daywork.cli.replay_archive import open_archive
from daywork.cli.replay_check import long_entries
from daywork.cli.replay_phone import OPERATIONS_PER_PUSH_MAX, HistoryDiffers, Phone
from daywork.cli.replay_plan import Names, Plan, PlannedEntry, approval_draft, entry_draft
from daywork.cli.replay_progress import Stages
from daywork.cli.replay_transport import Transport
from daywork.core.hash_chain import digest

PHONES_AT_ONCE: Final = 8

Invite = Callable[[UUID], Awaitable[str]]


@dataclass(slots=True)
class Crew:
    """One phone per person, opened when first needed."""

    folder: Path
    names: Names
    invite: Invite
    transport: Transport
    stages: Stages
    phones: dict[str, Phone] = field(default_factory=dict)
    new_operations: int = 0
    refused: list[str] = field(default_factory=list)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PHONES_AT_ONCE))

    async def phone(self, person: str) -> Phone:
        """Return the person's phone, enrolled and at one with the server.

        A phone whose history the server does not know any more starts afresh under
        a new actor; its operations keep their ids, so nothing is counted twice.
        """
        if person in self.phones:
            return self.phones[person]
        person_id = self.names.people[person]
        archive = open_archive(self.folder / str(person_id))
        phone = Phone(archive, self.transport, label=f"Replay of {person}"[:64])
        if archive.identity is not None:
            try:
                self._keep_results(phone, await phone.push())
            except HistoryDiffers:
                phone = Phone(archive.set_aside(), self.transport, phone.label)
        if phone.archive.identity is None:
            await phone.enrol(await self.invite(person_id))
        self.phones[person] = phone
        return phone

    async def push_entries(self, plan: Plan) -> None:
        """Every employee's phone pushes one offline week after the other."""
        self.stages.begin("sent", len(plan.entries))
        await self._each(plan.employees, lambda person: self._push_weeks(plan, person))

    async def approve(self, plan: Plan) -> None:
        """Every approver pulls, and approves what is theirs: long entries one by one."""
        self.stages.begin("approved", len(plan.entries))
        duties: dict[str, list[PlannedEntry]] = {person: [] for person in plan.approvers}
        for entry in plan.entries:
            duties[entry.approver].append(entry)
        await self._each(plan.approvers, lambda person: self._approve(person, duties[person]))

    async def rows(self, plan: Plan) -> dict[str, dict[str, Any]]:
        """Return the rows by id as every employee's own phone sees them."""
        self.stages.begin("compared", len(plan.employees))
        found: dict[str, dict[str, Any]] = {}

        async def look(person: str) -> None:
            phone = await self.phone(person)
            phone.cursor = None
            found.update((row["id"], row) for row in await phone.pull())
            self.stages.advance()

        await self._each(plan.employees, look)
        return found

    async def _push_weeks(self, plan: Plan, person: str) -> None:
        phone = await self.phone(person)
        for week in plan.weeks_of(person):
            drafts = [entry_draft(plan, entry, self.names) for entry in week]
            if phone.write(drafts):
                self._keep_results(phone, await phone.push())
            self.stages.advance(len(week))

    async def _approve(self, person: str, duties: Sequence[PlannedEntry]) -> None:
        phone = await self.phone(person)
        rows = {row["id"]: row for row in await phone.pull()}
        known = [entry for entry in duties if f"te:{entry.entry_id}" in rows]
        long = long_entries(known, rows)
        singles = [[entry] for entry in known if f"te:{entry.entry_id}" in long]
        usual = [entry for entry in known if f"te:{entry.entry_id}" not in long]
        batches = [
            usual[first : first + OPERATIONS_PER_PUSH_MAX]
            for first in range(0, len(usual), OPERATIONS_PER_PUSH_MAX)
        ]
        for batch in [*batches, *singles]:
            drafts = [
                approval_draft(entry, row["vv"], digest(_single_values(row)))
                for entry in batch
                if (row := rows[f"te:{entry.entry_id}"])["approved"] is None
                and not any(flag.startswith("conflict:") for flag in row["flags"])
            ]
            if phone.write(drafts):
                self._keep_results(phone, await phone.push())
            self.stages.advance(len(batch))

    def _keep_results(self, phone: Phone, results: dict[str, dict[str, Any]]) -> None:
        for operation_id, result in results.items():
            if result["st"] == "held":
                reason = "/".join(
                    str(result[name]) for name in ("code", "field", "note") if result.get(name)
                )
                self.refused.append(f"{phone.label}: operation {operation_id} is held: {reason}")
            elif "duplicate" not in result:
                self.new_operations += 1

    async def _each(self, people: Sequence[str], act: Callable[[str], Awaitable[None]]) -> None:
        async def in_turn(person: str) -> None:
            async with self.turns:
                await act(person)

        try:
            async with asyncio.TaskGroup() as group:
                for person in people:
                    group.create_task(in_turn(person))
        except BaseExceptionGroup as several:  # Whoever calls knows the causes one by one.
            raise several.exceptions[0] from None


def _single_values(row: dict[str, Any]) -> dict[str, Any]:
    return {group: values[0] for group, values in row["v"].items()}
