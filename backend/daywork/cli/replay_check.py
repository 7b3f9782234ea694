"""Is what came out what went in? Every record is compared, to the second.

The rows are those that each employee's own phone pulled at the end, so the
comparison sees what people see, not what the server says about itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from daywork.cli.replay_plan import Names, Plan, PlannedEntry, entry_values
from daywork.core.hash_chain import digest

DIFFERENCES_SHOWN_MAX: Final = 20


@dataclass(slots=True)
class Tally:
    """Entries and their seconds at one stage of the road."""

    entries: int = 0
    seconds: int = 0

    def add(self, seconds: int) -> None:
        """Count one entry."""
        self.entries += 1
        self.seconds += seconds


@dataclass(slots=True)
class Comparison:
    """What arrived at each stage, and everything that is not as it should be."""

    applied: Tally = field(default_factory=Tally)
    approved: Tally = field(default_factory=Tally)
    posted: Tally = field(default_factory=Tally)
    differences: list[str] = field(default_factory=list)


def compared(
    plan: Plan,
    names: Names,
    rows: Mapping[str, Mapping[str, Any]],
    *,
    with_approval: bool,
    with_posting: bool,
) -> Comparison:
    """Compare the plan with the pulled ``rows`` by id, each employee's seconds too.

    ``with_approval`` and ``with_posting`` tell how far the entries should have come.
    """
    result = Comparison()
    seconds_in: dict[str, int] = {}
    seconds_out: dict[str, int] = {}
    for entry in plan.entries:
        seconds = entry.record.seconds
        seconds_in[entry.employee] = seconds_in.get(entry.employee, 0) + seconds
        row = rows.get(f"te:{entry.entry_id}")
        fault = _fault(entry, names, row)
        if row is None or fault is not None:
            result.differences.append(f"row {entry.record.row}: {fault}")
            continue
        result.applied.add(seconds)
        seconds_out[entry.employee] = seconds_out.get(entry.employee, 0) + seconds
        fault = _progress(entry, row, result)
        wanted = with_posting or (with_approval and fault != _NOT_POSTED)
        if fault is not None and wanted:
            result.differences.append(f"row {entry.record.row}: {fault}")
    result.differences.extend(
        f"{employee}: {seconds_in[employee]} s went in, {seconds_out.get(employee, 0)} s arrived"
        for employee in seconds_in
        if seconds_in[employee] != seconds_out.get(employee, 0)
    )
    return result


def long_entries(
    entries: Sequence[PlannedEntry], rows: Mapping[str, Mapping[str, Any]]
) -> set[str]:
    """Return the ids of the entries whose rows the server flagged ``long``."""
    ids = [f"te:{entry.entry_id}" for entry in entries]
    return {one for one in ids if "long" in rows[one]["flags"]}


_NOT_POSTED: Final = "is not in the ledger"


def _fault(entry: PlannedEntry, names: Names, row: Mapping[str, Any] | None) -> str | None:
    if row is None:
        return "did not arrive"
    for group, value in entry_values(entry, names).items():
        arrived = row["v"].get(group, [])
        if arrived != [value]:
            return f"{group} arrived as {arrived}, sent was {value}"
    return None


def _progress(entry: PlannedEntry, row: Mapping[str, Any], result: Comparison) -> str | None:
    """Count how far the entry came; return what is missing."""
    approved = row["approved"]
    wanted = digest({group: values[0] for group, values in row["v"].items()})
    if row["status"] != "approved" or approved is None or approved["dg"] != wanted:
        return f"is {row['status']}, not approved as sent"
    result.approved.add(entry.record.seconds)
    if row["posted"] != wanted:
        return _NOT_POSTED
    result.posted.add(entry.record.seconds)
    return None
