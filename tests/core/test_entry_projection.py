"""An entry's state depends on the set of its operations alone; postings follow approvals."""

import json
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from daywork.core.entry_projection import REVOKE_SECONDS_MAX, SIBLINGS_MAX
from daywork.core.ids import Actor
from daywork.core.merge import digest_of
from support.chain import Chain, entry_id, interval
from support.working import ANA, ANA_PHONE, ANA_TABLET, MAX_PHONE, NOW, OWNERS, Office

SECOND = 1_000


@pytest.fixture
def office() -> Office:
    made, ana = Office(), Chain(ANA_PHONE)
    ana.write("new", "pump", {"time": interval("07:00", "15:00")})
    made.push(ana)
    return made


def seen(office: Office) -> dict[str, Any]:
    clock = office.entry(entry_id("pump")).clock
    return {actor: [number, mark] for actor, (number, mark) in clock.items()}


def digest(office: Office) -> str | None:
    return digest_of(office.entry(entry_id("pump")).cells)


def postings(office: Office) -> list[tuple[str, str | None]]:
    entry = office.entry(entry_id("pump"))
    return [(one.state, one.reason) for one in office.working.postings.get(entry.id, [])]


def decide(office: Office, max_: Chain, kind: str, at: int = NOW, bound: str | None = None) -> Any:
    max_.write(kind, "pump", {}, seen(office), dg=bound or digest(office))
    return office.push(max_, [max_.items[-1]], now=at)[0]


def edit(office: Office, ana: Chain, end: str) -> None:
    ana.write("edit", "pump", {"time": interval("07:00", end)}, seen(office))
    office.push(ana, [ana.items[-1]])


def test_the_order_of_arrival_changes_nothing() -> None:
    """Three devices write without knowing of each other, and arrive in any order."""
    rows = set()
    for order in permutations((ANA_PHONE, ANA_TABLET, MAX_PHONE)):
        office, first = Office(), Chain(ANA_PHONE)
        first.write("new", "pump", {"time": interval("07:00", "15:00")})
        office.push(first)
        for actor in order:
            chain = first if actor == ANA_PHONE else Chain(actor)
            value = {"time": interval("07:00", f"16:0{OWNERS[actor].int}")}
            chain.write("edit", "pump", value, first.seen(1))
            office.push(chain, [chain.items[-1]])
        row = json.loads(office.row(entry_id("pump")))
        rows.add(json.dumps({**row, "vv": sorted(row["vv"].items())}, sort_keys=True))

    assert len(rows) == 1


def test_an_approval_makes_one_posting_however_often_it_is_given(office: Office) -> None:
    max_ = Chain(MAX_PHONE)
    answers = [decide(office, max_, "approve")["st"] for _ in range(2)]

    assert answers == ["applied", "applied"]
    assert postings(office) == [("computed", None)]


def test_a_new_version_withdraws_the_posting_until_it_is_approved_too(office: Office) -> None:
    max_, tablet = Chain(MAX_PHONE), Chain(ANA_TABLET)
    decide(office, max_, "approve")
    edit(office, tablet, "16:00")
    # What was approved stays payable while the amendment waits.
    waiting = postings(office)
    decide(office, max_, "approve")

    assert waiting == [("computed", None)]
    assert postings(office) == [("withdrawn", None), ("computed", None)]


def test_going_back_to_a_withdrawn_version_takes_its_posting_up_again(office: Office) -> None:
    max_, tablet = Chain(MAX_PHONE), Chain(ANA_TABLET)
    decide(office, max_, "approve")
    edit(office, tablet, "16:00")
    decide(office, max_, "approve")
    edit(office, tablet, "15:00")
    decide(office, max_, "approve")

    assert postings(office) == [("computed", None), ("withdrawn", None)]


@pytest.mark.parametrize("state", ["frozen", "posted"])
def test_a_version_after_a_sent_one_is_a_correction(office: Office, state: str) -> None:
    max_, tablet = Chain(MAX_PHONE), Chain(ANA_TABLET)
    decide(office, max_, "approve")
    entry = office.entry(entry_id("pump"))
    office.working.postings[entry.id][0].state = state
    edit(office, tablet, "16:00")
    decide(office, max_, "approve")

    assert postings(office) == [(state, None), ("held", "correction")]


@pytest.mark.parametrize(
    ("seconds", "answer", "left"),
    [
        (REVOKE_SECONDS_MAX, "applied", [("withdrawn", None)]),
        (REVOKE_SECONDS_MAX + 1, "held", [("computed", None)]),
    ],
)
def test_a_second_thought_has_ten_minutes(
    office: Office, seconds: int, answer: str, left: Sequence[tuple[str, str | None]]
) -> None:
    max_ = Chain(MAX_PHONE)
    decide(office, max_, "approve")

    assert decide(office, max_, "revoke", NOW + seconds * SECOND)["st"] == answer
    assert postings(office) == left


def test_a_flood_of_versions_is_held_as_quota(office: Office) -> None:
    answers = []
    for number in range(SIBLINGS_MAX + 2):
        actor = Actor(f"zzzzzzzz{number:02}")
        device = office.working.devices[ANA_PHONE]
        office.working.devices[actor] = type(device)(actor, ANA, "", "", False, 0, bytes(32))
        chain = Chain(actor)
        first = office.entry(entry_id("pump")).clock[ANA_PHONE]
        value = {"time": interval("07:00", f"16:{number:02}")}
        chain.write("edit", "pump", value, {ANA_PHONE: [1, first[1]]})
        answers += [answer["st"] for answer in office.push(chain)]

    assert answers == ["applied"] * SIBLINGS_MAX + ["held"] * 2
    assert len(office.entry(entry_id("pump")).cells["time"]) == SIBLINGS_MAX
