"""Whose changes and decisions a push takes, and what they set off."""

import json
from typing import Any

import pytest

from support.chain import Chain, allocation, entry_id, interval
from support.working import (
    ANA_PHONE,
    BEN_PHONE,
    CLOSED_PROJECT,
    MAX_PHONE,
    NOW,
    OPEN_PROJECT,
    TASK,
    Office,
    codes,
    digest,
    new_entry,
)


@pytest.fixture
def office() -> Office:
    return Office()


def test_nobody_edits_what_they_cannot_see(office: Office) -> None:
    ana, ben = Chain(ANA_PHONE), Chain(BEN_PHONE)
    new_entry(ana)
    office.push(ana)
    ben.write("edit", "pump", {"note": "mine now"}, ana.seen())
    ben.write("edit", "nowhere", {"note": "?"}, ana.seen())
    ben.write("new", "pump", {"note": "mine"})

    answers = office.push(ben)

    assert codes(answers) == ["unknown_ref", "unknown_ref", "not_authorised"]


def test_a_manager_may_correct_and_the_worker_is_told(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    office.working.people_to_tell.clear()
    boss.write("edit", "pump", {"time": interval("07:00", "14:00")}, ana.seen())

    answers = office.push(boss)

    assert codes(answers) == ["applied"]
    assert office.entry(entry_id("pump")).owner_id in office.working.people_to_tell


def test_projects_are_known_open_and_have_the_task(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    for number, value in enumerate(
        (
            allocation(OPEN_PROJECT) | {"task": TASK},
            allocation(CLOSED_PROJECT),
            allocation("p113"),
            allocation(OPEN_PROJECT) | {"task": "t7"},
        )
    ):
        ana.write("new", f"entry {number}", {"alloc": value})

    answers = office.push(ana)

    assert codes(answers) == ["applied", "project_closed", "unknown_ref", "unknown_ref"]
    assert [answer.get("field") for answer in answers[1:]] == [
        "alloc.project",
        "alloc.project",
        "alloc.task",
    ]


def test_an_approval_of_what_was_seen_makes_a_posting(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    boss.write("approve", "pump", None, ana.seen(), dg=digest(office))

    answers = office.push(boss)

    assert codes(answers) == ["applied"]
    assert office.entry(entry_id("pump")).status == "approved"
    ((_, posting),) = office.working.changed_postings.values()
    assert (posting.state, posting.digest) == ("computed", digest(office))


def test_an_approval_of_other_content_is_held(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    boss.write("approve", "pump", None, ana.seen(), dg="sha256:" + "A" * 43)

    answers = office.push(boss)

    assert [answers[0].get(name) for name in ("code", "field", "note")] == [
        "value_invalid",
        "dg",
        "digest_mismatch",
    ]
    assert office.working.changed_postings == {}


def test_an_approval_of_an_older_version_stands_with_an_amendment(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    boss.write("approve", "pump", None, ana.seen(1), dg=digest(office))
    ana.write("edit", "pump", {"time": interval("07:00", "16:00")}, ana.seen(1))
    office.push(ana, ana.items[1:])

    answers = office.push(boss)

    assert (answers[0]["st"], answers[0]["note"]) == ("applied", "superseded")
    row = json.loads(office.row(entry_id("pump")))
    assert row["status"] == "approved+amendment"
    assert row["approved"]["v"]["time"]["end"] == "2026-03-02T15:00:00Z"
    assert row["v"]["time"][0]["end"] == "2026-03-02T16:00:00Z"


def test_an_edit_behind_an_approval_is_an_amendment(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    boss.write("approve", "pump", None, ana.seen(1), dg=digest(office))
    office.push(boss)
    ana.write("edit", "pump", {"time": interval("07:00", "16:00")}, ana.seen(1))
    ana.write("edit", "pump", {"note": "late note"}, ana.seen(1))

    answers = office.push(ana, ana.items[1:])

    assert codes(answers) == ["amendment", "applied"]


def test_nobody_decides_about_their_own_time(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana, "anas")
    new_entry(boss, "own")
    office.push(ana)
    office.push(boss)
    ana.write("approve", "anas", None, ana.seen(1), dg=digest(office, "anas"))
    boss.write("approve", "own", None, boss.seen(1), dg=digest(office, "own"))

    answers = office.push(ana, ana.items[1:]) + office.push(boss, boss.items[1:])

    assert codes(answers) == ["not_authorised", "not_authorised"]


def test_a_returned_entry_tells_who_and_why(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    item: dict[str, Any] = {
        "q": 1,
        "id": "0195a7e2-0000-7000-8000-00000000000f",
        "e": entry_id("pump"),
        "by": "reject",
        "c": ana.seen(),
        "w": "2026-03-02T15:31:08Z",
        "dg": digest(office),
        "s": {"reason": {"v": "Break is missing", "n": "AQEBAQEBAQEBAQEBAQEBAQ"}},
    }
    boss.append(item)

    answers = office.push(boss)

    row = json.loads(office.row(entry_id("pump")))
    assert codes(answers) == ["applied"]
    assert row["status"] == "rejected"
    assert (row["returned"]["who"], row["returned"]["reason"]) == ("Max", "Break is missing")


def test_an_approval_taken_back_in_time_withdraws_the_posting(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    approved = digest(office)
    boss.write("approve", "pump", None, ana.seen(1), dg=approved)
    office.push(boss)
    boss.write("revoke", "pump", None, ana.seen(1) | boss.seen(1), dg=approved)

    answers = office.push(boss, boss.items[1:], now=NOW + 599_000)

    assert codes(answers) == ["applied"]
    ((_, posting),) = office.working.changed_postings.values()
    assert posting.state == "withdrawn"


def test_an_approval_in_a_batch_cannot_be_taken_back(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    approved = digest(office)
    boss.write("approve", "pump", None, ana.seen(1), dg=approved)
    office.push(boss)
    ((_, posting),) = office.working.changed_postings.values()
    posting.state = "posted"
    boss.write("revoke", "pump", None, ana.seen(1) | boss.seen(1), dg=approved)

    answers = office.push(boss, boss.items[1:])

    assert (codes(answers), answers[0]["note"]) == (["not_authorised"], "too_late")
    assert office.entry(entry_id("pump")).status == "approved"


def test_an_amendment_of_a_posted_version_is_held_for_correction(office: Office) -> None:
    ana, boss = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(ana)
    office.push(ana)
    boss.write("approve", "pump", None, ana.seen(1), dg=digest(office))
    office.push(boss)
    ((_, posting),) = office.working.changed_postings.values()
    posting.state = "posted"
    ana.write("edit", "pump", {"time": interval("07:00", "16:00")}, ana.seen(1))
    office.push(ana, ana.items[1:])
    boss.write("approve", "pump", None, ana.seen(2) | boss.seen(1), dg=digest(office))

    office.push(boss, boss.items[1:])

    states = {p.digest: (p.state, p.reason) for _, p in office.working.changed_postings.values()}
    assert states[digest(office)] == ("held", "correction")
    assert office.entry(entry_id("pump")).status == "approved"
