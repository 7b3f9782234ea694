"""Whatever comes in: a refusal with a stable code, or an item held with its reason.

Never a bug's answer, never a lost neighbour, and nothing stored behind a refusal.
"""

import asyncio
import gzip
import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from daywork.store.metadata import TABLES
from support.bad_input import (
    BAD_GROUPS,
    BAD_MEMBERS,
    BAD_QUERIES,
    HOSTILE_PATHS,
    MISTYPED,
    READS,
    UNREADABLE,
    WRITES,
)
from support.crew import Key
from support.door import Door, DoorPhone, enrolment, refused

BODY_BYTES_OVER = 1_048_577
KEPT = ("device", "operation", "time_entry", "session", "person", "push_subscription")


async def counts(door: Door) -> Mapping[str, int | None]:
    """Return how many rows each table has that a request could add to."""

    def read(unit: Any) -> Mapping[str, int | None]:
        return {
            name: unit.session.scalar(select(func.count()).select_from(TABLES[name]))
            for name in KEPT
        }

    return await door.database.read(read)


def good_body(path: str, phone: DoorPhone) -> dict[str, Any]:
    """Return a body of the form that ``path`` takes, without effect of its own."""
    if path == "/v1/devices":
        return enrolment("ABCD", Key())
    if path == "/v1/sync/hello":
        head = {"a": phone.chain.actor, "q": 0, "h": "A" * 43}
        return {"proto": [1, 1], "schema": 1, "actors": [head], "pending": 0, "oldest": None}
    if path == "/v1/sync/push":
        return phone.body(phone.chain.items)
    if path == "/v1/web-push/subscription":
        keys = {"p256dh": "A" * 87, "auth": "A" * 22}
        return {"endpoint": "https://push.example/x", "keys": keys, "language": "en"}
    return {"actor": phone.chain.actor, "nonce": "A" * 43, "sig": "A" * 86}


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_a_body_without_one_meaning_is_refused_and_nothing_is_stored(
    door: Door, method: str, path: str
) -> None:
    phone = await door.enrolled("Ana")
    before = await counts(door)

    answers = {name: await phone.ask(method, path, body) for name, body in UNREADABLE.items()}

    assert {name: refused(answer) for name, answer in answers.items()} == dict.fromkeys(
        UNREADABLE, (400, "malformed_body")
    )
    assert await counts(door) == before


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_a_member_of_another_type_or_size_is_no_bug(
    door: Door, method: str, path: str
) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    good = good_body(path, phone)

    for name in good:
        for value in MISTYPED:
            before = await counts(door)
            answer = await phone.ask(method, path, good | {name: value})
            assert answer.status_code < 500, f"{name} = {value!r}: {answer.text}"
            if answer.status_code >= 400:
                refused(answer)
                assert await counts(door) == before, f"{name} = {value!r}"


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_a_body_that_is_too_large_or_unpacks_to_too_much_is_refused(
    door: Door, method: str, path: str
) -> None:
    phone = await door.enrolled("Ana")
    too_large = b'{"a":"' + b"x" * BODY_BYTES_OVER + b'"}'
    bomb = gzip.compress(too_large)
    cut = gzip.compress(b'{"proto":1}')[:-6]

    plain = await phone.ask(method, path, too_large)
    packed = await door.send(method, path, bomb, phone.cookie, Content_Encoding="gzip")
    broken = await door.send(method, path, cut, phone.cookie, Content_Encoding="gzip")
    unpacked = await door.send(method, path, b"{}", phone.cookie, Content_Encoding="gzip")
    other = await door.send(method, path, b"{}", phone.cookie, Content_Encoding="br")
    form = await door.send(
        method, path, b"a=1", phone.cookie, Content_Type="application/x-www-form-urlencoded"
    )

    assert refused(plain) == refused(packed) == (413, "too_large")
    assert refused(broken) == refused(unpacked) == (400, "malformed_body")
    assert refused(other) == refused(form) == (415, "media_type_unsupported")


@pytest.mark.parametrize("path", READS)
async def test_what_is_read_needs_a_session_whatever_the_cookie_says(door: Door, path: str) -> None:
    name = (await door.enrolled("Ana")).cookie.partition("=")[0]

    for cookie in (
        None,
        f"{name}=",
        f"{name}=wrong",
        f"{name}={'x' * 5_000}",
        f"{name}=a%00b",
        ";;",
    ):
        assert refused(await door.send("GET", path, cookie=cookie)) == (401, "auth_expired")


@pytest.mark.parametrize("path", [*READS, *(path for _, path in WRITES)])
async def test_a_method_that_an_address_does_not_take_is_told_so(door: Door, path: str) -> None:
    for method in ("PATCH", "TRACE"):
        answer = await door.send(method, path)
        assert refused(answer) == (405, "method_not_allowed")
    for method in ("HEAD", "OPTIONS"):
        assert (await door.send(method, path)).status_code in (200, 204, 401, 405)


async def test_unknown_addresses_are_not_found_alike(door: Door) -> None:
    phone = await door.enrolled("Olga", "office")

    for path in HOSTILE_PATHS:
        for method in ("GET", "POST", "PUT", "DELETE"):
            status, code = refused(await phone.ask(method, path))
            assert (status, code) in ((404, "not_found"), (405, "method_not_allowed")), path


async def test_hostile_names_of_pages_are_not_found(door: Door) -> None:
    for path in (
        "/%00",
        "/a%00.js",
        f"/{'x' * 5_000}.js",
        f"/{'x' * 5_000}",
        "/%ff.js",
        "/..%2f..%2fetc/passwd.x",
    ):
        assert refused(await door.send("GET", path)) == (404, "not_found"), path


async def test_queries_out_of_range_are_refused(door: Door) -> None:
    phone = await door.enrolled("Olga", "office")

    for path in BAD_QUERIES:
        status, code = refused(await phone.ask("GET", path))
        assert (status, code) in ((400, "value.refused"), (400, "cursor_invalid")), path


async def test_bad_values_hold_their_item_alone(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("first")
    for name, values in BAD_GROUPS.items():
        phone.chain.write("new", name, values)
    phone.write("last", "16:00", "17:00")

    first, *bad, last = await phone.push()

    assert (first["st"], last["st"]) == ("applied", "applied")
    held = dict(zip(BAD_GROUPS, bad, strict=True))
    assert {name: (one["st"], one.get("code")) for name, one in held.items()} == dict.fromkeys(
        BAD_GROUPS, ("held", "value_invalid")
    ) | {"project of a number": ("held", "value_invalid")}
    assert all(one["field"] for one in held.values())
    assert len(await phone.rows()) == 2


async def test_bad_members_hold_their_item_alone(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("first")
    for name, members in BAD_MEMBERS.items():
        phone.chain.write("new", name, {"note": "x"}, **members)
    phone.write("last", "16:00", "17:00")

    first, *bad, last = await phone.push()

    assert (first["st"], last["st"]) == ("applied", "applied")
    assert {
        name: (one["st"], one.get("code")) for name, one in zip(BAD_MEMBERS, bad, strict=True)
    } == dict.fromkeys(BAD_MEMBERS, ("held", "malformed"))
    assert len(await phone.rows()) == 2


async def test_an_item_without_a_number_or_a_hash_refuses_the_batch(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    item = phone.chain.items[0]
    before = await counts(door)
    for change in (
        {"q": "1"},
        {"q": None},
        {"q": True},
        {"h": None},
        {"h": "A" * 42},
        {"h": "A" * 42 + "B"},
        {"h": str(item["h"]) + "="},
        {"h": 5},
    ):
        answer = await phone.ask(
            "POST", "/v1/sync/push", phone.body([item]) | {"ops": [item | change]}
        )
        assert refused(answer) == (400, "malformed_body"), change
    for number in (0, -1, -(2**53) + 1, 2**53 - 1):
        body = phone.body([item]) | {"ops": [item | {"q": number}]}
        answer = await phone.ask("POST", "/v1/sync/push", body)
        assert refused(answer)[1] in ("forked", "gap", "bad_signature"), number
    assert await counts(door) == before


async def test_a_hostile_push_does_not_take_its_neighbours_with_it(door: Door) -> None:
    ana, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    ana.write("pump")
    eve.write("roof")
    hostile = json.dumps(eve.body(eve.chain.items)).replace(str(eve.chain.actor), "\\u0000", 1)

    answers = await asyncio.gather(
        eve.ask("POST", "/v1/sync/push", hostile.encode()),
        ana.try_push(ana.chain.items),
        eve.try_push(eve.chain.items, schema=2**53 - 1),
    )

    assert [answer.status_code < 500 for answer in answers] == [True] * 3
    assert answers[1].status_code == 200
