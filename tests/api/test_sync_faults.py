"""Faults at the door of the protocol, by the numbers that the design gives them."""

import asyncio
import gzip
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from daywork.api.rate_limit import RateLimit
from daywork.core.hash_chain import encode_base64url
from daywork.store.database import Database
from daywork.store.devices import DeviceRow
from daywork.store.unit_of_work import UnitOfWork
from support.chain import Chain, entry_id, interval
from support.door import Door, DoorPhone, opened_door, refused, row_digest

ROW_BYTES_MAX = 16_384
BAD_VALUES: dict[str, tuple[dict[str, Any], str]] = {
    "a text for a time": ({"time": "noon"}, "value_invalid"),
    "an end before its start": ({"time": interval("09:00", "08:00")}, "value_invalid"),
    "a member nobody knows": (
        {"time": interval("07:00", "08:00") | {"__proto__": {"admin": True}}},
        "value_invalid",
    ),
    "a note of 17 KiB": ({"note": "x" * 17_408}, "quota"),
    "a project nobody has": (
        {"alloc": {"project": str(UUID(int=9)), "task": None, "billable": True, "kind": "work"}},
        "unknown_ref",
    ),
}


async def alarms(door: Door) -> dict[str, int]:
    """Return what an operator sees: kind -> times."""
    return {one["kind"]: one["count"] for one in (await door.office("alarms"))["alarms"]}


async def test_f12_two_hundred_stale_approvals_are_answered_one_by_one(door: Door) -> None:
    """Approved within a day of the last look, sent ten days later, 30 changed meanwhile."""
    ana, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    for number in range(200):
        hour, minute = divmod(number * 5, 60)
        ana.write(f"e{number}", f"{hour:02}:{minute:02}", f"{hour:02}:{minute + 4:02}")
    await ana.push()
    seen = await max_.rows()
    for number in range(30):
        later = {"time": interval("20:00", "21:00")}
        ana.chain.write("edit", f"e{number}", later, ana.chain.seen(number + 1))
    await ana.push()

    for number in range(200):
        row = seen[entry_id(f"e{number}")]
        max_.chain.write("approve", f"e{number}", {}, row["vv"], dg=row_digest(row))
    answers = await max_.push()

    assert [answer["st"] for answer in answers] == ["applied"] * 200
    assert [answer.get("note") for answer in answers] == ["superseded"] * 30 + [None] * 170
    statuses = [row["status"] for row in (await max_.rows()).values()]
    assert statuses.count("approved") == 170
    assert statuses.count("approved+amendment") == 30


@pytest.mark.parametrize("name", BAD_VALUES)
async def test_f15_a_bad_value_is_held_and_the_next_operation_is_applied(
    door: Door, name: str
) -> None:
    phone = await door.enrolled("Ana")
    values, code = BAD_VALUES[name]
    phone.chain.write("new", "bad", values)
    phone.write("good")

    bad, good = await phone.push()

    assert (bad["st"], bad["code"]) == ("held", code)
    assert good["st"] == "applied"
    assert len(await phone.rows()) == 1
    again = await phone.push_items(phone.chain.items)
    assert [one["result"].get("code") for one in again] == [code, None], "what is held is kept"


@pytest.mark.parametrize(
    "body",
    [
        b'{"proto":1,"schema":1,"proto":1}',
        b'{"proto":NaN}',
        b'{"proto":1e999}',
        b'{"proto":"\\ud800"}',
        b"[" * 17 + b"]" * 17,
        b"\xff\xfe{",
    ],
)
async def test_f15_a_body_without_one_meaning_stores_nothing(door: Door, body: bytes) -> None:
    phone = await door.enrolled("Ana")

    answer = await phone.door.send("POST", "/v1/sync/push", body, phone.cookie)

    assert refused(answer) == (400, "malformed_body")
    assert await phone.rows() == {}


async def test_i12_no_stuck_queue_every_item_gets_an_answer_whatever_it_holds(
    door: Door,
) -> None:
    phone = await door.enrolled("Ana")
    for name, (values, _) in BAD_VALUES.items():
        phone.chain.write("new", name, values)
    for kind in ("edit", "approve", "no such kind"):
        phone.chain.write(kind, "nowhere", {}, dg="sha256:" + "A" * 43)
    broken = phone.chain.write("new", "without an hour", {"time": interval("07:00", "08:00")})
    del broken["e"]
    broken["h"] = encode_base64url(b"x" * 32)
    phone.chain.last_hash = b"x" * 32
    phone.write("last")

    answers = await phone.push()

    assert [answer["q"] for answer in answers] == list(range(1, len(phone.chain.items) + 1))
    assert answers[-1]["st"] == "applied"
    assert {answer["st"] for answer in answers[:-1]} == {"held"}
    phone.write("after all", "18:00", "19:00")
    assert [answer["st"] for answer in await phone.push()] == ["applied"], "the chain goes on"


async def test_f16_forged_operations_change_nothing_and_an_operator_sees_it(door: Door) -> None:
    ana, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    ana.write("pump")
    await ana.push()
    before = await ana.rows()
    forged = Chain(ana.chain.actor, list(ana.chain.items), ana.chain.last_hash)
    forged.write("edit", "pump", {"time": interval("07:00", "23:00")}, ana.chain.seen())

    others_key = eve.body(forged.items[1:], actor=ana.chain.actor)
    assert refused(await ana.ask("POST", "/v1/sync/push", others_key)) == (401, "bad_signature")
    others_session = ana.body(forged.items[1:])
    assert refused(await eve.ask("POST", "/v1/sync/push", others_session)) == (
        403,
        "not_your_device",
    )
    rewritten = Chain(ana.chain.actor)
    rewritten.write("new", "pump", {"time": interval("07:00", "23:00")})
    history = ana.body(rewritten.items)
    assert refused(await ana.ask("POST", "/v1/sync/push", history)) == (409, "forked")

    assert await ana.rows() == before
    assert await alarms(door) == {"bad_signature": 1, "not_your_device": 1, "forked": 1}


async def test_f16_a_claimed_future_and_a_wrong_hash_are_held_and_told(door: Door) -> None:
    ana = await door.enrolled("Ana")
    ana.write("pump")
    await ana.push()
    own_future: dict[str, Any] = {ana.chain.actor: [99, "AAAAAA"]}
    ana.chain.write("edit", "pump", {"note": "from the future"}, own_future)
    assert (await ana.push())[0]["code"] == "malformed"
    first = ana.chain.write("edit", "pump", {"note": "changed on its way"}, ana.chain.seen(1))
    ana.chain.write("edit", "pump", {"note": "fits"}, ana.chain.seen(1))
    first["w"] = "2026-03-02T15:31:09Z"

    answers = await ana.push()

    assert answers[0]["code"] == "bad_hash"
    assert answers[1]["st"] == "applied"
    (row,) = (await ana.rows()).values()
    assert row["v"]["note"] == ["fits"]
    assert await alarms(door) == {"context": 1, "bad_hash": 1}


async def test_f16_a_push_replayed_in_another_organisation_is_nobodys(door: Door) -> None:
    ana = await door.enrolled("Ana")
    ana.write("pump")
    body = ana.body(ana.chain.items)
    await ana.push()
    other = await door.office("org create", name="Other", time_zone="UTC", currency="EUR")
    door.organisation = other["id"]
    eve = await door.enrolled("Eve")

    assert refused(await eve.ask("POST", "/v1/sync/push", body)) == (403, "not_your_device")
    assert await eve.rows() == {}
    told = (await door.office("alarms", organisation="Other"))["alarms"]
    assert [(one["kind"], one["device"]) for one in told] == [("not_your_device", eve.chain.actor)]


async def test_f16_a_gzip_bomb_is_refused_before_it_unfolds(door: Door) -> None:
    ana = await door.enrolled("Ana")
    bomb = gzip.compress(b" " * 50_000_000)

    answer = await door.send("POST", "/v1/sync/push", bomb, ana.cookie, Content_Encoding="gzip")

    assert refused(answer) == (413, "too_large")


async def test_f17_a_session_that_ends_in_mid_drain_loses_nothing(door: Door) -> None:
    phone = await door.enrolled("Ana")
    for number in range(4):
        phone.write(f"e{number}", f"{number + 7:02}:00", f"{number + 7:02}:30")
    await phone.push_items(phone.chain.items[:2])
    assert (await phone.ask("DELETE", "/v1/session")).status_code == 204

    assert refused(await phone.try_push(phone.chain.items[2:])) == (401, "auth_expired")

    actor = phone.chain.actor
    asked = await door.send("POST", "/v1/sessions/challenge", {"actor": actor})
    nonce = asked.json()["nonce"]
    signed = phone.key.signed(f"daywork-session-v1\n{actor}\n{nonce}".encode())
    renewed = await door.send(
        "POST", "/v1/sessions", {"actor": actor, "nonce": nonce, "sig": signed}
    )
    phone.cookie = renewed.headers["Set-Cookie"].split(";")[0]
    assert [one["st"] for one in await phone.push_items(phone.chain.items)] == [
        "duplicate",
        "duplicate",
        "applied",
        "applied",
    ]
    assert len(await phone.rows()) == 4


async def test_f19_a_crowd_that_comes_back_at_once_is_served_or_asked_to_come_again(
    database: Database, now: datetime
) -> None:
    """60 phones, each with more pushes than a burst allows; all of it arrives in the end."""
    async with opened_door(database, now, push_limit=RateLimit(2)) as door:
        phones = [await door.enrolled(f"Worker {number}") for number in range(60)]
        for phone in phones:
            for hour in ("07", "08", "09"):
                phone.write(f"{phone.chain.actor} {hour}", f"{hour}:00", f"{hour}:30")

        async def one(phone: DoorPhone, position: int) -> int:
            answer = await phone.try_push(phone.chain.items[position : position + 1])
            if answer.status_code == 429:
                assert int(answer.headers["Retry-After"]) >= 1
            return answer.status_code

        statuses = [
            await asyncio.gather(*(one(phone, position) for phone in phones))
            for position in range(3)
        ]
        door.moment.now += timedelta(minutes=1)
        again = await asyncio.gather(*(one(phone, 2) for phone in phones))
        counts = [len(await phone.rows()) for phone in phones]

    assert statuses == [[200] * 60, [200] * 60, [429] * 60]
    assert again == [200] * 60
    assert counts == [3] * 60


async def test_f22_a_flood_of_versions_leaves_eight_live_ones_and_a_small_row(
    door: Door,
) -> None:
    owner = await door.enrolled("Ana")
    owner.write("pump")
    await owner.push()
    seen = owner.chain.seen()
    phones = [await door.enrolled("Ana") for _ in range(100)]
    codes = []
    for number, phone in enumerate(phones):
        time = {"time": interval(f"{number % 12 + 1:02}:{number % 60:02}", "15:00")}
        phone.chain.write("edit", "pump", time, seen)
        codes += [answer.get("code") for answer in await phone.push()]

    (row,) = (await owner.rows()).values()
    assert len(row["v"]["time"]) == 8
    assert codes == [None] * 8 + ["quota"] * 92
    assert len(json.dumps(row).encode()) < ROW_BYTES_MAX
    history = (await owner.ask("GET", f"/v1/entries/{entry_id('pump')}/history")).json()
    assert len(history["operations"]) == 101, "the rest is kept in the history"


async def test_i10_own_component_a_row_advances_by_signed_operations_of_that_device_only(
    door: Door,
) -> None:
    """Contexts claim what they like: the row's clock holds the dots of stored operations."""
    ana, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    ana.write("pump")
    await ana.push()
    tablet.write("shed", "16:00", "17:00")
    await tablet.push()
    # True of another entry: the tablet never touched this one.
    claims = ana.chain.seen() | tablet.chain.seen()
    ana.chain.write("edit", "pump", {"note": "claims"}, claims)
    assert [answer["st"] for answer in await ana.push()] == ["applied"]

    row = (await ana.rows())[entry_id("pump")]

    assert row["vv"] == {ana.chain.actor: ana.chain.mark()}
    heads = await door.database.read(
        lambda unit: {
            one.actor: one.last_sequence_number for one in unit.session.scalars(select(DeviceRow))
        }
    )
    assert heads == {ana.chain.actor: 2, tablet.chain.actor: 1}


async def test_i22_author_binding_no_session_writes_for_another_person(door: Door) -> None:
    ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
    office = await door.enrolled("Olga", "office")
    ana.write("pump")
    body = ana.body(ana.chain.items)

    for stranger in (ben, office):
        answer = await stranger.ask("POST", "/v1/sync/push", body)
        assert refused(answer) == (403, "not_your_device")

    def authors(unit: UnitOfWork) -> set[tuple[str, bool]]:
        query = text(
            "SELECT operation.actor, operation.person_id = device.person_id FROM operation"
            " JOIN device ON device.actor = operation.actor"
        )
        return {(str(actor), bool(fits)) for actor, fits in unit.session.execute(query)}

    await ana.push()
    assert await door.database.read(authors) == {(str(ana.chain.actor), True)}
