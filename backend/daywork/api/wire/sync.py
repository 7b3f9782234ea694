"""The sync protocol's bodies: what comes in is read, what goes out is joined."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from daywork.core.errors import (
    CursorInvalid,
    MalformedBody,
    NotYourDevice,
    ProtocolUnknown,
    PullUpgradeRequired,
    TooLarge,
    ValueRefused,
)
from daywork.core.hash_chain import decode_base64url, encode_base64url
from daywork.core.ids import ACTOR_FORM, Actor, TimeEntryId
from daywork.core.instant import epoch_seconds, instant_text
from daywork.core.json_value import JsonValue
from daywork.core.principal import Principal
from daywork.core.push_batch import Purpose, PushedBatch
from daywork.core.sync_question import QuestionKind, SyncQuestion
from daywork.store.push_lane import SignedBatch
from daywork.store.row import milliseconds
from daywork.usecases.greet_devices import ActorHead, Greeting
from daywork.usecases.read_time_entries import ROWS_MAX, EntryHistory, Pull, PullPage

PROTOCOL = 1
RESCUE = 1  # the version of the file
RESCUE_OPERATIONS_MAX = 5_000  # a year and more of a phone that nobody could send from
RESCUE_BYTES_MAX = 1_048_576
SCHEMA_PUSH_MIN = 1
SCHEMA_PULL_MIN = 1
LIMITS: Mapping[str, int] = {"ops": 200, "bytes": 262_144, "op_bytes": 16_384, "rows": 500}
CURSOR_CHARACTERS_MAX = 400
DIGITS_MAX = 9  # of a number in a query
ACTORS_MAX = 32
PENDING_MAX = 1_000_000
SCHEMA_MAX = 1_000_000

# The last character carries two unused bits, which must be zero: one spelling only.
_HASH = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


@dataclass(frozen=True, slots=True)
class Hello:
    """What a phone says of itself when it comes."""

    actors: Sequence[ActorHead]
    now: int | None  # the phone's clock, in seconds since 1970
    pending: int
    oldest: int | None  # seconds since 1970


def read_push(
    value: Mapping[str, JsonValue],
    body_bytes: int,
    received_at: int,
    principal: Principal,
    purpose: Purpose = Purpose.PUSH,
) -> SignedBatch:
    """Return the batch of a push body; ``received_at`` is in milliseconds since 1970.

    ``principal`` is the person whose operations these are. A rescue may hold more than
    a push: it is one file, under one signature.

    Raises: MalformedBody, NotYourDevice, ProtocolUnknown, TooLarge. What is wrong in one item is
    that item's affair.
    """
    _check_protocol(value.get("proto"))
    actor, schema = value.get("actor"), value.get("schema")
    items, signature, algorithm = value.get("ops"), value.get("sig"), value.get("alg")
    if not isinstance(items, list) or not items:
        raise MalformedBody
    if len(items) > (RESCUE_OPERATIONS_MAX if purpose is Purpose.RESCUE else LIMITS["ops"]):
        raise TooLarge(dict(LIMITS))
    is_readable = (
        isinstance(actor, str)
        and isinstance(signature, str)
        and isinstance(algorithm, str)
        and type(schema) is int
        and 1 <= schema <= SCHEMA_MAX
    )
    if not is_readable:
        raise MalformedBody
    if ACTOR_FORM.fullmatch(str(actor)) is None:
        raise NotYourDevice
    batch = PushedBatch(
        actor=Actor(str(actor)),
        person_id=principal.person_id,
        roles=principal.roles,
        schema=schema if isinstance(schema, int) else 1,
        items=[_item(item) for item in items],
        body_bytes=body_bytes,
        received_at=received_at,
        purpose=purpose,
    )
    return SignedBatch(batch, str(algorithm), str(signature))


def read_rescue(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the push that a rescue file is, before it is read. Raises: MalformedBody."""
    if type(value.get("daywork_rescue")) is not int or value.get("daywork_rescue") != RESCUE:
        raise MalformedBody
    return {"proto": PROTOCOL, "schema": 1, **value}


def read_hello(value: Mapping[str, JsonValue]) -> Hello:
    """Return a phone's greeting. Raises: MalformedBody, ProtocolUnknown."""
    spoken = value.get("proto")
    if not (isinstance(spoken, list) and len(spoken) == 2 and all(map(_is_count, spoken))):
        raise MalformedBody
    least, most = spoken
    if not (isinstance(least, int) and isinstance(most, int) and least <= PROTOCOL <= most):
        raise ProtocolUnknown(PROTOCOL, PROTOCOL)
    actors = value.get("actors")
    if not isinstance(actors, list) or len(actors) > ACTORS_MAX:
        raise MalformedBody
    pending = value.get("pending", 0)
    if not _is_count(pending) or not isinstance(pending, int) or pending > PENDING_MAX:
        raise MalformedBody
    return Hello(
        actors=[_actor_head(actor) for actor in actors],
        now=epoch_seconds(value.get("now")),
        pending=pending,
        oldest=epoch_seconds(value.get("oldest")),
    )


def read_pull(query: Mapping[str, str], now: int) -> Pull:
    """Return what a pull asks for; ``now`` is in seconds since 1970.

    Raises: CursorInvalid, PullUpgradeRequired, ValueRefused.
    """
    schema = query.get("schema", str(SCHEMA_PULL_MIN))
    if not _is_whole(schema):
        message = "schema must be a whole number."
        raise ValueRefused(message, "schema")
    if int(schema) < SCHEMA_PULL_MIN:
        raise PullUpgradeRequired
    cursor = read_cursor(query, "cursor")
    limit = query.get("limit", str(ROWS_MAX))
    if not _is_whole(limit) or not 1 <= int(limit) <= ROWS_MAX:
        message = f"limit must be 1 to {ROWS_MAX}."
        raise ValueRefused(message, "limit")
    wants_sums, wants_all = query.get("check") == "1", query.get("all") == "1"
    return Pull(cursor, int(limit), wants_sums, now, wants_all)


def read_cursor(query: Mapping[str, str], name: str) -> str | None:
    """Return the cursor under ``name``, None without one. Raises: CursorInvalid."""
    cursor = query.get(name)
    if cursor is not None and len(cursor) > CURSOR_CHARACTERS_MAX:
        raise CursorInvalid
    return cursor


def hello_wire(greeting: Greeting, questions: Sequence[Mapping[str, JsonValue]], now: int) -> bytes:
    """Return the answer to a greeting; ``now`` is in seconds since 1970."""
    return msgspec.json.encode(
        {
            "proto": PROTOCOL,
            "epoch": greeting.epoch,
            "now": instant_text(now),
            "actors": [
                {"a": head.actor, "q": 0, "h": None, "match": False, "known": False}
                if head.chain_hash is None
                else {
                    "a": head.actor,
                    "q": head.sequence_number,
                    "h": encode_base64url(head.chain_hash) if head.sequence_number else None,
                    "match": head.matches,
                    "retired": head.is_retired,
                }
                for head in greeting.heads
            ],
            "limits": LIMITS,
            "schema_push_min": SCHEMA_PUSH_MIN,
            "schema_pull_min": SCHEMA_PULL_MIN,
            "questions": questions,
            "retry_after": None,
        }
    )


def question_wire(question: SyncQuestion, labels: Mapping[Actor, str]) -> dict[str, JsonValue]:
    """Return a question; ``labels`` name the devices."""
    said: dict[str, JsonValue] = {
        "id": str(question.id),
        "kind": str(question.kind),
        "asked": instant_text(milliseconds(question.asked_at) // 1000),
    }
    if question.kind is QuestionKind.CAUSAL_GAP:
        return said | {
            "e": None if question.entry_id is None else f"te:{question.entry_id}",
            "a": question.actor,
            "q": question.sequence_number,
        }
    oldest = question.oldest_pending_at
    return said | {
        "label": labels.get(question.actor, ""),
        "count": question.pending_count,
        "oldest": None if oldest is None else instant_text(milliseconds(oldest) // 1000),
    }


def pull_wire(page: PullPage) -> bytes:
    """Return a page of the feed; its rows are texts already."""
    head = msgspec.json.encode(
        {
            "epoch": page.epoch,
            "cursor": page.cursor,
            "more": page.has_more,
            "complete": not page.has_more,
            "scopes": [
                {
                    "s": one.scope,
                    "rev": one.revision,
                    "from": one.window_start,
                    "n": one.count,
                    "sum": one.checksum,
                }
                for one in page.sums
            ],
            "purge": page.purge,
            "ref": {"projects_rev": page.reference_revision},
        }
    )
    rows, gone = ",".join(page.rows), ",".join(page.gone)
    return head[:-1] + f',"rows":[{rows}],"gone":[{gone}]}}'.encode()


def history_wire(entry_id: TimeEntryId, history: EntryHistory) -> bytes:
    """Return all operations of an entry, as the conflict screen shows them."""
    operations = []
    for operation in history.operations:
        item, result = operation.item, operation.result
        groups = item.get("s")
        values: dict[str, Any] = (
            {
                name: {"v": group.get("v")}
                for name, group in groups.items()
                if isinstance(group, dict)
            }
            if isinstance(groups, dict)
            else {}
        )
        reason = values.pop("reason", {}).get("v")
        operations.append(
            {
                "a": operation.actor,
                "q": operation.sequence_number,
                "id": item.get("id"),
                "by": item.get("by"),
                "who": history.names.get(operation.person_id, ""),
                "label": history.labels.get(operation.actor, ""),
                "w": item.get("w"),
                "received": instant_text(milliseconds(operation.received_at) // 1000),
                "c": item.get("c"),
                "s": values,
                "dg": item.get("dg"),
                "st": result.get("st"),
                "code": result.get("code"),
                "note": result.get("note"),
                "reason": reason,
            }
        )
    return msgspec.json.encode({"entry": f"te:{entry_id}", "operations": operations})


def _check_protocol(spoken: JsonValue) -> None:
    if type(spoken) is not int:
        raise MalformedBody
    if spoken != PROTOCOL:
        raise ProtocolUnknown(PROTOCOL, PROTOCOL)


def _item(item: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(item, dict) or type(item.get("q")) is not int:
        raise MalformedBody
    text = item.get("h")
    if not isinstance(text, str) or _HASH.fullmatch(text) is None:
        raise MalformedBody
    return item


def _actor_head(value: JsonValue) -> ActorHead:
    if not isinstance(value, dict):
        raise MalformedBody
    actor, number, text = value.get("a"), value.get("q"), value.get("h")
    if not isinstance(actor, str) or len(actor) > 20 or "\0" in actor or not _is_count(number):
        raise MalformedBody
    try:
        chain_hash = decode_base64url(text) if isinstance(text, str) else None
    except ValueError as error:
        raise MalformedBody from error
    return ActorHead(Actor(actor), number if isinstance(number, int) else 0, chain_hash)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX


def _is_count(value: JsonValue) -> bool:
    return type(value) is int and value >= 0
