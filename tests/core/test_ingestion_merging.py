"""What a push makes of an entry that others wrote too."""

from typing import Any

import pytest

from support.chain import Chain, entry_id, interval
from support.working import (
    ANA_PHONE,
    ANA_TABLET,
    Office,
    new_entry,
)


@pytest.fixture
def office() -> Office:
    return Office()


def test_two_ends_set_without_knowing_each_other_are_both_kept(office: Office) -> None:
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    office.push(phone)
    tablet.write("edit", "pump", {"time": interval("07:00", "15:30")}, phone.seen(1))
    phone.write("edit", "pump", {"time": interval("07:00", "14:50")}, phone.seen(1))
    office.push(tablet)

    answers = office.push(phone, phone.items[1:])

    assert answers[0]["flags"] == ["conflict:time"]
    siblings: Any = answers[0]["siblings"]
    assert [(s["who"], s["min"]) for s in siblings["time"]] == [
        ("you, phone a", 470),
        ("you, phone b", 510),
    ]


def test_a_resolution_that_saw_both_ends_the_conflict(office: Office) -> None:
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    office.push(phone)
    tablet.write("edit", "pump", {"time": interval("07:00", "15:30")}, phone.seen(1))
    office.push(tablet)
    phone.write("edit", "pump", {"time": interval("07:00", "14:50")}, phone.seen(1))
    phone.write(
        "resolve", "pump", {"time": interval("07:00", "15:30")}, phone.seen(2) | tablet.seen()
    )

    answers = office.push(phone, phone.items[1:])

    assert [answer["flags"] for answer in answers] == [[], []]
    assert len(office.entry(entry_id("pump")).cells["time"]) == 1


def test_a_note_and_a_time_written_apart_do_not_conflict(office: Office) -> None:
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    office.push(phone)
    tablet.write("edit", "pump", {"note": "pump 4"}, phone.seen(1))
    phone.write("edit", "pump", {"time": interval("07:00", "14:50")}, phone.seen(1))
    office.push(tablet)

    answers = office.push(phone, phone.items[1:])

    assert answers[0]["flags"] == []


def test_an_anchor_of_another_history_counts_as_not_seen(office: Office) -> None:
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    office.push(phone)
    tablet.write("edit", "pump", {"time": interval("07:00", "15:30")}, {ANA_PHONE: [1, "AAAAAA"]})

    answers = office.push(tablet)

    assert answers[0]["flags"] == ["conflict:time"]


def test_entries_that_overlap_are_applied_and_flagged(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    ana.write("new", "one", {"time": interval("07:00", "09:00")})
    ana.write("new", "two", {"time": interval("08:00", "10:00")})
    ana.write("new", "three", {"time": interval("10:00", "11:00")})

    answers = office.push(ana)

    assert [answer["flags"] for answer in answers] == [["overlap"], ["overlap"], []]


def test_a_deletion_that_knew_all_removes_the_entry(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    new_entry(ana)
    ana.write("delete", "pump", {"life": {"deleted": True, "reason": None}}, ana.seen(1))

    office.push(ana)

    assert office.entry(entry_id("pump")).is_deleted
