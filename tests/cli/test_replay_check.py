"""The comparison finds every kind of difference."""

from typing import Any
from uuid import UUID

import pytest

from daywork.cli.replay_check import Comparison, compared, long_entries
from daywork.cli.replay_plan import Names, Plan, entry_values, planned
from daywork.core.hash_chain import digest
from daywork.core.time_record_preset import Preset, read_records

TEXT = """work_date,record,employee,approver,project,project_part,service,service_detail,hours,note
2024-03-01,1-1,7,8,P,A,,,1.5,pump
2024-03-02,2-1,9,8,P,A,,,25,
"""
NAMES = Names(
    people={"7": UUID(int=7), "8": UUID(int=8), "9": UUID(int=9)},
    projects={"P": UUID(int=1)},
    tasks={("P", "A"): UUID(int=2)},
)


@pytest.fixture
def plan() -> Plan:
    return planned(UUID(int=5), read_records(TEXT, Preset.DAYWORK, "Europe/London").records)


@pytest.fixture
def rows(plan: Plan) -> dict[str, dict[str, Any]]:
    """The rows as they are when all has gone well."""
    found = {}
    for entry in plan.entries:
        values = entry_values(entry, NAMES)
        found[f"te:{entry.entry_id}"] = {
            "v": {group: [value] for group, value in values.items()},
            "flags": ["long"] if entry.record.seconds > 86_400 else [],
            "status": "approved",
            "approved": {"dg": digest(values)},
            "posted": digest(values),
        }
    return found


def outcome(plan: Plan, rows: dict[str, dict[str, Any]]) -> Comparison:
    return compared(plan, NAMES, rows, with_approval=True, with_posting=True)


def test_when_all_has_gone_well_there_is_no_difference(
    plan: Plan, rows: dict[str, dict[str, Any]]
) -> None:
    result = outcome(plan, rows)

    assert result.differences == []
    for tally in (result.applied, result.approved, result.posted):
        assert (tally.entries, tally.seconds) == (2, 5400 + 90_000)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"posted": None}, "is not in the ledger"),
        ({"posted": "sha256:other"}, "is not in the ledger"),
        ({"approved": None, "status": "submitted"}, "is submitted, not approved as sent"),
        ({"approved": {"dg": "sha256:other"}}, "is approved, not approved as sent"),
        ({"v": {"time": [{"seconds": 1}]}}, "time arrived as"),
        ({"v": {"time": []}}, "time arrived as"),
    ],
)
def test_one_second_or_one_step_too_little_is_told_with_its_row(
    plan: Plan, rows: dict[str, dict[str, Any]], change: dict[str, Any], told: str
) -> None:
    first = f"te:{plan.entries[0].entry_id}"
    rows[first] = {**rows[first], **change}

    differences = outcome(plan, rows).differences

    assert any(text.startswith("row 2: ") and told in text for text in differences)


def test_an_entry_that_did_not_arrive_is_missed_in_its_employees_sum(
    plan: Plan, rows: dict[str, dict[str, Any]]
) -> None:
    del rows[f"te:{plan.entries[1].entry_id}"]

    assert outcome(plan, rows).differences == [
        "row 3: did not arrive",
        "9: 90000 s went in, 0 s arrived",
    ]


def test_an_import_needs_neither_approval_nor_posting(
    plan: Plan, rows: dict[str, dict[str, Any]]
) -> None:
    for row in rows.values():
        row.update(approved=None, posted=None, status="draft")

    result = compared(plan, NAMES, rows, with_approval=False, with_posting=False)

    assert result.differences == []
    assert (result.applied.entries, result.approved.entries) == (2, 0)


def test_the_server_says_which_entries_are_long(
    plan: Plan, rows: dict[str, dict[str, Any]]
) -> None:
    assert long_entries(plan.entries, rows) == {f"te:{plan.entries[1].entry_id}"}
