"""One replay from beginning to end, and what is said about it.

People, projects and the ledger's mapping are made first; then phones push, approvers
approve, the ledger takes over, and every record is compared. An import goes the
same road and stops after the phones have pushed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeVar

from daywork.cli.replay_check import DIFFERENCES_SHOWN_MAX, Comparison, compared
from daywork.cli.replay_crew import Crew
from daywork.cli.replay_phone import Phone
from daywork.cli.replay_plan import Plan
from daywork.cli.replay_transport import Traffic
from daywork.core.time_record import RowRefused

ASK_POSTINGS_SECONDS: Final = 0.5
POSTING_STANDS_STILL_SECONDS: Final = 60.0
SECONDS_PER_HOUR: Final = 3600
AT_REST: Final = frozenset(("posted", "held", "withdrawn"))  # No posting in these moves by itself.

Done = TypeVar("Done")


@dataclass(slots=True)
class Outcome:
    """Everything that a summary tells."""

    plan: Plan
    refused_rows: Sequence[RowRefused]
    comparison: Comparison
    held: Sequence[str]
    new_operations: int
    traffic: Traffic
    server_starts: int
    goes_to_ledger: bool
    stage_seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether everything that could be read arrived where it should."""
        return not self.comparison.differences and not self.refused_rows and not self.held

    @property
    def seconds_in(self) -> int:
        """The worked seconds of all records."""
        return sum(entry.record.seconds for entry in self.plan.entries)


async def replayed(
    crew: Crew,
    plan: Plan,
    refused_rows: Sequence[RowRefused],
    *,
    checker: str | None,
    starts: Callable[[], int],
) -> Outcome:
    """Play ``plan`` with ``crew``; return what came out.

    ``checker`` is the person who may read the postings; None stops before approvals.
    ``starts`` tells how often our own server was started, 0 if there is none.
    """
    timer = _Timer()
    await timer.timed("push", crew.push_entries(plan))
    if checker is not None:
        await timer.timed("approve", crew.approve(plan))
        phone = await crew.phone(checker)
        await timer.timed("post", wait_for_postings(phone, crew, len(plan.entries)))
    rows = await timer.timed("compare", crew.rows(plan))
    is_whole = checker is not None
    return Outcome(
        plan=plan,
        refused_rows=refused_rows,
        comparison=compared(plan, crew.names, rows, with_approval=is_whole, with_posting=is_whole),
        held=crew.refused,
        new_operations=crew.new_operations,
        traffic=crew.transport.traffic,
        server_starts=starts(),
        goes_to_ledger=is_whole,
        stage_seconds=timer.seconds,
    )


async def wait_for_postings(phone: Phone, crew: Crew, expected: int) -> None:
    """Wait until nothing is on its way to the ledger, or nothing moves any more."""
    crew.stages.begin("posted", expected)
    shown = 0
    moved_at = time.monotonic()
    before: dict[str, Any] = {}
    while True:
        totals = (await phone.get("/v1/postings?limit=1"))["totals"]
        counts = {state: int(total["count"]) for state, total in totals.items()}
        posted = min(counts.get("posted", 0), expected)
        crew.stages.advance(max(0, posted - shown))
        shown = max(shown, posted)
        if not any(count for state, count in counts.items() if state not in AT_REST):
            return
        if totals != before:
            before, moved_at = totals, time.monotonic()
        if time.monotonic() - moved_at > POSTING_STANDS_STILL_SECONDS:
            return  # The comparison names every entry that is missing.
        await asyncio.sleep(ASK_POSTINGS_SECONDS)


def summary_lines(outcome: Outcome) -> list[str]:
    """Return the summary for a person."""
    plan, found = outcome.plan, outcome.comparison
    lines = [
        f"{len(plan.entries)} records in, {found.applied.entries} applied"
        + (
            f", {found.approved.entries} approved, {found.posted.entries} posted"
            if outcome.goes_to_ledger
            else ""
        ),
        f"{hours(outcome.seconds_in)} hours in, {hours(found.applied.seconds)} applied"
        + (f", {hours(found.posted.seconds)} posted" if outcome.goes_to_ledger else ""),
    ]
    if outcome.goes_to_ledger:
        lines.append(
            f"Stand-in approver: {plan.without_approver} records name nobody, "
            f"{plan.approved_by_self} name the employee"
        )
    lines.append(
        "nothing new" if not outcome.new_operations else f"{outcome.new_operations} new operations"
    )
    if outcome.traffic.waits:
        lines.append(
            f"the server asked {outcome.traffic.waits} times to come again later; "
            f"{outcome.traffic.waited_seconds:.0f} s were waited"
        )
    if outcome.server_starts > 1:
        lines.append(
            f"the server was started {outcome.server_starts} times; "
            f"{outcome.traffic.lost_connections} connections were lost"
        )
    lines.extend(_told("left out", [str(row) for row in outcome.refused_rows]))
    lines.extend(_told("held", outcome.held))
    lines.extend(_told("different", found.differences))
    stages = ", ".join(f"{name} {taken:.1f} s" for name, taken in outcome.stage_seconds.items())
    lines.append(f"{outcome.traffic.requests} requests; {stages}")
    return lines


def summary_object(outcome: Outcome) -> dict[str, Any]:
    """Return the summary for a program."""
    plan, found = outcome.plan, outcome.comparison
    return {
        "complete": outcome.is_complete,
        "in": {"records": len(plan.entries), "seconds": outcome.seconds_in},
        "applied": {"entries": found.applied.entries, "seconds": found.applied.seconds},
        "approved": {"entries": found.approved.entries, "seconds": found.approved.seconds},
        "posted": {"entries": found.posted.entries, "seconds": found.posted.seconds},
        "stand_in": {
            "without_approver": plan.without_approver,
            "approved_by_self": plan.approved_by_self,
        },
        "new_operations": outcome.new_operations,
        "refused_rows": [
            {"row": row.row, "column": row.column, "reason": row.reason}
            for row in outcome.refused_rows
        ],
        "held": list(outcome.held),
        "differences": list(found.differences),
        "requests": outcome.traffic.requests,
        "waits": outcome.traffic.waits,
        "lost_connections": outcome.traffic.lost_connections,
        "server_starts": outcome.server_starts,
        "stage_seconds": {name: round(taken, 3) for name, taken in outcome.stage_seconds.items()},
    }


def hours(seconds: int) -> str:
    """Return decimal hours, exact to the second's ten-thousandth of an hour."""
    whole = (Decimal(seconds) / SECONDS_PER_HOUR).quantize(Decimal("0.0001"))
    return f"{whole.normalize():f}"


def _told(word: str, texts: Sequence[str]) -> list[str]:
    """Return the first texts and how many more there are."""
    if not texts:
        return []
    shown = [f"  {text}" for text in texts[:DIFFERENCES_SHOWN_MAX]]
    more = len(texts) - len(shown)
    rest = [f"  and {more} more"] if more else []
    return [f"{len(texts)} {word}:", *shown, *rest]


@dataclass(slots=True)
class _Timer:
    seconds: dict[str, float] = field(default_factory=dict)

    async def timed(self, stage: str, act: Awaitable[Done]) -> Done:
        began = time.monotonic()
        result = await act
        self.seconds[stage] = time.monotonic() - began
        return result
