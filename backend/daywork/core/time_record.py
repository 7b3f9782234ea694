"""A CSV of somebody else's time records, read row by row.

What cannot be read is told with its row and column and never blocks its
neighbours: a cell that is no date, a row with a cell too few, a quotation mark
that is never closed. Rows are counted as a spreadsheet counts them, the header
being row 1.

A record has a key that stays the same when the file is read again, so that a
second import adds nothing: the record's own number where the file has one,
otherwise a digest of the row's cells and a count of equal rows before it.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from daywork.core.errors import ValueRefused
from daywork.core.json_value import JsonValue
from daywork.core.time_entry import work_date, worked_seconds

RECORDS_MAX: Final = 500_000


@dataclass(frozen=True, slots=True)
class TimeRecord:
    """One row: who worked when on what, in the words of the file."""

    row: int  # As a spreadsheet counts; the header is 1.
    key: str
    employee: str
    email: str | None
    approver: str | None  # None: nobody is named.
    project: str | None
    task: str | None
    is_billable: bool
    time: Mapping[str, JsonValue]  # The value of a time entry's group `time`.
    note: str

    @property
    def seconds(self) -> int:
        """The worked seconds, at least 1."""
        return worked_seconds(self.time)

    @property
    def work_date(self) -> date:
        """The day on which the work began."""
        return work_date(self.time)


@dataclass(frozen=True, slots=True)
class RowRefused:
    """Why a row was left out; ``column`` is None when the row as a whole is wrong."""

    row: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        """Return one line for a person."""
        place = f"row {self.row}" if self.column is None else f"row {self.row}, {self.column}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row under the names of their columns."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The readable rows of a CSV under the names of its header."""

    columns: Sequence[str]
    rows: Sequence[Row]
    refused: Sequence[RowRefused]


def read_table(text: str) -> Table:
    """Return the rows of ``text``; bytes that are not UTF-8 arrive as lone surrogates.

    Raises: ValueRefused if there is no header, a column's name occurs twice, or
    there are more than RECORDS_MAX rows.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = _rows(lines)
    columns = _header(next(found, None))
    rows: list[Row] = []
    refused: list[RowRefused] = []
    for number, outcome in enumerate(found, start=2):
        if number - 1 > RECORDS_MAX:
            msg = f"the file has more than {RECORDS_MAX} rows; cut it into parts"
            raise ValueRefused(msg, "file")
        if isinstance(outcome, str):
            refused.append(RowRefused(number, None, outcome))
        elif any(cell.strip() for cell in outcome):
            fault = _fault(number, columns, outcome)
            if fault is None:
                rows.append(Row(number, dict(zip(columns, outcome, strict=True))))
            else:
                refused.append(fault)
    return Table(columns, rows, refused)


def without_twins(
    records: Sequence[TimeRecord], column: str
) -> tuple[list[TimeRecord], list[RowRefused]]:
    """Return the records with a key of their own, and the rows that repeat one.

    ``column`` is where the key stands in the file.
    """
    first_rows: dict[str, int] = {}
    kept: list[TimeRecord] = []
    refused: list[RowRefused] = []
    for record in records:
        first_row = first_rows.setdefault(record.key, record.row)
        if first_row == record.row:
            kept.append(record)
        else:
            reason = f"{record.key!r} is already in row {first_row}"
            refused.append(RowRefused(record.row, column, reason))
    return kept, refused


def numbered_twins(digests: Sequence[str]) -> list[str]:
    """Return a key for each digest: equal rows are told apart by their count."""
    seen: Counter[str] = Counter()
    keys = []
    for digest in digests:
        keys.append(f"{digest}:{seen[digest]}")
        seen[digest] += 1
    return keys


def _rows(lines: Sequence[str]) -> Iterator[list[str] | str]:
    """Yield each row's cells, or why it cannot be read.

    A row of several lines that cannot be read, or whose end is never found, is
    given up after its first line: an open quotation mark would swallow the rest.
    """
    position = 0
    count = len(lines) - 1 if lines[-1] == "" else len(lines)
    width = 0
    while position < count:
        rest = (lines[at] + "\n" for at in range(position, count))
        reader = csv.reader(rest, strict=True)
        try:
            cells = next(reader)
        except csv.Error as error:
            position += 1
            yield f"cannot be read as CSV: {error}"
            continue
        if reader.line_num > 1 and width and len(cells) != width:
            position += 1
            yield "a quotation mark is never closed"
            continue
        width = width or len(cells)
        position += reader.line_num
        yield cells


def _header(first: list[str] | str | None) -> list[str]:
    if not first or isinstance(first, str):
        msg = f"the header {first}" if first else "the file has no header"
        raise ValueRefused(msg, "file")
    columns = [name.strip() for name in first]
    twice = [name for name, count in Counter(columns).items() if name and count > 1]
    if twice:
        msg = f"the column {twice[0]!r} occurs twice in the header"
        raise ValueRefused(msg, "file")
    return columns


def _fault(number: int, columns: Sequence[str], cells: Sequence[str]) -> RowRefused | None:
    if len(cells) != len(columns):
        reason = f"{len(cells)} cells where the header has {len(columns)}"
        return RowRefused(number, None, reason)
    for column, cell in zip(columns, cells, strict=True):
        if "\0" in cell:
            return RowRefused(number, column, "holds the character U+0000")
        if any("\ud800" <= character <= "\udfff" for character in cell):
            return RowRefused(number, column, "is not UTF-8")
    return None
