"""Hostile input beyond the tables of ``bad_input``: spoilt items between good ones, and anything.

A clear refusal or a held item, never a fault, and nothing of another organisation.
"""

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid5

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from daywork.core.hash_chain import encode_base64url
from daywork.core.operation import recomputed_hash
from daywork.core.verdict import HELD_CODES
from support.bad_input import WRITES
from support.chain import NAMESPACE, Chain, allocation, entry_id, interval
from support.door import Door, DoorPhone

FUZZ_EXAMPLES = 125  # Of each endpoint's four groups, on each database.


def is_refusal(answer: httpx.Response) -> bool:
    """Whether the answer is a problem with a stable code, in words for a person."""
    if not 400 <= answer.status_code < 500:
        return False
    problem = answer.json()
    return (
        answer.headers["Content-Type"] == "application/problem+json"
        and problem["status"] == answer.status_code
        and problem["type"] == f"urn:daywork:problem:{problem['code']}"
        and problem["title"] != problem["code"]
    )


@pytest.fixture
async def ana(door: Door) -> DoorPhone:
    return await door.enrolled("Ana")


async def test_a_packed_push_is_taken(ana: DoorPhone) -> None:
    ana.write("pump")
    body = gzip.compress(json.dumps(ana.body(ana.chain.items)).encode())

    answer = await ana.door.send("POST", "/v1/sync/push", body, ana.cookie, Content_Encoding="gzip")

    assert answer.json()["results"][0]["st"] == "applied"


@dataclass(frozen=True)
class BadItem:
    """What is wrong with an item, and what the server says about it."""

    code: str
    field: str | None
    spoil: Callable[[dict[str, Any]], None]


def time_with(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda item: item["s"]["time"]["v"].update(changes)


def member(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda item: item.update(changes)


def value_of(group: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda item: item["s"][group].update(v=value)


UNKNOWN = "99999999-9999-7999-8999-999999999999"
# One of each code that is not about the form of a value or a member.
BAD_ITEMS: dict[str, BadItem] = {
    "a year ahead": BadItem(
        "future_time",
        "time.start",
        time_with(start="2028-03-02T07:00:00Z", end="2028-03-02T15:00:00Z"),
    ),
    "end before start": BadItem("value_invalid", "time.end", time_with(end="2026-03-02T06:00:00Z")),
    "a prototype": BadItem("value_invalid", "time", time_with(__proto__={"a": 1})),
    "unknown project": BadItem(
        "unknown_ref", "alloc.project", value_of("alloc", allocation(UNKNOWN))
    ),
    "note of 17 KiB": BadItem("quota", None, value_of("note", "a" * 17_000)),
    "no kind": BadItem("malformed", "by", lambda item: item.pop("by")),
    "context of its own future": BadItem(
        "malformed", "c", lambda item: item.update(c={item["a"]: [99, "AAAAAA"]})
    ),
    "causes never seen": BadItem("causal_gap", None, member(c={"b" * 10: [3, "AAAAAA"]})),
    "edit of the unknown": BadItem("unknown_ref", "e", member(by="edit")),
    "entry for another": BadItem(
        "schema_unknown",
        "own",
        lambda item: item["s"].update(own={"v": {"person": UNKNOWN}, "n": "A" * 22}),
    ),
}


def spoilt(chain: Chain, kind: str) -> None:
    """Append a bad item that fits the chain all the same, as a faulty phone would write it."""
    number = len(chain.items) + 1
    item: dict[str, Any] = {
        "q": number,
        "id": f"00000000-0000-7000-8000-{number:012}",
        "e": entry_id(kind),
        "by": "new",
        "c": {},
        "w": "2026-03-02T15:31:08Z",
        "s": {
            group: {"v": value, "n": "A" * 22}
            for group, value in (
                ("time", interval("07:00", "15:00")),
                ("alloc", allocation()),
                ("note", "pump 4"),
            )
        },
        "a": chain.actor,  # Not a member of the protocol: not hashed, not kept.
    }
    BAD_ITEMS[kind].spoil(item)
    if recomputed_hash(chain.actor, item, chain.last_hash) is None:
        # No hash is defined for it; the chain goes on behind whatever was sent.
        chain.last_hash = hashlib.sha256(kind.encode()).digest()
        chain.items.append(item | {"h": encode_base64url(chain.last_hash)})
    else:
        chain.append(item)


async def test_a_bad_item_is_held_with_its_reason_and_its_neighbours_are_applied(
    ana: DoorPhone,
) -> None:
    expected: list[tuple[str, str | None]] = []
    for kind, bad in BAD_ITEMS.items():
        ana.write(f"before {kind}")
        spoilt(ana.chain, kind)
        expected += [("applied", None), (bad.code, bad.field)]

    answer = await ana.ask("POST", "/v1/sync/push", ana.body(ana.chain.items))

    results = answer.json()["results"]
    told = [(one.get("code", one["st"]), one.get("field")) for one in results]
    assert dict(zip(NAMES, told[1::2], strict=True)) == dict(
        zip(NAMES, expected[1::2], strict=True)
    )
    assert told == expected
    assert answer.json()["next"] == len(ana.chain.items) + 1
    assert {one["code"] for one in results if one["st"] == "held"} <= HELD_CODES
    assert len(await ana.rows()) == len(BAD_ITEMS)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(max_size=20)
    | st.sampled_from(["te:1", "2026-03-02T07:00:00Z", "A" * 43, "new", "ES256"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["q", "id", "e", "by", "c", "s", "w", "h", "dg", "v", "n", "time", "a", "keys"]
            )
            | st.text(max_size=8),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)
MEMBERS = (
    *("invite", "label", "platform", "alg", "public_key", "proof", "actor", "nonce", "sig"),
    *("proto", "schema", "ops", "actors", "pending", "now", "oldest", "endpoint", "keys"),
)
NAMES = tuple(BAD_ITEMS)
BODY = st.fixed_dictionaries({}, optional=dict.fromkeys(MEMBERS, JSON))
FUZZ = settings(
    max_examples=FUZZ_EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(body=BODY)
async def test_any_object_is_answered_without_a_fault(door: Door, body: dict[str, Any]) -> None:
    for method, path in WRITES:
        if path != "/v1/sync/push":
            answer = await door.send(method, path, body)
            assert answer.status_code < 500, (path, body)
            assert answer.status_code < 300 or is_refusal(answer)


@FUZZ
@given(
    values=st.dictionaries(st.sampled_from(["time", "alloc", "note", "life", "x"]), JSON),
    context=JSON,
)
async def test_any_item_of_a_signed_push_gets_a_verdict(
    door: Door, values: dict[str, Any], context: Any
) -> None:
    phone = await door.enrolled("Ana")
    name = f"of {phone.chain.actor}"  # Each example has an entry of its own.
    phone.write(name)
    groups = {name: {"v": value, "n": "A" * 22} for name, value in values.items()}
    item: dict[str, Any] = {
        "q": 2,
        "id": str(uuid5(NAMESPACE, name)),
        "e": entry_id(f"another {name}"),
        "by": "new",
        "c": context,
        "w": "2026-03-02T15:31:08Z",
        "s": groups,
    }
    if recomputed_hash(phone.chain.actor, item, phone.chain.last_hash) is None:
        item["h"] = "A" * 43
        phone.chain.items.append(item)
    else:
        phone.chain.append(item)

    answer = await phone.ask("POST", "/v1/sync/push", phone.body(phone.chain.items))

    assert answer.status_code == 200 or is_refusal(answer), answer.text
    if answer.status_code == 200:
        first, second = answer.json()["results"]
        assert first["st"] == "applied"
        assert second["st"] in ("applied", "held", "amendment")


async def test_what_belongs_to_another_organisation_is_as_unknown_as_what_is_not(
    door: Door,
) -> None:
    ana = await door.enrolled("Ana")
    ana.write("pump")
    await ana.push()
    (theirs,) = await ana.rows()
    other = await door.office("org create", name="Other", time_zone="UTC", currency="EUR")
    door.organisation = other["id"]
    eve = await door.enrolled("Eve", "admin")

    answers = [
        await eve.ask("GET", f"/v1/entries/{name}/history") for name in (theirs, f"te:{UNKNOWN}")
    ]
    eve.chain.write("edit", "pump", {"time": interval("07:00", "23:00")}, ana.chain.seen())
    (result,) = await eve.push()
    foreign = await eve.ask("POST", "/v1/sync/push", ana.body(ana.chain.items))

    assert answers[0].json() == answers[1].json()
    assert await eve.rows() == {}
    assert (result["st"], result["code"]) == ("held", "causal_gap")  # Of an actor unknown here.
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not_your_device")
    (row,) = (await ana.rows()).values()
    assert row["v"]["time"] == [interval("07:00", "15:00")]
