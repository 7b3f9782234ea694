"""From an approved version to lines of the ledger: the one place where rules are chained.

Raw seconds, then rate, then money, then mapping; each step leaves its trace, so
that a posted hour explains itself and the trace alone gives the same numbers.
Work that cannot be posted is held with a reason, never dropped and never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, cast
from uuid import UUID

from daywork.core.approved_version import ApprovedVersion
from daywork.core.errors import InvalidState
from daywork.core.ids import PersonId, ProjectId, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.core.mapping import LedgerMapping, Subject
from daywork.core.money import Money, earned
from daywork.core.time_entry import work_date, worked_seconds

# Why work is held, in words for the office.
HELD_REASONS: Mapping[str, str] = {
    "correction": "Another version of this entry is in the ledger already.",
    "no_project": "The entry has no project. Choose one and approve it again.",
    "no_time": "The entry has no worked time.",
    "not_work": "Breaks and absences are not posted to the ledger.",
    "unmapped.employee": "The person has no account in the ledger yet.",
    "unmapped.project": "The project has no account in the ledger yet.",
}

# A state may only become one of these.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "computed": frozenset(("frozen", "held", "withdrawn")),
    "held": frozenset(("computed", "withdrawn")),
    "frozen": frozenset(("posted",)),
    "posted": frozenset(),
    "withdrawn": frozenset(("computed", "held")),
}


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """What an hour costs or earns, from a day on."""

    kind: str  # pay or billing
    subject_id: UUID  # the employee's id for pay, the project's for billing
    per_hour: Money
    from_date: date


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One entry version as the ledger gets it."""

    entry_id: TimeEntryId
    digest: str
    person_id: PersonId
    project_id: ProjectId
    work_date: date
    worked_seconds: int
    employee: str  # the ledger's names
    project: str
    is_billable: bool
    labour: Money | None  # None: no rate on that day
    billing: Money | None
    mapping_version: int
    trace: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Work that waits for somebody. ``reason`` is a key of ``HELD_REASONS``."""

    reason: str
    worked_seconds: int
    work_date: date | None
    project_id: ProjectId | None


Computed: TypeAlias = PostingLine | HeldBack


def computed(
    version: ApprovedVersion, mapping: LedgerMapping, rates: Sequence[HourlyRate]
) -> Computed:
    """Return the line that ``version`` becomes, or why it is held."""
    time = cast("Mapping[str, JsonValue] | None", version.content.get("time"))
    allocation = cast("Mapping[str, JsonValue] | None", version.content.get("alloc"))
    if time is None or worked_seconds(time) == 0:
        return HeldBack("no_time", 0, None, None)
    seconds, day = worked_seconds(time), work_date(time)
    project_id = _project_id(allocation)
    if allocation is None or project_id is None:
        return HeldBack("no_project", seconds, day, None)
    if allocation["kind"] not in ("work", "travel"):
        return HeldBack("not_work", seconds, day, project_id)
    employee = mapping.reference(Subject.EMPLOYEE, version.owner_id)
    if employee is None:
        return HeldBack("unmapped.employee", seconds, day, project_id)
    project = mapping.reference(Subject.PROJECT, project_id)
    if project is None:
        return HeldBack("unmapped.project", seconds, day, project_id)
    is_billable = allocation["billable"] is True
    pay = rate_on(rates, "pay", version.owner_id, day)
    billing = rate_on(rates, "billing", project_id, day) if is_billable else None
    return PostingLine(
        entry_id=version.entry_id,
        digest=version.digest,
        person_id=version.owner_id,
        project_id=project_id,
        work_date=day,
        worked_seconds=seconds,
        employee=employee,
        project=project,
        is_billable=is_billable,
        labour=None if pay is None else earned(seconds, pay.per_hour),
        billing=None if billing is None else earned(seconds, billing.per_hour),
        mapping_version=mapping.version,
        trace={
            "raw_seconds": seconds,
            "pay_rate": _rate_trace(pay),
            "billing_rate": _rate_trace(billing),
            "is_billable": is_billable,
            "employee": employee,
            "project": project,
            "mapping_version": mapping.version,
        },
    )


def replayed(trace: Mapping[str, JsonValue]) -> tuple[Money | None, Money | None]:
    """Return labour and billing as the trace alone gives them."""
    seconds = cast("int", trace["raw_seconds"])
    return _earned_by(seconds, trace["pay_rate"]), _earned_by(seconds, trace["billing_rate"])


def rate_on(
    rates: Sequence[HourlyRate], kind: str, subject_id: UUID, day: date
) -> HourlyRate | None:
    """Return the rate in force on ``day``: the last one that began until then."""
    known = [
        rate
        for rate in rates
        if rate.kind == kind and rate.subject_id == subject_id and rate.from_date <= day
    ]
    return max(known, key=lambda rate: rate.from_date, default=None)


def check_transition(before: str, after: str) -> None:
    """Go on only if a posting may change so. Raises: InvalidState."""
    if after not in TRANSITIONS[before]:
        message = f"A posting that is {before} cannot become {after}."
        raise InvalidState(message)


def _project_id(allocation: Mapping[str, JsonValue] | None) -> ProjectId | None:
    text = None if allocation is None else allocation["project"]
    return None if text is None else ProjectId(UUID(str(text)))


def _rate_trace(rate: HourlyRate | None) -> JsonValue:
    if rate is None:
        return None
    return {
        "minor_units_per_hour": rate.per_hour.minor_units,
        "currency": rate.per_hour.currency,
        "from": rate.from_date.isoformat(),
    }


def _earned_by(seconds: int, trace: JsonValue) -> Money | None:
    if not isinstance(trace, dict):
        return None
    per_hour = Money(cast("int", trace["minor_units_per_hour"]), str(trace["currency"]))
    return earned(seconds, per_hour)
