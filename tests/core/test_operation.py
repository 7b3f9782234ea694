"""What one item of a push says, or why it is held."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.hash_chain import GENESIS
from daywork.core.ids import Actor
from daywork.core.operation import (
    Operation,
    read_item,
    read_operation,
    recomputed_hash,
)
from daywork.core.verdict import Held
from support.strategies import json_values, law
from support.vectors import vectors

HASH = vectors("hash")
ACTOR = Actor(HASH["actor"])
NEW = HASH["operations"][0]["op"]
SUBMIT = HASH["operations"][1]["op"]
SALT = "AQEBAQEBAQEBAQEBAQEBAQ"

Spoil = Callable[[dict[str, Any]], object]


def item(source: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return a copy of a vector's item with other members."""
    return copy.deepcopy(source) | members


def without(source: dict[str, Any], member: str) -> dict[str, Any]:
    """Return a copy of a vector's item less one member."""
    return {name: part for name, part in copy.deepcopy(source).items() if name != member}


def group(value: Any, salt: Any = SALT) -> dict[str, Any]:
    """Return a group as the wire spells it."""
    return {"v": value, "n": salt}


def test_a_change_is_read_with_all_its_parts() -> None:
    operation = read_operation(ACTOR, NEW)

    assert isinstance(operation, Operation)
    assert operation.dot == (ACTOR, 1)
    assert str(operation.id) == NEW["id"]
    assert f"te:{operation.entry_id}" == NEW["e"]
    assert (operation.kind, operation.is_decision) == ("new", False)
    assert operation.context == {}
    assert operation.values == {name: part["v"] for name, part in NEW["s"].items()}
    assert operation.written == operation.values
    assert {name: part.hex() for name, part in operation.leaves.items()} == (
        HASH["operations"][0]["leaves_hex"]
    )
    assert operation.digest is None
    assert operation.written_at == NEW["w"]
    assert operation.dropped == ()


def test_a_decision_is_read_with_context_and_digest_and_writes_nothing() -> None:
    reason = {"reason": group("Which site?")}

    operation = read_operation(ACTOR, item(SUBMIT, by="reject", s=reason))

    assert isinstance(operation, Operation)
    assert (operation.kind, operation.is_decision) == ("reject", True)
    assert operation.context == {ACTOR: (1, "VrjyK6")}
    assert operation.digest == HASH["digest"]
    assert operation.values == {"reason": "Which site?"}
    assert operation.written == {}


@pytest.mark.parametrize("kind", ["new", "edit", "resolve", "delete", "restore"])
def test_every_kind_of_change_is_read(kind: str) -> None:
    assert isinstance(read_operation(ACTOR, item(NEW, by=kind)), Operation)


@pytest.mark.parametrize("kind", ["submit", "recall", "approve", "revoke"])
def test_every_kind_of_decision_is_read_without_a_reason(kind: str) -> None:
    assert isinstance(read_operation(ACTOR, item(SUBMIT, by=kind)), Operation)


def test_members_that_nobody_knows_are_ignored() -> None:
    assert read_operation(ACTOR, item(NEW, sg="x", more=[1])) == read_operation(ACTOR, NEW)


def test_unknown_groups_are_dropped_while_their_leaves_stay() -> None:
    photo = "att:0195a7e2-0000-7000-8000-0000000000cc"
    groups = NEW["s"] | {"site": group({"lat": 1}), photo: group(None)}

    operation = read_operation(ACTOR, item(NEW, s=groups))

    assert isinstance(operation, Operation)
    assert operation.dropped == (photo, "site")
    assert operation.values.keys() == NEW["s"].keys()
    assert operation.leaves.keys() == groups.keys()


def test_a_reason_belongs_to_decisions_only() -> None:
    operation = read_operation(ACTOR, item(NEW, s=NEW["s"] | {"reason": group("why")}))

    assert isinstance(operation, Operation)
    assert operation.dropped == ("reason",)


def test_an_entry_for_another_person_waits_for_a_later_schema() -> None:
    groups = NEW["s"] | {"own": group({"person": "someone"})}

    assert read_operation(ACTOR, item(NEW, s=groups)) == Held("schema_unknown", "own")


def test_an_operation_may_write_nothing() -> None:
    absent = read_operation(ACTOR, without(NEW, "s"))
    empty = read_operation(ACTOR, item(NEW, s={}))

    assert isinstance(absent, Operation)
    assert absent == empty


BAD_ENTRIES: list[Any] = [
    None,
    7,
    "te:",
    "0195a7e2-0000-7000-8000-0000000000aa",
    "xx:0195a7e2-0000-7000-8000-0000000000aa",
    "te:0195A7E2-0000-7000-8000-0000000000AA",
    "te:0195a7e2000070008000000000000 0aa",
    "te:0195a7e20000700080000000000000aa",
    "te:0195a7e2-0000-7000-8000-0000000000aa\n",
]
BAD_IDS: list[Any] = [None, 7, "", [], "0195A7E2-0000-7000-8000-000000000001", "{0195a7e2}"]
BAD_INSTANTS: list[Any] = [
    None,
    7,
    "",
    "2026-03-02T15:31:08",
    "2026-03-02T15:31:08.5Z",
    "2026-02-30T00:00:00Z",
]
BAD_CONTEXTS: list[Any] = [
    None,
    [],
    "x",
    {ACTOR: 1},
    {ACTOR: [1]},
    {ACTOR: [1, "VrjyK6", 0]},
    {ACTOR: ["1", "VrjyK6"]},
    {ACTOR: [True, "VrjyK6"]},
    {ACTOR: [0, "VrjyK6"]},
    {ACTOR: [-1, "VrjyK6"]},
    {"bbbbbbbbbb": [2**53, "VrjyK6"]},
    {"bbbbbbbbbb": [1, "VrjyK"]},
    {"bbbbbbbbbb": [1, "VrjyK69"]},
    {"bbbbbbbbbb": [1, "Vrjy+6"]},
    {"bbbbbbbbbb": [1, None]},
    {"bbb": [1, "VrjyK6"]},
    {"BBBBBBBBBB": [1, "VrjyK6"]},
    {ACTOR: [2, "VrjyK6"]},  # its own number, and
    {ACTOR: [3, "VrjyK6"]},  # one that it will give later
    {f"{number:010}": [1, "VrjyK6"] for number in range(33)},
]
BAD_DIGESTS: list[Any] = [
    None,
    7,
    "",
    "sha256:",
    HASH["digest"] + "=",
    HASH["digest"][7:],
    "sha256:" + "B" * 43,
]
BAD_GROUPS: list[Any] = [
    None,
    [],
    "x",
    {"time": None},
    {"time": {"v": 1}},
    {"time": {"n": SALT}},
    {"time": group(1) | {"more": 1}},
    {"time": group(1, None)},
    {"time": group(1, SALT + "==")},
    {"time": group(1, SALT[:-1])},
    {"time": group(1, SALT[:-1] + "B")},
    {"Time": group(1)},
    {"": group(1)},
    {"1st": group(1)},
    {"z\u00e9it": group(1)},
    {"att:": group(1)},
    {"att:a b": group(1)},
    {"a" * 33: group(1)},
    {"__proto__": group(1)},
]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *[("by", value) for value in (None, 7, "", "approve ", "New", ["new"])],
        *[("e", value) for value in BAD_ENTRIES],
        *[("id", value) for value in BAD_IDS],
        *[("w", value) for value in BAD_INSTANTS],
        *[("c", value) for value in BAD_CONTEXTS],
        *[("dg", value) for value in BAD_DIGESTS],
        *[("s", value) for value in BAD_GROUPS],
        *[("q", value) for value in (0, -1, 2**53, "2", True)],
        *[("h", value) for value in ("A" * 42 + "B", "+" * 43)],
    ],
)
def test_an_item_with_a_misspelled_member_is_held_for_that_member(member: str, value: Any) -> None:
    source = item(SUBMIT, by="edit")

    assert read_operation(ACTOR, item(source, **{member: value})) == Held("malformed", member)


@pytest.mark.parametrize("member", ["by", "e", "id", "w", "c", "q", "h"])
def test_an_item_that_lacks_a_member_is_held_for_it(member: str) -> None:
    assert read_operation(ACTOR, without(NEW, member)) == Held("malformed", member)


def test_texts_that_only_join_well_are_still_held() -> None:
    # Joined by spaces these would read like a well spelled item.
    split = item(NEW, by=f"new {NEW['e']}", e=NEW["id"], id="")

    assert read_operation(ACTOR, split) == Held("malformed", "by")


def test_32_components_are_still_taken() -> None:
    context = {f"{number:010}": [1, "VrjyK6"] for number in range(32)}

    assert isinstance(read_operation(ACTOR, item(NEW, c=context)), Operation)


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (without(SUBMIT, "dg"), "dg"),
        (item(SUBMIT, s={"note": group("x")}), "s"),
        (item(SUBMIT, s={"reason": group("x"), "note": group("x")}), "s"),
        (item(SUBMIT, by="reject"), "s.reason"),
        (item(SUBMIT, by="reject", s={}), "s.reason"),
    ],
)
def test_a_decision_without_its_parts_is_held(decision: dict[str, Any], field: str) -> None:
    assert read_operation(ACTOR, decision) == Held("malformed", field)


@pytest.mark.parametrize("position", [0, 1])
def test_the_hash_of_a_vector_is_recomputed(position: int) -> None:
    vector = HASH["operations"][position]

    reading = read_item(ACTOR, vector["op"])
    chain_hash = reading.chain_hash(bytes.fromhex(vector["prev_hex"]))

    assert chain_hash is not None
    assert chain_hash.hex() == vector["h_hex"]
    assert reading.operation == read_operation(ACTOR, vector["op"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sent: sent.update(q=3),
        lambda sent: sent.update(by="edit"),
        lambda sent: sent.update(w="2026-03-02T15:31:09Z"),
        lambda sent: sent.update(c={"bbbbbbbbbb": [1, "VrjyK6"]}),
        lambda sent: sent.update(dg=HASH["digest"]),
        lambda sent: sent["s"]["note"].update(v="pump 5"),
        lambda sent: sent["s"]["note"].update(n=SALT),
        lambda sent: sent["s"].pop("note"),
        lambda sent: sent["s"].update(site=group(1)),
        lambda sent: sent["s"]["time"]["v"].update(more=1),
    ],
)
def test_whatever_is_changed_changes_the_hash(spoil: Spoil) -> None:
    spoiled = item(NEW)
    spoil(spoiled)

    result = recomputed_hash(ACTOR, spoiled, GENESIS)

    assert result is not None
    assert result.hex() != HASH["operations"][0]["h_hex"]


def test_another_actor_and_another_predecessor_change_the_hash() -> None:
    right = recomputed_hash(ACTOR, NEW, GENESIS)

    assert recomputed_hash(Actor("bbbbbbbbbb"), NEW, GENESIS) != right
    assert recomputed_hash(ACTOR, NEW, b"\x01" * 32) != right


def test_absent_and_empty_groups_hash_alike() -> None:
    absent = recomputed_hash(ACTOR, without(NEW, "s"), GENESIS)

    assert absent is not None
    assert recomputed_hash(ACTOR, item(NEW, s={}), GENESIS) == absent


def test_members_that_nobody_knows_are_not_hashed() -> None:
    assert recomputed_hash(ACTOR, item(NEW, sg="x"), GENESIS) == recomputed_hash(
        ACTOR, NEW, GENESIS
    )


@pytest.mark.parametrize(
    "broken",
    [
        *[without(NEW, member) for member in ("by", "c", "e", "id", "q", "w")],
        item(NEW, dg=None),
        item(NEW, s=[]),
        item(NEW, s=None),
        item(NEW, s={"time": 1}),
        item(NEW, s={"time": []}),
        item(NEW, s={"time": {"v": 1}}),
        item(NEW, s={"time": {"n": SALT}}),
        item(NEW, s={"time": group(1, SALT + "==")}),
        item(NEW, s={"z\u00e9it": group(1)}),
        item(NEW, s={"time": group("\ud800")}),
    ],
)
def test_where_no_hash_is_defined_there_is_none(broken: dict[str, Any]) -> None:
    assert recomputed_hash(ACTOR, broken, GENESIS) is None
    assert isinstance(read_item(ACTOR, broken).operation, Held)


@law
@given(
    st.sampled_from(["q", "id", "e", "by", "c", "s", "w", "dg", "h"]),
    json_values,
)
def test_an_item_with_any_value_anywhere_is_read_or_held_and_never_an_error(
    member: str, value: Any
) -> None:
    strange = item(NEW, **{member: value})

    outcome = read_operation(ACTOR, strange)
    reading = read_item(ACTOR, strange)

    assert isinstance(outcome, Operation) or outcome.code == "malformed"
    assert reading.operation == outcome or reading.added is None
