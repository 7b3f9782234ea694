"""What the server answers to a push, and what it keeps."""

from typing import Any

import pytest

from daywork.core.errors import BadSignature, Forked, NotYourDevice, SequenceGap
from daywork.core.hash_chain import encode_base64url
from daywork.core.ids import Actor
from daywork.core.json_value import JsonValue
from support.chain import Chain, allocation, entry_id, interval
from support.working import (
    ANA_PHONE,
    ANA_TABLET,
    BEN_PHONE,
    MAX_PHONE,
    NOW,
    Office,
    codes,
    new_entry,
)

DAY_MILLISECONDS = 86_400_000


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_new_entry_is_applied_with_a_revision(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    new_entry(ana)

    answers = office.push(ana)

    assert answers == [{"q": 1, "st": "applied", "rev": 1, "flags": []}]


def test_a_second_push_of_the_same_operation_answers_the_first_result(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    new_entry(ana)
    first = office.push(ana)

    answers = office.push(ana)

    assert answers == [{"q": 1, "st": "duplicate", "result": first[0]}]
    assert office.working.revision == 1


def test_an_edit_waits_for_what_its_author_had_seen(office: Office) -> None:
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    tablet.write("edit", "pump", {"time": interval("07:00", "15:30")}, phone.seen(1))

    held = office.push(tablet)
    released = office.push(phone)

    assert codes(held) == ["causal_gap"]
    assert codes(released) == ["applied"]
    assert office.push(tablet)[0]["result"]["st"] == "applied"  # type: ignore[index, call-overload]
    assert len(office.entry(entry_id("pump")).cells["time"]) == 1


def test_a_cause_that_never_comes_is_given_up_after_five_days(office: Office) -> None:
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    office.push(phone)
    tablet.write(
        "edit",
        "pump",
        {"time": interval("07:00", "15:30")},
        phone.seen(1) | {BEN_PHONE: [9, "AAAAAA"]},
    )
    office.push(tablet)
    phone.write("edit", "pump", {"note": "later"}, phone.seen(1))

    office.push(phone, phone.items[1:], now=NOW + 5 * DAY_MILLISECONDS)

    assert office.entry(entry_id("pump")).flags == ("forced",)
    assert office.working.waiting == []


def test_what_is_given_up_is_still_applied_in_causal_order(office: Office) -> None:
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    office.push(phone)
    missing: dict[str, JsonValue] = {MAX_PHONE: [9, "AAAAAA"]}
    tablet.write("edit", "pump", {"time": interval("07:00", "15:30")}, phone.seen(1) | missing)
    office.push(tablet)
    # Its number comes first, but its author had seen the tablet's operation.
    phone.write(
        "edit", "pump", {"time": interval("07:00", "16:00")}, phone.seen(1) | tablet.seen(1)
    )
    office.push(phone, phone.items[1:])
    phone.write("new", "other", {"note": "days later"})

    office.push(phone, phone.items[2:], now=NOW + 5 * DAY_MILLISECONDS)

    entry = office.entry(entry_id("pump"))
    assert entry.flags == ("forced",)
    assert list(entry.cells["time"]) == [(ANA_PHONE, 2)]


def test_a_cause_that_comes_after_it_was_given_up_stays_covered(office: Office) -> None:
    phone, manager = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(phone)
    office.push(phone)
    manager.write("edit", "pump", {"time": interval("07:00", "15:30")}, phone.seen(1))
    phone.write(
        "edit", "pump", {"time": interval("07:00", "16:00")}, phone.seen(1) | manager.seen(1)
    )
    office.push(phone, phone.items[1:])
    phone.write("new", "other", {"note": "days later"})
    office.push(phone, phone.items[2:], now=NOW + 5 * DAY_MILLISECONDS)

    office.push(manager, now=NOW + 6 * DAY_MILLISECONDS)

    assert list(office.entry(entry_id("pump")).cells["time"]) == [(ANA_PHONE, 2)]


def test_a_cause_that_comes_in_time_forces_nothing(office: Office) -> None:
    phone, manager = Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(phone)
    office.push(phone)
    manager.write("edit", "pump", {"time": interval("07:00", "15:30")}, phone.seen(1))
    phone.write("edit", "pump", {"note": "seen"}, phone.seen(1) | manager.seen(1))
    office.push(phone, phone.items[1:])

    office.push(manager, now=NOW + DAY_MILLISECONDS)

    assert office.entry(entry_id("pump")).flags == ()


def test_a_bad_item_never_blocks_its_neighbours(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    ana.write("new", "one", {"time": interval("09:00", "08:00"), "alloc": allocation()})
    ana.write("wish", "two", {"note": "?"})
    ana.write("new", "three", {"time": interval("07:00", "15:00"), "alloc": allocation()})

    answers = office.push(ana)

    assert codes(answers) == ["value_invalid", "malformed", "applied"]
    assert answers[0]["field"] == "time.end"
    assert office.working.devices[ANA_PHONE].last_sequence_number == 3


def test_an_item_whose_hash_cannot_be_formed_is_malformed_and_the_chain_goes_on(
    office: Office,
) -> None:
    ana = Chain(ANA_PHONE)
    broken: dict[str, Any] = {
        "q": 1,
        "id": "x",
        "e": "y",
        "by": "new",
        "c": {},
        "w": "now",
        "s": {"time": 7},
        "h": encode_base64url(b"k" * 32),
    }
    ana.items.append(broken)
    ana.last_hash = b"k" * 32
    new_entry(ana)

    answers = office.push(ana)

    assert codes(answers) == ["malformed", "applied"]


def test_a_first_item_that_does_not_fit_is_held_alone(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    new_entry(ana, "one")
    new_entry(ana, "two")
    ana.items[0] = ana.items[0] | {"w": "2026-03-02T15:31:09Z"}

    answers = office.push(ana)

    assert codes(answers) == ["bad_hash", "applied"]


@pytest.mark.parametrize("broken", [1, 2])
def test_an_item_that_does_not_fit_behind_a_new_one_refuses_the_batch(
    office: Office, broken: int
) -> None:
    ana = Chain(ANA_PHONE)
    for name in ("one", "two", "three"):
        new_entry(ana, name)
    ana.items[broken] = ana.items[broken] | {"w": "2026-03-02T15:31:09Z"}

    with pytest.raises(BadSignature):
        office.push(ana)

    assert office.working.new_operations == []


def test_a_wrong_signature_refuses_the_batch(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    new_entry(ana)

    with pytest.raises(BadSignature):
        office.push(ana, is_signed=False)


def test_a_different_operation_under_a_known_number_is_a_fork(office: Office) -> None:
    ana, clone = Chain(ANA_PHONE), Chain(ANA_PHONE)
    new_entry(ana, "one")
    new_entry(clone, "one")
    new_entry(ana, "two")
    clone.write("new", "three", {"note": "elsewhere"})
    office.push(ana)

    with pytest.raises(Forked) as refusal:
        office.push(clone)

    assert refusal.value.match_at == 1


def test_a_missing_number_is_a_gap(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    for name in ("one", "two", "three"):
        new_entry(ana, name)

    with pytest.raises(SequenceGap) as before:
        office.push(ana, ana.items[1:])
    with pytest.raises(SequenceGap) as inside:
        office.push(ana, [ana.items[0], ana.items[2]])

    assert (before.value.need, inside.value.need) == (1, 2)


def test_an_unknown_actor_is_nobodys_device(office: Office) -> None:
    stranger = Chain(Actor("zzzzzzzzzz"))
    new_entry(stranger)

    with pytest.raises(NotYourDevice):
        office.push(stranger)


def test_i4_exactly_once_effect_under_another_number(office: Office) -> None:
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    first = office.push(phone)
    copy = {key: value for key, value in phone.items[0].items() if key not in ("q", "h")}
    tablet.append({"q": 1, **copy})

    answers = office.push(tablet)

    assert answers == [{"q": 1, "st": "duplicate", "result": first[0]}]


def test_a_colleague_cannot_make_an_operation_vanish_by_using_its_id(office: Office) -> None:
    ana, ben = Chain(ANA_PHONE), Chain(BEN_PHONE)
    new_entry(ana)
    office.push(ana)
    ben.append(
        {
            "q": 1,
            "id": ana.items[0]["id"],
            "e": entry_id("other"),
            "by": "new",
            "c": {},
            "w": "2026-03-02T15:31:08Z",
        }
    )

    answers = office.push(ben)

    assert codes(answers) == ["malformed"]


def test_a_newer_schema_is_kept_for_later(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    new_entry(ana)

    answers = office.push(ana, schema=2)

    assert codes(answers) == ["schema_unknown"]
    assert office.working.entries == {}


def test_an_item_over_its_size_is_held_as_quota(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    ana.write("new", "pump", {"note": "x" * 17_000})
    new_entry(ana, "other")

    answers = office.push(ana)

    assert codes(answers) == ["quota", "applied"]


def test_a_bug_in_one_item_holds_that_item_alone(office: Office) -> None:
    ana = Chain(ANA_PHONE)
    new_entry(ana, "one")
    new_entry(ana, "two")
    office.working.failed = frozenset(((ANA_PHONE, 1),))

    answers = office.push(ana)

    assert codes(answers) == ["internal", "applied"]
