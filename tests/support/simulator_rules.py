"""What must hold when a story has healed: the invariants of the sync protocol.

Each check names its rule first in what it says. The server is read from outside: the
log and the rows of its database, and what it answers to phones.
"""

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from daywork.core.approval import Decision, standing
from daywork.core.hash_chain import encode_base64url
from daywork.core.ids import PersonId
from daywork.core.merge import projected
from support.simulator_log import Logged, Stored, read_stored
from support.simulator_phone import Phone
from support.simulator_world import World

BUCKETS = ("live", "superseded", "sibling", "held", "late", "amendment", "void")


async def check(world: World) -> Counter[str]:
    """Check all rules; return how many time operations are in which bucket.

    Raises: AssertionError that begins with the broken rule's name.
    """
    stored = await read_stored(world.server.copies)
    check_i1_nothing_is_lost(world, stored)
    check_i12_no_queue_is_stuck(world, stored)
    check_i10_nobody_speaks_for_another(world, stored)
    false_conflicts = check_i3_nothing_is_silently_overwritten(world, stored)
    check_i4_nothing_is_doubled(stored)
    check_i5_rows_are_projections(stored)
    check_i7_status_has_no_order(stored, world.seed)
    check_i9_no_time_is_invented(stored)
    check_approvals_are_of_what_was_seen(world, stored)
    buckets = check_i8_every_time_is_somewhere(world, stored)
    await check_i8_the_office_counts_the_same(world, buckets)
    await check_i2_all_agree(world, stored)
    await check_i4_sending_again_changes_nothing(world, stored)
    buckets["false conflicts"] = false_conflicts
    return buckets


def check_i1_nothing_is_lost(world: World, stored: Stored) -> None:
    """Every operation in a surviving archive is in the log, once by its id."""
    counts = Counter(one.id for one in stored.log if not one.is_alias)
    for phone in world.phones:
        for written in phone.archive:
            assert counts[written.id] == 1, f"no_lost_op: {written.id} of {phone.name}"
    assert set(counts.values()) <= {1}, "no_lost_op: an operation is stored twice"


def check_i12_no_queue_is_stuck(world: World, stored: Stored) -> None:
    """Each chain is stored to its end, without a gap, as it was acknowledged."""
    for phone in world.phones:
        for actor, chain in phone.chains.items():
            if chain:
                is_stored = stored.last_numbers[actor] >= len(chain)
                assert is_stored, f"no_stuck_queue: {phone.name}"
    numbers = Counter(one.actor for one in stored.log)
    assert all(stored.last_numbers[actor] == count for actor, count in numbers.items())
    assert {one.dot for one in stored.log} == world.log.keys(), "ack_is_durable"
    waiting = [one.id for one in stored.log if one.held_code == "causal_gap"]
    assert not waiting, f"no_stuck_queue: {waiting} still wait"


def check_i10_nobody_speaks_for_another(world: World, stored: Stored) -> None:
    """Each operation was signed by a phone of the person to whom it is attributed."""
    names = {person_id: name for name, person_id in world.people.items()}
    for one in stored.log:
        key = (one.actor, one.number, encode_base64url(one.chain_hash))
        assert key in world.signed, "own component: nobody signed this"
        assert names[one.person] == world.owners[one.actor], "author binding"
    for row in stored.rows.values():
        for actor, (number, mark) in row["vv"].items():
            chain_hash = stored.hashes[(actor, number)]
            assert encode_base64url(chain_hash).startswith(mark), "own component"


def check_i3_nothing_is_silently_overwritten(world: World, stored: Stored) -> int:
    """A value left its row only through somebody who had really seen it.

    Return how many values live on although somebody who saw them wrote.
    """
    false_conflicts = 0
    for entry, row in stored.rows.items():
        operations = stored.of(entry)
        for one in operations:
            for group in one.groups:
                was_replaced = any(
                    group in other.groups and one.id in world.truth[(other.id, group)]
                    for other in operations
                )
                is_live = list(one.dot) in _dots(row, group)
                false_conflicts += is_live and was_replaced
                assert is_live or was_replaced, f"no_silent_overwrite: {group} of {one.id}"
    return false_conflicts


def check_i4_nothing_is_doubled(stored: Stored) -> None:
    """No operation stands twice in one group."""
    ids = {one.dot: one.id for one in stored.log}
    for row in stored.rows.values():
        for group in row["v"]:
            live = [ids[(actor, number)] for actor, number in _dots(row, group)]
            assert len(set(live)) == len(live), "exactly_once_effect"


def check_i5_rows_are_projections(stored: Stored) -> None:
    """Each row is what its operations mean, and its clock holds their dots only."""
    for entry, row in stored.rows.items():
        operations = stored.of(entry)
        cells = projected(stored.change(one) for one in operations if one.groups)
        for group in ("time", "alloc", "note", "life"):
            live = cells.get(group, {})
            assert row["v"].get(group, []) == [live[dot] for dot in sorted(live)], (
                "apply == project"
            )
        highest: dict[str, int] = {}
        for one in operations:
            highest[one.actor] = max(highest.get(one.actor, 0), one.number)
        assert {actor: number for actor, (number, _) in row["vv"].items()} == highest, (
            "own component"
        )


def check_i7_status_has_no_order(stored: Stored, seed: int) -> None:
    """Status and approved version are the same in any order of what happened."""
    chance = random.Random(seed)
    for entry, row in stored.rows.items():
        operations = stored.of(entry)
        changes = [stored.change(one) for one in operations if one.groups]
        decisions = [_decision(stored, one) for one in operations if "dg" in one.item]
        chance.shuffle(changes)
        chance.shuffle(decisions)
        stands = standing(changes, decisions)
        digest = None if stands.approved is None else stands.approved.digest
        said = None if row["approved"] is None else row["approved"]["dg"]
        assert (row["status"], said) == (str(stands.status), digest), f"status order-free: {entry}"


def check_i8_every_time_is_somewhere(world: World, stored: Stored) -> Counter[str]:
    """Each operation that writes a time is in exactly one bucket; count them."""
    buckets: Counter[str] = Counter()
    for one in stored.log:
        if one.is_alias or "time" not in one.groups:
            continue
        found = [name for name in BUCKETS if _is_in(name, world, stored, one)]
        assert len(found) == 1, f"conservation: {one.id} is in {found}"
        buckets[found[0]] += 1
    return buckets


async def check_i8_the_office_counts_the_same(world: World, buckets: Counter[str]) -> None:
    """``daywork conserve`` finds as many times as we do, and no row that is wrong.

    It tells places apart by what is payable, we by what was seen: what is held, and the
    sum of the others, must be equal.
    """
    said = await world.server.office("conserve", organisation=str(world.server.organisation))
    assert said["whole"], f"conservation: {said}"
    counts = {name: place["operations"] for name, place in said["buckets"].items()}
    assert counts.pop("held") == buckets["held"], f"conservation: {counts}"
    others = sum(count for name, count in buckets.items() if name != "held")
    assert sum(counts.values()) == others, f"conservation: {counts} and {buckets}"


def check_i9_no_time_is_invented(stored: Stored) -> None:
    """Each time shown or approved is one operation's value, bit for bit."""
    for entry, row in stored.rows.items():
        written = [one.item["s"]["time"]["v"] for one in stored.of(entry) if "time" in one.groups]
        shown = list(row["v"].get("time", ()))
        if row["approved"] is not None:
            shown.append(row["approved"]["v"]["time"])
        assert all(value in written for value in shown), "no_invented_time"


def check_approvals_are_of_what_was_seen(world: World, stored: Stored) -> None:
    """What counts as approved stood on an approver's screen as it is."""
    for entry, row in stored.rows.items():
        if row["approved"] is None:
            continue
        seen = [world.approvals[one.id] for one in stored.of(entry) if one.item["by"] == "approve"]
        assert row["approved"]["v"] in seen, "unseen content approved"


async def check_i2_all_agree(world: World, stored: Stored) -> None:
    """Each phone shows what a fresh pull gives it, and that is what the server has."""
    for phone in world.phones:
        fresh = await _fresh_rows(world, phone)
        assert phone.rows == fresh, f"convergence: {phone.name}"
        visible = {
            entry: row
            for entry, row in stored.rows.items()
            if entry not in stored.deleted and _is_visible(world, phone, row)
        }
        assert fresh.keys() == visible.keys(), f"scope safety: {phone.name}"
        for entry, row in visible.items():
            assert {"id": entry, **row} == fresh[entry], f"convergence: {entry}"


async def check_i4_sending_again_changes_nothing(world: World, stored: Stored) -> None:
    """Every chain again, from its first operation: stored results, and no effect."""
    for phone in world.phones:
        for chain in phone.chains.values():
            if not chain:
                continue
            answer = await world.server.ask(
                "POST", "/v1/sync/push", phone.batch(chain), phone.cookie
            )
            assert answer.status == 200, answer.body
            kinds = {result["st"] for result in answer.body["results"]}
            assert kinds == {"duplicate"}, "exactly_once_effect: again"
    assert await read_stored(world.server.copies) == stored, (
        "exactly_once_effect: something changed"
    )


def _is_in(bucket: str, world: World, stored: Stored, one: Logged) -> bool:
    if one.held_code is not None:
        return bucket == "held"
    row = stored.rows[one.item["e"]]
    if list(one.dot) not in _dots(row, "time"):
        operations = stored.of(one.item["e"])
        was_seen = any(
            "time" in other.groups and one.id in world.truth[(other.id, "time")]
            for other in operations
        )
        return bucket == "superseded" and was_seen
    if one.item["e"] in stored.deleted:
        return bucket == "void"
    if one.result["st"] == "late":
        return bucket == "late"
    if "conflict:time" in row["flags"]:
        return bucket == "sibling"
    is_pending = row["approved"] is not None and row["approved"]["v"]["time"] != row["v"]["time"][0]
    return bucket == ("amendment" if is_pending else "live")


def _decision(stored: Stored, one: Logged) -> Decision:
    return Decision(
        dot=one.dot,
        kind=one.item["by"],
        context=stored.context(one),
        digest=one.item["dg"],
        person=PersonId(one.person),  # type: ignore[arg-type]
        is_authorised=True,
        received_at=one.received_at,
    )


async def _fresh_rows(world: World, phone: Phone) -> dict[str, Mapping[str, Any]]:
    rows: dict[str, Mapping[str, Any]] = {}
    place = ""
    while True:
        path = f"/v1/sync/pull?limit=2{place}"
        answer = await world.server.ask("GET", path, None, phone.cookie)
        assert answer.status == 200, answer.body
        rows |= {row["id"]: row for row in answer.body["rows"]}
        if not answer.body["more"]:
            return rows
        place = f"&cursor={answer.body['cursor']}"


def _is_visible(world: World, phone: Phone, row: Mapping[str, Any]) -> bool:
    return phone.person == "Max" or row["owner"] == world.people[phone.person]


def _dots(row: Mapping[str, Any], group: str) -> list[list[Any]]:
    if group not in row["v"]:
        return []
    dots: list[list[Any]] = row["dots"].get(group, [row["d"]])
    return dots


def _dot_of(cell: tuple[Any, Any]) -> Any:
    return cell[0]
