"""One offline week of the demo's crew, told through the real protocol.

Everybody writes offline all week and pushes on Friday evening, except a phone that
was off. On the way: a shift ended twice on two devices, a day that the manager sends
back, a job that nobody has mapped, and a day that arrives after its week was posted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from secrets import token_bytes
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from daywork.cli import demo_crew
from daywork.cli.demo_crew import Shift
from daywork.cli.replay_phone import Draft, Phone
from daywork.core.hash_chain import digest
from daywork.core.json_value import JsonValue
from daywork.core.time_entry import worked_seconds

SALT_BYTES: Final = 16
LONGEST_CLEAN_SECONDS: Final = 12 * 3600


class StoryDiffers(Exception):
    """The week did not go as it is told; the message says where."""


@dataclass(slots=True)
class Week:
    """The crew's phones and the words' ids; ``monday`` begins the week."""

    organisation_id: UUID
    monday: date
    phones: Mapping[str, Phone]  # By name.
    tablet: Phone  # The second device of the person with the conflict.
    projects: Mapping[str, UUID]
    tasks: Mapping[tuple[str, str], UUID]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def work_offline(self) -> int:
        """Everybody's week is written and pushed in one go; return how many entries."""
        count = 0
        for worker in demo_crew.WORKERS:
            phone = self.phones[worker]
            shifts = [
                (number, shift)
                for number, shift in enumerate(demo_crew.WEEK[worker])
                if not self._is_late(worker, number)
            ]
            phone.write([self._new(worker, number, shift) for number, shift in shifts])
            expect_all_applied(await phone.push())
            count += len(shifts)
        return count

    async def end_a_shift_twice(self) -> tuple[int, int]:
        """Two devices end the same shift apart, offline; return both lengths in seconds."""
        owner, number = demo_crew.CONFLICT_OWNER, demo_crew.CONFLICT_SHIFT
        phone = self.phones[owner]
        row = await self._row_on(self.tablet, owner, number)
        shift = demo_crew.WEEK[owner][number]
        lengths = []
        for device, end in ((phone, demo_crew.PHONE_END), (self.tablet, demo_crew.TABLET_END)):
            time = self._time(replace(shift, end=end))
            device.write([self._edit(device, owner, number, row, {"time": time})])
            lengths.append(worked_seconds(time))
        await phone.push()
        await self.tablet.push()
        row = await self._row_on(phone, owner, number)
        expect("conflict:time" in row["flags"], "two ends of one shift make no conflict")
        expect(len(row["v"]["time"]) == len(lengths), "one of two ends was lost")
        return lengths[0], lengths[1]

    async def choose_the_phones_end(self) -> None:
        """The owner decides; the other device shows the same afterwards."""
        owner, number = demo_crew.CONFLICT_OWNER, demo_crew.CONFLICT_SHIFT
        phone = self.phones[owner]
        row = await self._row_on(phone, owner, number)
        chosen = self._time(replace(demo_crew.WEEK[owner][number], end=demo_crew.PHONE_END))
        phone.write([self._edit(phone, owner, number, row, {"time": chosen}, kind="resolve")])
        expect_all_applied(await phone.push())
        ours = await self._row_on(phone, owner, number)
        theirs = await self._row_on(self.tablet, owner, number)
        expect(ours["v"]["time"] == [chosen], "the choice did not stand")
        expect(ours["v"] == theirs["v"] and ours["vv"] == theirs["vv"], "two devices differ")

    async def approve_what_is_clean(self, of: str | None = None) -> int:
        """The manager approves every entry without a question; return how many.

        ``of`` names one person whose entries alone are looked at.
        """
        manager = self.phones[demo_crew.MANAGER]
        await self._pull(manager)
        clean = [row for row in self._open_rows() if self._is_clean(row)]
        if of is not None:
            ids = {self._id(of, number) for number, _ in enumerate(demo_crew.WEEK[of])}
            clean = [row for row in clean if row["id"] in ids]
        await self._decide(manager, "approve", clean)
        return len(clean)

    async def send_one_back(self) -> None:
        """The manager returns a day with a reason; it is not approved."""
        manager = self.phones[demo_crew.MANAGER]
        row = self.rows[self._id(demo_crew.RETURN_OWNER, demo_crew.RETURN_SHIFT)]
        await self._decide(manager, "reject", [row], demo_crew.RETURN_REASON)
        await self._pull(manager)
        row = self.rows[str(row["id"])]
        expect(row["status"] == "rejected", "what was sent back is not returned")

    async def correct_what_came_back(self) -> None:
        """The worker sees the reason and writes the right end."""
        owner, number = demo_crew.RETURN_OWNER, demo_crew.RETURN_SHIFT
        phone = self.phones[owner]
        row = await self._row_on(phone, owner, number)
        shift = replace(
            demo_crew.WEEK[owner][number], end=demo_crew.CORRECTED_END, pause=demo_crew.LUNCH
        )
        phone.write([self._edit(phone, owner, number, row, {"time": self._time(shift)})])
        expect_all_applied(await phone.push())

    async def arrive_late(self) -> None:
        """The phone that was off pushes the day that its week is still lacking."""
        owner, number = demo_crew.LATE_OWNER, demo_crew.LATE_SHIFT
        phone = self.phones[owner]
        phone.write([self._new(owner, number, demo_crew.WEEK[owner][number])])
        expect_all_applied(await phone.push())

    def approved_on(self, project: str) -> tuple[int, int]:
        """Return the approved entries and seconds on a project, as the manager last saw them."""
        wanted = str(self.projects[project])
        lengths = [
            worked_seconds(row["approved"]["v"]["time"])
            for row in self.rows.values()
            if row["approved"] and row["approved"]["v"]["alloc"]["project"] == wanted
        ]
        return len(lengths), sum(lengths)

    async def look(self) -> None:
        """The manager's phone pulls what is new."""
        await self._pull(self.phones[demo_crew.MANAGER])

    async def _decide(
        self, phone: Phone, kind: str, rows: Sequence[dict[str, Any]], reason: str | None = None
    ) -> None:
        drafts = []
        for row in rows:
            values: dict[str, JsonValue] = {} if reason is None else {"reason": reason}
            drafts.append(
                Draft(
                    id=uuid5(self.organisation_id, f"{kind}:{row['id']}:{row['rev']}"),
                    entry_id=UUID(row["id"].removeprefix("te:")),
                    kind=kind,
                    written_at=_now(),
                    values=values,
                    salts=_salts(values),
                    context=row["vv"],
                    digest=digest({group: found[0] for group, found in row["v"].items()}),
                )
            )
        phone.write(drafts)
        expect_all_applied(await phone.push())

    def _open_rows(self) -> list[dict[str, Any]]:
        return [row for row in self.rows.values() if row["status"] in ("draft", "submitted")]

    def _is_clean(self, row: Mapping[str, Any]) -> bool:
        return not row["flags"] and all(
            worked_seconds(time) <= LONGEST_CLEAN_SECONDS for time in row["v"]["time"]
        )

    async def _pull(self, phone: Phone) -> None:
        self.rows.update((row["id"], row) for row in await phone.pull())

    async def _row_on(self, phone: Phone, owner: str, number: int) -> dict[str, Any]:
        """Return the entry as this device sees it after a fresh pull."""
        phone.cursor = None
        rows = {row["id"]: row for row in await phone.pull()}
        return rows[self._id(owner, number)]

    def _new(self, owner: str, number: int, shift: Shift) -> Draft:
        values: dict[str, JsonValue] = {
            "time": self._time(shift),
            "alloc": {
                "project": str(self.projects[shift.project]),
                "task": (
                    None if shift.task is None else str(self.tasks[shift.project, shift.task])
                ),
                "billable": shift.is_billable,
                "kind": "work",
            },
        }
        if shift.note:
            values["note"] = shift.note
        return Draft(
            id=uuid5(self.organisation_id, f"new:{owner}:{number}"),
            entry_id=UUID(self._id(owner, number).removeprefix("te:")),
            kind="new",
            written_at=self._instant(shift.day, shift.end),
            values=values,
            salts=_salts(values),
        )

    def _edit(
        self,
        device: Phone,
        owner: str,
        number: int,
        seen: Mapping[str, Any],
        values: Mapping[str, JsonValue],
        kind: str = "edit",
    ) -> Draft:
        return Draft(
            id=uuid5(self.organisation_id, f"{kind}:{device.actor}:{owner}:{number}"),
            entry_id=UUID(self._id(owner, number).removeprefix("te:")),
            kind=kind,
            written_at=_now(),
            values=values,
            salts=_salts(values),
            context=seen["vv"],
        )

    def _id(self, owner: str, number: int) -> str:
        return f"te:{uuid5(self.organisation_id, f'entry:{owner}:{number}')}"

    def _is_late(self, owner: str, number: int) -> bool:
        return (owner, number) == (demo_crew.LATE_OWNER, demo_crew.LATE_SHIFT)

    def _time(self, shift: Shift) -> dict[str, JsonValue]:
        breaks: list[JsonValue] = []
        if shift.pause is not None:
            begins, ends = (self._instant(shift.day, clock) for clock in shift.pause)
            breaks.append({"s": begins, "e": ends, "paid": False})
        return {
            "start": self._instant(shift.day, shift.start),
            "end": self._instant(shift.day, shift.end),
            "brk": breaks,
            "tz": demo_crew.TIME_ZONE,
            "src": "timer",
            "elapsed": None,
        }

    def _instant(self, day: int, clock: str) -> str:
        hour, minute = clock.split(":")
        local = datetime.combine(self.monday + timedelta(days=day), datetime.min.time()).replace(
            hour=int(hour), minute=int(minute), tzinfo=ZoneInfo(demo_crew.TIME_ZONE)
        )
        return _spelt(local)


def expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like an assertion.
    """Stop the story unless ``holds``."""
    if not holds:
        raise StoryDiffers(otherwise)


def expect_all_applied(results: Mapping[str, Mapping[str, Any]]) -> None:
    """Stop the story unless every operation was applied."""
    for result in results.values():
        expect(result["st"] == "applied", f"an operation was {result}")


def last_whole_week(today: date) -> date:
    """Return the Monday of the week before the one of ``today``."""
    return today - timedelta(days=today.weekday() + 7)


def _salts(values: Mapping[str, JsonValue]) -> dict[str, bytes]:
    return {group: token_bytes(SALT_BYTES) for group in values}


def _now() -> str:
    return _spelt(datetime.now(UTC))


def _spelt(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
