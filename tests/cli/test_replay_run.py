"""The summary tells everything that is not as it should be, and waits for the ledger."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest

from daywork.cli import replay_run
from daywork.cli.replay_archive import open_archive
from daywork.cli.replay_check import Comparison, Tally
from daywork.cli.replay_crew import Crew
from daywork.cli.replay_phone import Phone
from daywork.cli.replay_plan import Names, Plan, planned
from daywork.cli.replay_progress import HiddenStages
from daywork.cli.replay_run import (
    Outcome,
    hours,
    summary_lines,
    summary_object,
    wait_for_postings,
)
from daywork.cli.replay_transport import Traffic, Transport
from daywork.core.time_record import RowRefused
from daywork.core.time_record_preset import Preset, read_records

TEXT = """work_date,record,employee,approver,project,project_part,service,service_detail,hours,note
2024-03-01,1-1,7,8,P,A,,,1.5,
2024-03-02,2-1,7,NA,P,A,,,2.33,
2024-03-02,3-1,7,7,P,A,,,4,
"""


@pytest.fixture
def plan() -> Plan:
    return planned(UUID(int=5), read_records(TEXT, Preset.DAYWORK, "Europe/London").records)


def outcome(plan: Plan, **changes: Any) -> Outcome:
    whole = Tally(3, 28_188)
    facts: dict[str, Any] = {
        "plan": plan,
        "refused_rows": [],
        "comparison": Comparison(whole, whole, whole),
        "held": [],
        "new_operations": 6,
        "traffic": Traffic(requests=40),
        "server_starts": 1,
        "goes_to_ledger": True,
    }
    return Outcome(**{**facts, **changes})


def crew_over(folder: Path, counts: Sequence[dict[str, int]]) -> tuple[Phone, Crew]:
    left = [
        {state: {"count": count, "seconds": 0} for state, count in one.items()} for one in counts
    ]

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"totals": left.pop(0) if len(left) > 1 else left[0]})

    client = httpx.AsyncClient(base_url="http://127.0.0.1:1", transport=httpx.MockTransport(answer))
    transport = Transport(client, jitter=Random(1))
    phone = Phone(open_archive(folder), transport, "checker", cookie="sid=1")

    async def nobody(_person: UUID) -> str:
        return ""

    return phone, Crew(folder, Names({}, {}, {}), nobody, transport, HiddenStages())


def test_the_summary_counts_every_stage_and_both_reasons_for_the_stand_in(plan: Plan) -> None:
    text = "\n".join(summary_lines(outcome(plan)))

    assert "3 records in, 3 applied, 3 approved, 3 posted" in text
    assert "7.83 hours in, 7.83 applied, 7.83 posted" in text
    assert "1 records name nobody, 1 name the employee" in text


def test_a_second_run_says_that_there_was_nothing_new(plan: Plan) -> None:
    assert "nothing new" in summary_lines(outcome(plan, new_operations=0))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"refused_rows": [RowRefused(4, "hours", "is no time at all")]}, "row 4, hours"),
        ({"held": ["operation 1 is held: quota"]}, "1 held:"),
        ({"comparison": Comparison(differences=["row 2: did not arrive"])}, "1 different:"),
    ],
)
def test_every_kind_of_difference_is_told_and_makes_it_incomplete(
    plan: Plan, changes: dict[str, Any], told: str
) -> None:
    found = outcome(plan, **changes)

    assert not found.is_complete
    assert any(told in line for line in summary_lines(found))
    assert summary_object(found)["complete"] is False


def test_many_differences_are_counted_and_the_first_are_shown(plan: Plan) -> None:
    differences = [f"row {number}: did not arrive" for number in range(2, 102)]
    lines = summary_lines(outcome(plan, comparison=Comparison(differences=differences)))

    assert "100 different:" in lines
    assert "  and 80 more" in lines


def test_an_import_says_nothing_about_approval_and_ledger(plan: Plan) -> None:
    text = "\n".join(summary_lines(outcome(plan, goes_to_ledger=False)))

    assert "approved" not in text
    assert "posted" not in text


def test_waits_and_restarts_are_told(plan: Plan) -> None:
    traffic = Traffic(requests=9, lost_connections=4, waits=2, waited_seconds=3.2)
    text = "\n".join(summary_lines(outcome(plan, traffic=traffic, server_starts=3)))

    assert "asked 2 times to come again later; 3 s were waited" in text
    assert "started 3 times; 4 connections were lost" in text


def test_hours_are_exact_and_short() -> None:
    assert [hours(seconds) for seconds in (338_117_544, 3600, 36, 360_000)] == [
        "93921.54",
        "1",
        "0.01",
        "100",
    ]


async def test_it_waits_until_nothing_is_on_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_run, "ASK_POSTINGS_SECONDS", 0)
    counts = [{"computed": 3}, {"posted": 2, "frozen": 1}, {"posted": 2, "held": 1, "computed": 0}]
    phone, crew = crew_over(tmp_path, counts)

    await wait_for_postings(phone, crew, 3)

    assert crew.transport.traffic.requests == 3


async def test_it_does_not_wait_for_ever_for_what_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_run, "ASK_POSTINGS_SECONDS", 0)
    monkeypatch.setattr(replay_run, "POSTING_STANDS_STILL_SECONDS", -1)
    phone, crew = crew_over(tmp_path, [{"posted": 1, "computed": 2}])

    await wait_for_postings(phone, crew, 3)

    assert crew.transport.traffic.requests == 1
