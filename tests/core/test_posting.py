"""From an approved version to a line: the chain of rules, what is held, and what may follow."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.approved_version import ApprovedVersion
from daywork.core.errors import InvalidState
from daywork.core.ids import PersonId, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.core.mapping import LedgerMapping, Subject
from daywork.core.money import Money
from daywork.core.posting import (
    HELD_REASONS,
    TRANSITIONS,
    HeldBack,
    HourlyRate,
    PostingLine,
    check_transition,
    computed,
    rate_on,
    replayed,
)
from support.chain import allocation, interval
from support.strategies import law

ANA, ROOF = PersonId(UUID(int=1)), UUID(int=2)
MAPPING = LedgerMapping(9, {(Subject.EMPLOYEE, ANA): "Ana", (Subject.PROJECT, ROOF): "Roof"})
MARCH = date(2026, 3, 1)
PAY = HourlyRate("pay", ANA, Money(3_150, "EUR"), MARCH)
BILLING = HourlyRate("billing", ROOF, Money(6_800, "EUR"), MARCH)
TIME = interval("07:00", "15:00")
WORK = allocation(str(ROOF))


def version(**groups: JsonValue) -> ApprovedVersion:
    return ApprovedVersion(
        entry_id=TimeEntryId(UUID(int=3)),
        digest="sha256:z",
        owner_id=ANA,
        approver_id=PersonId(UUID(int=4)),
        approved_at=datetime(2026, 3, 3, tzinfo=UTC),
        content={"time": TIME, "alloc": WORK} | groups,
    )


def posted(*rates: HourlyRate, **groups: JsonValue) -> PostingLine:
    found = computed(version(**groups), MAPPING, rates)
    assert isinstance(found, PostingLine)
    return found


def test_eight_hours_become_money_at_both_rates() -> None:
    found = posted(PAY, BILLING)

    assert (found.worked_seconds, found.work_date) == (28_800, date(2026, 3, 2))
    assert (found.employee, found.project, found.mapping_version) == ("Ana", "Roof", 9)
    # 8 h at 31.50, and at 68.00.
    assert (found.labour, found.billing) == (Money(25_200, "EUR"), Money(54_400, "EUR"))


def test_without_a_rate_the_hours_go_alone() -> None:
    found = posted()

    assert (found.labour, found.billing, found.worked_seconds) == (None, None, 28_800)


def test_what_is_not_billable_is_paid_and_not_billed() -> None:
    found = posted(PAY, BILLING, alloc={**WORK, "billable": False})

    assert (found.labour, found.billing) == (Money(25_200, "EUR"), None)


def test_unpaid_breaks_are_not_work() -> None:
    pause: JsonValue = {"s": "2026-03-02T11:00:00Z", "e": "2026-03-02T11:30:00Z", "paid": False}
    found = posted(time={**TIME, "brk": [pause]})

    assert found.worked_seconds == 27_000


def test_the_day_is_that_of_the_start_in_the_entrys_own_zone() -> None:
    # Half past eleven in the evening in Berlin is the next day in UTC's morning.
    late: dict[str, JsonValue] = {
        **TIME,
        "start": "2026-03-02T23:30:00Z",
        "end": "2026-03-03T01:00:00Z",
    }

    assert posted(time=late).work_date == date(2026, 3, 3)
    assert posted(time={**late, "tz": "America/New_York"}).work_date == date(2026, 3, 2)


def test_a_rate_holds_from_its_day_on() -> None:
    rates = [
        PAY,
        replace(PAY, per_hour=Money(3_200, "EUR"), from_date=date(2026, 3, 2)),
        replace(PAY, per_hour=Money(9_900, "EUR"), from_date=date(2026, 3, 3)),
        replace(PAY, subject_id=UUID(int=8), per_hour=Money(1, "EUR")),
    ]

    def cents(day: int) -> int | None:
        rate = rate_on(rates, "pay", ANA, date(2026, 3, day))
        return None if rate is None else rate.per_hour.minor_units

    assert [cents(day) for day in (1, 2, 3, 30)] == [3_150, 3_200, 9_900, 9_900]
    assert rate_on(rates, "pay", ANA, date(2026, 2, 28)) is None
    assert rate_on(rates, "billing", ANA, date(2026, 3, 2)) is None


@law
@given(
    st.integers(1, 36_000_000),
    st.none() | st.integers(0, 10**7),
    st.none() | st.integers(0, 10**7),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_a_posted_hour_explains_itself(
    seconds: int, pay: int | None, billing: int | None, currency: str
) -> None:
    time: JsonValue = {"date": "2026-03-02", "seconds": seconds, "tz": "UTC", "src": "manual"}
    rates = [
        replace(rate, per_hour=Money(units, currency))
        for rate, units in ((PAY, pay), (BILLING, billing))
        if units is not None
    ]
    found = posted(*rates, time=time)

    assert replayed(found.trace) == (found.labour, found.billing)
    assert found.trace["raw_seconds"] == seconds


def without(*gone: Subject) -> LedgerMapping:
    kept = {key: name for key, name in MAPPING.references.items() if key[0] not in gone}
    return LedgerMapping(9, kept)


@pytest.mark.parametrize(
    ("groups", "mapping", "reason"),
    [
        ({}, without(Subject.EMPLOYEE), "unmapped.employee"),
        ({}, without(Subject.PROJECT), "unmapped.project"),
        ({}, without(*Subject), "unmapped.employee"),
        ({"alloc": allocation(None)}, MAPPING, "no_project"),
        ({"alloc": None}, MAPPING, "no_project"),
        ({"alloc": {**WORK, "kind": "absence"}}, MAPPING, "not_work"),
        ({"alloc": {**WORK, "kind": "break"}}, MAPPING, "not_work"),
        ({"time": None}, MAPPING, "no_time"),
        ({"time": interval("07:00", "07:00")}, MAPPING, "no_time"),
    ],
)
def test_what_cannot_be_posted_is_held_with_its_reason(
    groups: dict[str, JsonValue], mapping: LedgerMapping, reason: str
) -> None:
    held = computed(version(**groups), mapping, [PAY, BILLING])

    assert isinstance(held, HeldBack)
    assert held.reason == reason
    assert reason in HELD_REASONS


def test_travel_is_posted_like_work() -> None:
    assert posted(PAY, alloc={**WORK, "kind": "travel"}).labour == Money(25_200, "EUR")


ALLOWED = {
    *(("computed", after) for after in ("frozen", "held", "withdrawn")),
    *(("held", after) for after in ("computed", "withdrawn")),
    ("frozen", "posted"),
    *(("withdrawn", after) for after in ("computed", "held")),
}


@pytest.mark.parametrize(("before", "after"), list(product(TRANSITIONS, TRANSITIONS)))
def test_a_state_becomes_only_what_it_may(before: str, after: str) -> None:
    if (before, after) in ALLOWED:
        check_transition(before, after)
    else:
        with pytest.raises(InvalidState, match=f"is {before} cannot become {after}"):
            check_transition(before, after)


def reachable(state: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    found: Sequence[str] = [after for after in TRANSITIONS[state] if after not in seen]
    return frozenset((state, *seen)).union(
        *(reachable(after, frozenset((state, *seen))) for after in found)
    )


def test_what_was_sent_never_comes_back() -> None:
    assert reachable("frozen") == {"frozen", "posted"}
