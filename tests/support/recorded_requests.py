"""Requests as released phones send them, recorded once and played to every later server.

``python -m support.recorded_requests`` writes the corpus of the newest schema, if it is
not there yet: what was recorded is never recorded again, because the phones that sent
it cannot be asked to send something else.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from daywork.core.hash_chain import decode_base64url
from daywork.core.ids import Actor
from daywork.core.json_value import JsonValue
from daywork.core.schema import SHIPPED
from support.chain import Chain, allocation, interval
from support.crew import Key

FOLDER = Path(__file__).parents[1] / "vectors" / "requests"
ACTOR = Actor("g0denc0rps")

BREAKS: list[JsonValue] = [
    {"s": "2026-03-02T11:00:00Z", "e": "2026-03-02T11:30:00Z", "paid": False},
    {"sec": 600, "paid": True},
]
DURATION: dict[str, JsonValue] = {
    "date": "2026-03-01",
    "seconds": 27_000,
    "tz": "America/Santiago",
    "src": "import",
}


def corpus() -> dict[str, Any]:
    """Return a phone's key and its pushes, with each item's expected verdict."""
    key, chain = Key(), Chain(ACTOR)
    _write_everything(chain)
    pushes = [_push(key, chain, chain.items[:4]), _push(key, chain, chain.items[4:])]
    return {
        "schema": SHIPPED.newest,
        "actor": ACTOR,
        "public_key": key.public_text,
        "hello": {
            "proto": [1, 1],
            "schema": SHIPPED.newest,
            "app": "pwa/1.0.0",
            "now": "2026-03-03T12:00:00Z",
            "actors": [{"a": ACTOR, "q": 0, "h": None}],
            "pending": len(chain.items),
            "oldest": "2026-03-02T15:31:08Z",
            "store": {"persisted": True, "free_mb": 812},
        },
        "pushes": pushes,
        "expected": [
            "applied",
            "applied",
            "applied",
            "applied",
            "applied",
            "applied",
            "held value_invalid",
            "applied",
            "applied",
        ],
    }


def recorded(schema: int) -> dict[str, Any]:
    """Return the corpus of a released schema."""
    said: dict[str, Any] = json.loads((FOLDER / f"schema_{schema}.json").read_text("utf-8"))
    return said


def _write_everything(chain: Chain) -> None:
    """Write one operation of each kind and shape that a phone can send."""
    chain.write(
        "new",
        "shift",
        {
            "time": interval("06:00", "15:00", brk=BREAKS, src="timer", elapsed=32_400),
            "alloc": allocation(),
            "note": "Schacht 7, größer 🚧",
        },
    )
    chain.write("new", "hours", {"time": DURATION, "alloc": allocation()})
    chain.write("new", "running", {"time": interval("16:00", None, src="timer")})
    chain.write("edit", "shift", {"note": ""}, chain.seen(1))
    stop = {"time": interval("16:00", "17:00", src="timer", elapsed=3_600)}
    chain.write("edit", "running", stop, chain.seen(3))
    deletion: Mapping[str, JsonValue] = {"life": {"deleted": True, "reason": "twice"}}
    chain.write("delete", "hours", deletion, chain.seen(2))
    chain.write("new", "backwards", {"time": interval("09:00", "08:00")})
    restore: Mapping[str, JsonValue] = {"life": {"deleted": False, "reason": None}}
    chain.write("restore", "hours", restore, chain.seen(6))
    chain.write("resolve", "running", {"time": interval("16:00", "17:30")}, chain.seen(5))


def _push(key: Key, chain: Chain, items: list[dict[str, JsonValue]]) -> dict[str, Any]:
    return {
        "proto": 1,
        "schema": SHIPPED.newest,
        "actor": chain.actor,
        "alg": "ES256",
        "ops": items,
        "sig": key.signed(decode_base64url(str(items[-1]["h"]))),
    }


def main() -> None:
    """Record the newest schema."""
    file = FOLDER / f"schema_{SHIPPED.newest}.json"
    if not file.exists():
        FOLDER.mkdir(exist_ok=True)
        text = json.dumps(corpus(), ensure_ascii=False, indent=1, sort_keys=True)
        file.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
