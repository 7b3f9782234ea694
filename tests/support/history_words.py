"""The words in which recorded histories say what cells, clocks and changes come to."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, cast

from daywork.core.canonical_json import canonical
from daywork.core.hash_chain import decode_base64url, encode_base64url, leaf
from daywork.core.ids import Actor, Dot
from daywork.core.json_value import JsonValue
from daywork.core.merge import delete_counts, digest_of, distinct_values, entry_flags, ranked_times
from daywork.core.time_entry import TimeValue, work_date, worked_seconds
from daywork.core.vector_clock import VectorClock
from support.histories import actor

SUM_CHARACTERS = 12
LEAF_CHARACTERS = 8

Clock = dict[Actor, tuple[int, str]]


def outcome(
    cells: Mapping[str, Mapping[Dot, JsonValue]],
    contexts: Mapping[Dot, VectorClock],
    clock: Clock,
) -> dict[str, Any]:
    """Return what cells mean, in the words of the vectors."""
    times = cells.get("time", {})
    ranked = ranked_times(times)
    worked = [worked_seconds(cast("TimeValue", one)) for one in distinct_values(times)]
    said: dict[str, Any] = {
        "dots": {group: dots_text(live) for group, live in sorted(cells.items()) if live},
        "vv": clock_text(clock),
        "sum": _sum(cells),
        "dg": digest_of(cells),
        "flags": " ".join(entry_flags(cells, contexts)),
        "deleted": delete_counts(cells, contexts),
    }
    if ranked:
        said["shown"] = dots_text(ranked[:1])
        said["worked"] = max(worked)
        said["day"] = work_date(cast("TimeValue", times[ranked[0]])).isoformat()
        if len(worked) > 1:
            said["range"] = f"{min(worked)}-{max(worked)}"
    return short(said)


def salt(identity: str, group: str) -> str:
    """Return the salt of a group: no secret here, the same wherever the operation is written."""
    return encode_base64url(sha256(f"{identity}{group}".encode()).digest()[:16])


def dots_text(dots: Iterable[Dot]) -> str:
    """Return dots as the vectors spell them, in their order: ``a1 a3 c2``."""
    listed = list(dots)
    return " ".join(f"{who[0]}{number}" for who, number in sorted(listed))


def clock_text(clock: Mapping[Actor, tuple[int, str]]) -> str:
    """Return a clock as the vectors spell it: ``a3:u8Qa1x c2:Zz01kd``."""
    return " ".join(f"{who[0]}{number}:{mark}" for who, (number, mark) in sorted(clock.items()))


def read_clock(text: str) -> dict[str, list[Any]]:
    """Return the clock that ``clock_text`` spelled, as the wire has it."""
    parts = [part.partition(":") for part in text.split()]
    return {actor(dot[0]): [int(dot[1:]), mark] for dot, _, mark in parts}


def written(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hash of an operation and the first characters of its leaves."""
    leaves = {
        group: encode_base64url(leaf(decode_base64url(part["n"]), part["v"]))[:LEAF_CHARACTERS]
        for group, part in item.get("s", {}).items()
    }
    return {"h": item["h"]} | short({"leaves": leaves})


def word(answer: Mapping[str, Any]) -> str:
    """Return an answer of the server in a word: ``held:code:field:note`` or what it did."""
    if answer["st"] == "duplicate":
        return f"duplicate:{word(answer['result'])}"
    if answer["st"] != "held":
        return str(answer["st"])
    return ":".join(str(answer[name]) for name in ("st", "code", "field", "note") if name in answer)


def _sum(cells: Mapping[str, Mapping[Dot, JsonValue]]) -> str:
    """Return the first characters of a hash over all values with their dots."""
    spelled: dict[str, JsonValue] = {
        group: [[who, number, live[(who, number)]] for who, number in sorted(live)]
        for group, live in cells.items()
        if live
    }
    return encode_base64url(sha256(canonical(spelled)).digest())[:SUM_CHARACTERS]


def short(said: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty: it is the usual."""
    return {name: part for name, part in said.items() if part not in (None, "", {}, [], False)}
