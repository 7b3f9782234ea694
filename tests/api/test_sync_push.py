"""What a push is answered: refused as a whole, or a verdict for every item."""

from typing import Any

import pytest

from daywork.core.hash_chain import encode_base64url
from support.chain import Chain, allocation, entry_id, interval
from support.crew import Key
from support.door import Door, DoorPhone, refused

MANY = 201


async def operations(phone: DoorPhone) -> int:
    """Return how many operations the server has of this phone."""
    head = {"a": phone.chain.actor, "q": 0, "h": None}
    body = {"proto": [1, 1], "schema": 1, "actors": [head]}
    return int((await phone.ask("POST", "/v1/sync/hello", body)).json()["actors"][0]["q"])


async def test_a_new_entry_is_applied_and_sent_again_is_a_duplicate(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")

    first = await phone.try_push(phone.chain.items)
    again = await phone.try_push(phone.chain.items)

    assert first.json()["actor"] == phone.chain.actor
    assert first.json()["next"] == 2
    result = first.json()["results"][0]
    assert result == {"q": 1, "st": "applied", "rev": result["rev"], "flags": []}
    assert again.json()["results"] == [{"q": 1, "st": "duplicate", "result": result}]


async def test_items_of_one_entry_in_one_batch_carry_one_revision(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    phone.chain.write("edit", "pump", {"note": "valve"}, phone.chain.seen())

    results = await phone.push()

    assert results[0]["rev"] == results[1]["rev"]


async def test_refusals_of_a_batch_come_in_their_order_and_store_nothing(door: Door) -> None:
    ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
    ana.write("pump")
    await ana.push()
    ana.write("roof")
    ana.write("shed", "16:00", "17:00")
    stored, second, third = ana.chain.items
    fork = Chain(ana.chain.actor)
    fork.write("new", "other", {"note": "x"})
    unsigned = {"sig": encode_base64url(bytes(64))}
    changed = third | {"w": "2026-03-02T16:00:00Z"}
    cases: list[tuple[str, dict[str, Any], str | None, tuple[int, str]]] = [
        ("no session", ana.body([second]), None, (401, "auth_expired")),
        ("another's session", ana.body([second], **unsigned), ben.cookie, (403, "not_your_device")),
        ("no signature", ana.body(fork.items, **unsigned), ana.cookie, (401, "bad_signature")),
        (
            "another's key",
            ana.body([third], sig=ben.body([third])["sig"]),
            ana.cookie,
            (401, "bad_signature"),
        ),
        ("another algorithm", ana.body([second], alg="none"), ana.cookie, (401, "bad_signature")),
        ("the last item changed", ana.body([second, changed]), ana.cookie, (401, "bad_signature")),
        ("a fork", ana.body(fork.items), ana.cookie, (409, "forked")),
        ("a gap in front", ana.body([third]), ana.cookie, (409, "gap")),
        ("a hole inside", ana.body([stored, third]), ana.cookie, (409, "gap")),
        ("nothing", ana.body([]), ana.cookie, (400, "malformed_body")),
        ("another grammar", ana.body([second], proto=2), ana.cookie, (400, "proto_unknown")),
        ("too many", ana.body([second] * MANY), ana.cookie, (413, "too_large")),
    ]

    for name, body, cookie, expected in cases:
        answer = await door.send("POST", "/v1/sync/push", body, cookie)
        assert refused(answer) == expected, name
        if expected[1] == "gap":
            assert answer.json()["need"] == 2, name
    assert await operations(ana) == 1
    assert len(await ana.rows()) == 1


async def test_a_fork_names_the_last_number_in_common(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    phone.write("roof", "16:00", "17:00")
    await phone.push()
    fork = Chain(phone.chain.actor)
    fork.append({name: value for name, value in phone.chain.items[0].items() if name != "h"})
    fork.write("new", "other", {"note": "x"})

    answer = await phone.try_push(fork.items)
    foreign = await phone.try_push([fork.items[1]])

    assert refused(answer) == (409, "forked")
    assert (answer.json()["actor"], answer.json()["match_at"]) == (phone.chain.actor, 1)
    assert foreign.json()["match_at"] == 1


async def test_a_first_item_that_does_not_fit_is_held_and_its_hash_counts(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    phone.write("roof", "16:00", "17:00")
    first, second = phone.chain.items

    results = await phone.push_items([first | {"w": "2026-03-02T16:00:00Z"}, second])

    assert [(one["st"], one.get("code")) for one in results] == [
        ("held", "bad_hash"),
        ("applied", None),
    ]


async def test_the_same_operation_under_a_fresh_actor_counts_once(door: Door) -> None:
    phone, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    eve = await door.enrolled("Eve")
    phone.write("pump")
    first = (await phone.push())[0]
    item = {name: value for name, value in phone.chain.items[0].items() if name != "h"}
    tablet.chain.append(dict(item))
    eve.chain.append(dict(item))

    assert (await tablet.push())[0] == {"q": 1, "st": "duplicate", "result": first}
    stolen = (await eve.push())[0]
    assert (stolen["st"], stolen["code"], stolen["field"]) == ("held", "malformed", "id")
    assert len((await phone.rows())[entry_id("pump")]["v"]["time"]) == 1


async def test_what_waited_for_its_cause_is_released_when_the_cause_comes(door: Door) -> None:
    phone, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    phone.write("pump")
    tablet.chain.write("edit", "pump", {"note": "valve"}, phone.chain.seen())
    tablet.chain.write("edit", "pump", {"note": "pump"}, tablet.chain.seen())

    waiting = await tablet.push()
    await phone.push()
    after = (await tablet.try_push(tablet.chain.items)).json()["results"]

    assert [(one["st"], one["code"]) for one in waiting] == [("held", "causal_gap")] * 2
    assert [one["result"]["st"] for one in after] == ["applied"] * 2
    assert (await phone.rows())[entry_id("pump")]["v"]["note"] == ["pump"]


async def test_a_schema_that_is_not_known_is_kept_for_later(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")

    held = (await phone.try_push(phone.chain.items, schema=2)).json()["results"][0]

    assert (held["st"], held["code"]) == ("held", "schema_unknown")
    assert await operations(phone) == 1
    assert await phone.rows() == {}


async def test_a_group_that_is_not_known_is_dropped_and_named(door: Door) -> None:
    phone = await door.enrolled("Ana")
    canary = "52.5200 north"
    phone.write("pump", place={"where": canary})

    result = (await phone.push())[0]

    assert (result["st"], result["dropped"]) == ("applied", ["place"])
    history = await phone.ask("GET", f"/v1/entries/{entry_id('pump')}/history")
    assert canary not in (await phone.ask("GET", "/v1/sync/pull")).text + history.text
    assert (await phone.try_push(phone.chain.items)).json()["results"][0]["st"] == "duplicate"


async def test_an_item_over_its_size_is_held_and_its_neighbours_are_not(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    phone.write("roof", "16:00", "17:00", note="x" * 17_000)
    phone.write("shed", "18:00", "19:00")

    results = await phone.push()

    assert [one.get("code", one["st"]) for one in results] == ["applied", "quota", "applied"]


@pytest.mark.parametrize("kind", ["submit", "recall", "approve", "reject", "revoke"])
async def test_a_decision_on_nothing_is_held(door: Door, kind: str) -> None:
    boss = await door.enrolled("Max", "manager")
    digest = "sha256:" + "A" * 43
    boss.chain.write(kind, "nothing", {"reason": "no"}, dg=digest)

    assert (await boss.push())[0]["code"] == "unknown_ref"


async def test_what_one_may_not_see_does_not_exist(door: Door) -> None:
    ana, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    other = (await door.office("org create", name="Other", time_zone="UTC", currency="EUR"))["id"]
    mallory = await door.enrolled("Mallory", "office", organisation=other)
    ana.write("pump")
    await ana.push()
    for phone in (eve, mallory):
        phone.chain.write("edit", "pump", {"note": "mine"}, ana.chain.seen())
        phone.chain.write("edit", "nothing", {"note": "mine"})

    eves = await eve.push()
    mallorys = await mallory.push()

    assert {name: value for name, value in eves[0].items() if name != "q"} == {
        name: value for name, value in eves[1].items() if name != "q"
    }
    assert eves[0]["code"] == "unknown_ref"
    # Of another organisation's phone nothing is known either: its cause never comes.
    assert [one["code"] for one in mallorys] == ["causal_gap", "unknown_ref"]
    mallory.write("pump")
    assert (await mallory.push())[0]["st"] in ("applied", "held")
    assert "note" not in (await ana.rows())[entry_id("pump")]["v"]


async def test_a_former_actor_of_the_same_person_may_still_push(door: Door) -> None:
    old, new = await door.enrolled("Ana"), await door.enrolled("Ana")
    old.write("pump")

    answer = await new.ask("POST", "/v1/sync/push", old.body(old.chain.items))

    assert answer.json()["results"][0]["st"] == "applied"


async def test_a_project_must_be_known_here(door: Door) -> None:
    other = (await door.office("org create", name="Other", time_zone="UTC", currency="EUR"))["id"]
    theirs = (await door.office("project add", name="Theirs", organisation=other))["id"]
    ours = (await door.office("project add", name="Roof", organisation=door.organisation))["id"]
    phone = await door.enrolled("Ana")
    for project in (ours, theirs, "nothing"):
        values = {"time": interval("07:00", "15:00"), "alloc": allocation(project)}
        phone.chain.write("new", project, values)

    results = await phone.push()

    assert [one.get("code", one["st"]) for one in results] == ["applied"] + ["unknown_ref"] * 2


async def test_a_key_of_another_device_signs_for_nobody_else(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    phone.key = Key()

    assert refused(await phone.try_push(phone.chain.items)) == (401, "bad_signature")
