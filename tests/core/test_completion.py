"""What is computed once for a group of pushes: revisions, crossings, answers, who is told."""

from typing import Any

import pytest

from daywork.core.completion import answered, finish
from support.chain import Chain, entry_id, interval
from support.working import ANA, ANA_PHONE, ANA_TABLET, BEN_PHONE, MAX, MAX_PHONE, Office


@pytest.fixture
def office() -> Office:
    return Office()


def write(chain: Chain, name: str, start: str, end: str) -> None:
    chain.write("new", name, {"time": interval(start, end)})


def flags(office: Office, *names: str) -> list[tuple[str, ...]]:
    return [office.entry(entry_id(name)).flags for name in names]


def test_each_changed_entry_has_a_revision_of_its_own(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    for hour in range(3):
        write(ana, f"e{hour}", f"0{hour}:00", f"0{hour}:30")

    answers = office.push(ana)

    assert sorted(int(str(answer["rev"])) for answer in answers) == [1, 2, 3]
    assert office.working.revision == 3


def test_all_operations_on_one_entry_carry_its_last_revision(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    write(ana, "pump", "07:00", "15:00")
    ana.write("edit", "pump", {"time": interval("07:00", "16:00")}, ana.seen())

    assert [answer["rev"] for answer in office.push(ana)] == [1, 1]


def test_an_entry_that_ends_as_it_was_gets_no_revision(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    write(ana, "pump", "07:00", "15:00")
    office.push(ana)
    office.working.touched.add(office.entry(entry_id("pump")).id)

    assert finish(office.working) == {}
    assert office.working.revision == 1


def test_an_overlap_is_told_on_both_entries_and_ends_for_both(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    write(ana, "pump", "07:00", "15:00")
    office.push(ana)
    write(ana, "shed", "14:00", "16:00")
    office.push(ana)
    met = flags(office, "pump", "shed")
    ana.write("edit", "shed", {"time": interval("15:00", "16:00")}, ana.seen())
    office.push(ana)

    assert met == [("overlap",), ("overlap",)]
    assert flags(office, "pump", "shed") == [(), ()]
    assert office.entry(entry_id("pump")).revision > 1


def test_entries_of_two_people_never_overlap(office: Office) -> None:
    ana, ben = Chain(ANA_PHONE), Chain(BEN_PHONE)
    write(ana, "pump", "07:00", "15:00")
    write(ben, "shed", "07:00", "15:00")
    office.push(ana)
    office.push(ben)

    assert flags(office, "pump", "shed") == [(), ()]


def test_a_conflict_is_answered_with_both_versions_in_words_of_the_reader(office: Office) -> None:
    ana, tablet, max_ = Chain(ANA_PHONE), Chain(ANA_TABLET), Chain(MAX_PHONE)
    write(ana, "pump", "07:00", "15:00")
    office.push(ana)
    answers: list[Any] = []
    for chain, end in ((tablet, "16:00"), (max_, "16:30")):
        chain.write("edit", "pump", {"time": interval("07:00", end)}, ana.seen())
        answers += office.push(chain)

    assert "siblings" not in answers[0]
    assert [(one["who"], one["min"]) for one in answers[1]["siblings"]["time"]] == [
        ("Ana, phone b", 540),
        ("you, phone m", 570),
    ]
    # Whoever asks again is told anew, without a change.
    again = answered(office.working, ANA_TABLET, [{"q": 1}])
    named = again[0]["siblings"]
    assert isinstance(named, dict)
    assert sorted(named) == ["time"]


def test_the_deciders_hear_of_finished_work(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    ana.write("new", "running", {"time": interval("07:00", None)})
    office.push(ana)
    running = set(office.working.people_to_tell)
    write(ana, "pump", "08:00", "09:00")
    office.push(ana)

    assert running == set()
    assert MAX in office.working.people_to_tell
    assert ANA not in office.working.people_to_tell
