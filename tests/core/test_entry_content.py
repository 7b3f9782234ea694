"""An entry's state as one text: written, read back, and told to phones."""

import json
from typing import Any

import pytest

from daywork.core.entry_content import content_text, entry_from_content, text_with_flags
from daywork.core.merge import digest_of
from support.chain import Chain, allocation, entry_id, interval
from support.working import ANA_PHONE, ANA_TABLET, MAX_PHONE, NAMES, NOW, OPEN_PROJECT, Office

LABELS = {ANA_PHONE: "phone", ANA_TABLET: "tablet", MAX_PHONE: "desk"}


@pytest.fixture
def office() -> Office:
    made, ana = Office(), Chain(ANA_PHONE)
    work = {"time": interval("07:00", "15:00"), "alloc": allocation(OPEN_PROJECT)}
    ana.write("new", "pump", work)
    made.push(ana)
    return made


def content(office: Office) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content_text(office.entry(entry_id("pump")), NAMES, LABELS))
    return found


def decided(office: Office, kind: str, **values: str) -> None:
    entry = office.entry(entry_id("pump"))
    max_ = Chain(MAX_PHONE)
    seen = {actor: [number, mark] for actor, (number, mark) in entry.clock.items()}
    max_.write(kind, "pump", dict(values), json.loads(json.dumps(seen)), dg=digest_of(entry.cells))
    office.push(max_)


def conflicting(office: Office) -> None:
    for actor, end in ((ANA_TABLET, "16:00"), (MAX_PHONE, "17:00")):
        chain = Chain(actor)
        seen: Any = {ANA_PHONE: [1, office.entry(entry_id("pump")).clock[ANA_PHONE][1]]}
        chain.write("edit", "pump", {"time": interval("07:00", end)}, seen)
        office.push(chain)


@pytest.mark.parametrize("change", ["none", "approve", "reject", "conflict"])
def test_a_state_survives_being_written_and_read(office: Office, change: str) -> None:
    if change == "conflict":
        conflicting(office)
    elif change != "none":
        decided(office, change, **({"reason": "twice"} if change == "reject" else {}))
    entry = office.entry(entry_id("pump"))
    text = content_text(entry, NAMES, LABELS)

    again = entry_from_content(entry.id, text, entry.revision, entry.operations)

    assert content_text(again, NAMES, LABELS) == text
    assert (again.cells, again.clock, again.status) == (entry.cells, entry.clock, entry.status)
    assert again.before == text


def test_a_group_of_the_first_operation_needs_no_dots(office: Office) -> None:
    found = content(office)

    assert (found["d"], found["dots"]) == ([ANA_PHONE, 1], {})
    assert sorted(found["v"]) == ["alloc", "time"]


def test_versions_in_conflict_stand_beside_each_other_with_their_authors(office: Office) -> None:
    conflicting(office)
    found = content(office)

    assert found["dots"]["time"] == [[ANA_TABLET, 1], [MAX_PHONE, 1]]
    assert [time["end"][11:16] for time in found["v"]["time"]] == ["16:00", "17:00"]
    told = {actor: (one["who"], one["label"]) for actor, one in found["authors"].items()}
    assert told[ANA_TABLET] == ("Ana", "tablet")
    assert told[MAX_PHONE] == ("Max", "desk")


def test_an_approval_names_who_and_when(office: Office) -> None:
    decided(office, "approve")
    approved = content(office)["approved"]

    assert (approved["who"], approved["at"]) == ("Max", "2026-03-03T01:06:40Z")
    assert approved["dg"] == digest_of(office.entry(entry_id("pump")).cells)
    assert NOW // 1000 == 1_772_500_000


def test_an_entry_that_was_sent_back_says_why(office: Office) -> None:
    decided(office, "reject", reason="twice")
    found = content(office)

    assert (found["status"], found["returned"]["who"]) == ("rejected", "Max")
    assert found["returned"]["reason"] == "twice"


def test_other_flags_change_nothing_else(office: Office) -> None:
    text = content_text(office.entry(entry_id("pump")), NAMES, LABELS)
    flagged = text_with_flags(text, ("overlap",))

    assert json.loads(flagged) == {**json.loads(text), "flags": ["overlap"]}
    assert text_with_flags(flagged, ()) == text
