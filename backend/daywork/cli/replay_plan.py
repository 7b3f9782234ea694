"""What a file of time records becomes: who writes which operation in which week.

Entry id, operation id and salt follow from the organisation and the record's key,
so a second run, also from another machine, writes the same operations and the
server answers that it has them. Nobody approves their own time: where the file
names nobody, or the employee, an extra person approves, and both are counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

from daywork.cli.replay_phone import Draft
from daywork.core.json_value import JsonValue
from daywork.core.time_record import TimeRecord

STAND_IN: Final = "Stand-in approver"
SALT_BYTES: Final = 16
END_OF_WORK: Final = "T17:00:00Z"
TIME_OF_APPROVAL: Final = "T18:00:00Z"

Week = tuple[int, int]  # Year and week of ISO 8601.


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """One record as a time entry with its approver."""

    record: TimeRecord
    entry_id: UUID
    operation_id: UUID
    approval_id: UUID
    employee: str
    approver: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All entries of a file, in its order."""

    organisation_id: UUID
    entries: Sequence[PlannedEntry]
    without_approver: int  # Records that name nobody.
    approved_by_self: int  # Records that name the employee.
    stand_in: str  # Who approves those.

    @property
    def employees(self) -> Sequence[str]:
        """The keys of those who worked, in the order of the file."""
        return list(dict.fromkeys(entry.employee for entry in self.entries))

    @property
    def approvers(self) -> Sequence[str]:
        """The keys of those who approve, in the order of the file."""
        return list(dict.fromkeys(entry.approver for entry in self.entries))

    def weeks_of(self, employee: str) -> Sequence[Sequence[PlannedEntry]]:
        """Return the employee's entries by week, oldest week first."""
        weeks: dict[Week, list[PlannedEntry]] = {}
        for entry in self.entries:
            if entry.employee == employee:
                weeks.setdefault(_week(entry.record.work_date), []).append(entry)
        return [weeks[week] for week in sorted(weeks)]


@dataclass(frozen=True, slots=True)
class Names:
    """The ids that the organisation gave to the words of the file."""

    people: Mapping[str, UUID]
    projects: Mapping[str, UUID]
    tasks: Mapping[tuple[str, str], UUID]


def person_key(name: str, email: str | None) -> str:
    """Return what tells people apart: the address where there is one, else the name."""
    return name if email is None else email.lower()


def planned(organisation_id: UUID, records: Sequence[TimeRecord]) -> Plan:
    """Return who writes and who approves each record."""
    stand_in = STAND_IN
    while any(stand_in in (record.employee, record.approver) for record in records):
        stand_in += "'"
    entries = []
    without_approver = approved_by_self = 0
    for record in records:
        approver = record.approver
        if approver is None:
            without_approver += 1
        elif approver == record.employee:
            approved_by_self += 1
            approver = None
        entries.append(
            PlannedEntry(
                record=record,
                entry_id=_derived(organisation_id, "entry", record.key),
                operation_id=_derived(organisation_id, "operation", record.key),
                approval_id=_derived(organisation_id, "approval", record.key),
                employee=person_key(record.employee, record.email),
                approver=approver or stand_in,
            )
        )
    return Plan(organisation_id, entries, without_approver, approved_by_self, stand_in)


def entry_draft(plan: Plan, entry: PlannedEntry, names: Names) -> Draft:
    """Return the operation that creates the entry."""
    values = entry_values(entry, names)
    key = entry.record.key
    salts = {group: _salt(plan.organisation_id, group, key) for group in values}
    return Draft(
        id=entry.operation_id,
        entry_id=entry.entry_id,
        kind="new",
        written_at=entry.record.work_date.isoformat() + END_OF_WORK,
        values=values,
        salts=salts,
    )


def entry_values(entry: PlannedEntry, names: Names) -> dict[str, JsonValue]:
    """Return the groups of the entry; an empty note is not written."""
    record = entry.record
    project = task = None
    if record.project is not None:
        project = str(names.projects[record.project])
        if record.task is not None:
            task = str(names.tasks[record.project, record.task])
    values: dict[str, JsonValue] = {
        "time": dict(record.time),
        "alloc": {
            "project": project,
            "task": task,
            "billable": record.is_billable,
            "kind": "work",
        },
    }
    if record.note:
        values["note"] = record.note
    return values


def approval_draft(entry: PlannedEntry, context: Mapping[str, JsonValue], digest: str) -> Draft:
    """Return the approval of exactly what was pulled."""
    return Draft(
        id=entry.approval_id,
        entry_id=entry.entry_id,
        kind="approve",
        written_at=entry.record.work_date.isoformat() + TIME_OF_APPROVAL,
        context=context,
        digest=digest,
    )


def _week(day: date) -> Week:
    year, week, _weekday = day.isocalendar()
    return year, week


def _derived(organisation_id: UUID, purpose: str, key: str) -> UUID:
    return uuid5(organisation_id, f"{purpose}:{key}")


def _salt(organisation_id: UUID, group: str, key: str) -> bytes:
    return sha256(f"{organisation_id}:salt:{group}:{key}".encode()).digest()[:SALT_BYTES]
