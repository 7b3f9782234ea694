"""The forms of CSV that can be read: our own, and two vendors' detailed exports.

``daywork`` has one length a day; hours are decimal and must be whole seconds.
``toggl`` and ``clockify`` have start, end and length in the local time of whoever
exported. Columns are found by name in any order; columns that are not named here
(tags, groups, amounts) are not read: what has no purpose is not taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from daywork.core.errors import ValueRefused
from daywork.core.time_entry import NOTE_CHARACTERS_MAX
from daywork.core.time_record import (
    Row,
    RowRefused,
    Table,
    TimeRecord,
    numbered_twins,
    read_table,
    without_twins,
)
from daywork.core.time_record_cell import (
    DateOrder,
    date_order,
    duration,
    fault_of_seconds,
    interval_or_duration,
    is_zone,
    read_date,
    read_hours,
    read_length,
    read_time_of_day,
    read_yes,
)

NAME_CHARACTERS_MAX: Final = 200
SECONDS_PER_HOUR: Final = 3600
NOBODY: Final = frozenset(("", "NA"))


class Preset(StrEnum):
    """A form of CSV, by the name given to ``--preset``."""

    DAYWORK = "daywork"
    TOGGL = "toggl"
    CLOCKIFY = "clockify"


@dataclass(frozen=True, slots=True)
class RecordsRead:
    """What a file holds, and what of it cannot be taken."""

    records: Sequence[TimeRecord]
    refused: Sequence[RowRefused]  # In the order of the rows.


@dataclass(frozen=True, slots=True)
class _Columns:
    """A vendor's names of the columns that are read; the first one present counts."""

    user: tuple[str, ...]
    length: tuple[str, ...]
    start_date: tuple[str, ...]
    start_time: tuple[str, ...]
    end_date: tuple[str, ...]
    end_time: tuple[str, ...]
    email: tuple[str, ...] = ("Email",)
    client: tuple[str, ...] = ("Client",)
    project: tuple[str, ...] = ("Project",)
    task: tuple[str, ...] = ("Task",)
    note: tuple[str, ...] = ("Description",)
    billable: tuple[str, ...] = ("Billable",)


_DAYWORK_COLUMNS: Final = (
    "work_date",
    "record",
    "employee",
    "approver",
    "project",
    "project_part",
    "hours",
    "note",
)
_VENDOR_COLUMNS: Final[Mapping[Preset, _Columns]] = {
    Preset.TOGGL: _Columns(
        user=("User", "Member"),
        length=("Duration",),
        start_date=("Start date",),
        start_time=("Start time",),
        end_date=("End date", "Stop date"),
        end_time=("End time", "Stop time"),
    ),
    Preset.CLOCKIFY: _Columns(
        user=("User",),
        length=("Duration (h)",),
        start_date=("Start Date",),
        start_time=("Start Time",),
        end_date=("End Date",),
        end_time=("End Time",),
    ),
}


class _CellRefused(Exception):
    """One cell cannot be read; it ends the reading of its row only."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_records(
    text: str, preset: Preset, zone: str, order: DateOrder | None = None
) -> RecordsRead:
    """Return the records of a CSV and the rows that are left out.

    ``zone`` is the IANA zone of the file's local times; ``order`` says how its
    dates are written when they do not tell it themselves.
    Raises: ValueRefused if the header lacks a column, the order is needed, or there
    is no such zone.
    """
    if not is_zone(zone):
        msg = f"{zone} is no time zone; use an IANA name like Europe/Berlin"
        raise ValueRefused(msg, "time-zone")
    table = read_table(text)
    if preset is Preset.DAYWORK:
        return _daywork_records(table, zone)
    return _vendor_records(table, _VENDOR_COLUMNS[preset], zone, order)


def _daywork_records(table: Table, zone: str) -> RecordsRead:
    _need(table.columns, [(column,) for column in _DAYWORK_COLUMNS])
    records: list[TimeRecord] = []
    refused = list(table.refused)
    for row in table.rows:
        try:
            records.append(_daywork_record(row, zone))
        except _CellRefused as fault:
            refused.append(RowRefused(row.number, fault.column, fault.reason))
    kept, twins = without_twins(records, "record")
    return RecordsRead(kept, sorted([*refused, *twins], key=lambda row: row.row))


def _daywork_record(row: Row, zone: str) -> TimeRecord:
    cells = row.cells
    day = read_date(cells["work_date"], DateOrder.YEAR_FIRST)
    if day is None:
        raise _CellRefused("work_date", f"{cells['work_date']!r} is no date from 2000 to 2099")
    hours = read_hours(cells["hours"])
    if hours is None:
        raise _CellRefused("hours", f"{cells['hours']!r} is no number of hours")
    exact_seconds = hours * SECONDS_PER_HOUR
    if exact_seconds != int(exact_seconds):
        raise _CellRefused("hours", f"{cells['hours']} h is not a whole number of seconds")
    seconds = _bounded_seconds("hours", int(exact_seconds))
    approver = _name(cells, "approver")
    return TimeRecord(
        row=row.number,
        key=_required(cells, "record"),
        employee=_required(cells, "employee"),
        email=None,
        approver=None if approver in NOBODY else approver,
        project=_name(cells, "project") or None,
        task=_name(cells, "project_part") or None,
        is_billable=False,  # The file does not say so, and nobody is billed by a guess.
        time=duration(day, seconds, zone),
        note=_note(cells, "note"),
    )


def _vendor_records(
    table: Table, columns: _Columns, zone: str, order: DateOrder | None
) -> RecordsRead:
    _need(
        table.columns,
        [columns.user, columns.start_date, columns.start_time, columns.end_time],
    )
    start_date = _present(table.columns, columns.start_date)
    known_order = order or date_order([row.cells[start_date] for row in table.rows])
    keys = numbered_twins([_digest(row, columns) for row in table.rows])
    records: list[TimeRecord] = []
    refused = list(table.refused)
    for row, key in zip(table.rows, keys, strict=True):
        try:
            records.append(_vendor_record(row, key, columns, zone, known_order))
        except _CellRefused as fault:
            refused.append(RowRefused(row.number, fault.column, fault.reason))
    return RecordsRead(records, sorted(refused, key=lambda one: one.row))


def _vendor_record(
    row: Row, key: str, columns: _Columns, zone: str, order: DateOrder
) -> TimeRecord:
    cells = row.cells
    begins = _moment(cells, columns.start_date, columns.start_time, order)
    end_date = columns.end_date if _cell(cells, columns.end_date) else columns.start_date
    ends = _moment(cells, end_date, columns.end_time, order)
    length = _present(cells, columns.length)
    if length in cells:
        seconds = read_length(cells[length])
        if seconds is None:
            raise _CellRefused(length, f"{cells[length]!r} is no length like 1:30:00")
    else:
        length = _present(cells, columns.end_time)
        seconds = int((ends - begins).total_seconds())
    seconds = _bounded_seconds(length, seconds)
    billable = _present(cells, columns.billable)
    is_billable = read_yes(_cell(cells, columns.billable))
    if is_billable is None:
        raise _CellRefused(billable, f"{cells[billable]!r} is neither Yes nor No")
    email = _present(cells, columns.email)
    return TimeRecord(
        row=row.number,
        key=key,
        employee=_required(cells, _present(cells, columns.user)),
        email=_name(cells, email) or None,
        approver=None,
        project=_project(cells, columns),
        task=_name(cells, _present(cells, columns.task)) or None,
        is_billable=is_billable,
        time=interval_or_duration(begins, ends, seconds, zone),
        note=_note(cells, _present(cells, columns.note)),
    )


def _project(cells: Mapping[str, str], columns: _Columns) -> str | None:
    """Return the project's name; two clients may have a project of one name."""
    column = _present(cells, columns.project)
    project = _name(cells, column)
    client = _name(cells, _present(cells, columns.client))
    if not project or not client:
        return project or None
    name = f"{project} ({client})"
    if len(name) > NAME_CHARACTERS_MAX:
        raise _CellRefused(column, f"is with its client longer than {NAME_CHARACTERS_MAX}")
    return name


def _moment(
    cells: Mapping[str, str],
    date_names: tuple[str, ...],
    time_names: tuple[str, ...],
    order: DateOrder,
) -> datetime:
    date_column, time_column = _present(cells, date_names), _present(cells, time_names)
    day = read_date(cells[date_column], order)
    if day is None:
        reason = f"{cells[date_column]!r} is no date from 2000 to 2099, {order}"
        raise _CellRefused(date_column, reason)
    time_of_day = read_time_of_day(cells[time_column])
    if time_of_day is None:
        raise _CellRefused(time_column, f"{cells[time_column]!r} is no time of day")
    return datetime.combine(day, time_of_day)


def _bounded_seconds(column: str, seconds: int) -> int:
    reason = fault_of_seconds(seconds)
    if reason is not None:
        raise _CellRefused(column, reason)
    return seconds


def _required(cells: Mapping[str, str], column: str) -> str:
    name = _name(cells, column)
    if not name:
        raise _CellRefused(column, "is empty")
    return name


def _name(cells: Mapping[str, str], column: str) -> str:
    name = " ".join(cells.get(column, "").split())
    if len(name) > NAME_CHARACTERS_MAX:
        reason = f"is longer than {NAME_CHARACTERS_MAX} characters"
        raise _CellRefused(column, reason)
    if not name.isprintable():
        raise _CellRefused(column, "holds a character that cannot be printed")
    return name


def _note(cells: Mapping[str, str], column: str) -> str:
    note = cells.get(column, "")
    if len(note) > NOTE_CHARACTERS_MAX:
        reason = f"is longer than {NOTE_CHARACTERS_MAX} characters"
        raise _CellRefused(column, reason)
    return note


def _cell(cells: Mapping[str, str], names: tuple[str, ...]) -> str:
    return cells.get(_present(cells, names), "")


def _present(columns: Mapping[str, str] | Sequence[str], names: tuple[str, ...]) -> str:
    """Return the first of ``names`` that is a column, or the first one."""
    return next((name for name in names if name in columns), names[0])


def _need(columns: Sequence[str], needed: Sequence[tuple[str, ...]]) -> None:
    missing = [names[0] for names in needed if not set(names) & set(columns)]
    if missing:
        msg = "the header lacks " + ", ".join(repr(name) for name in missing)
        raise ValueRefused(msg, "file")


def _digest(row: Row, columns: _Columns) -> str:
    """Return a digest of the cells that are read, for a key that lasts."""
    names = (
        *(columns.user, columns.email, columns.client, columns.project, columns.task),
        *(columns.note, columns.billable, columns.length),
        *(columns.start_date, columns.start_time, columns.end_date, columns.end_time),
    )
    text = "\x1f".join(_cell(row.cells, name) for name in names)
    return sha256(text.encode()).hexdigest()
