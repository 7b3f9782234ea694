"""How what a phone recorded still arrives: deposit, rescue, and questions to its person."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.params import FromPath

from daywork.api.auth import signed_in
from daywork.api.body import read_body, read_object, text_member
from daywork.api.parts import Parts, parts_of
from daywork.api.pushing import push_answer, pushed, raise_alarm, released
from daywork.api.strict_json import decode
from daywork.api.wire.sync import LIMITS, RESCUE_BYTES_MAX, read_push, read_rescue
from daywork.core.errors import (
    BadSignature,
    MalformedBody,
    NotFound,
    TooLarge,
    ValueRefused,
)
from daywork.core.ids import Actor, SyncQuestionId
from daywork.core.json_value import JsonValue
from daywork.core.push_batch import Purpose
from daywork.core.sync_question import Answer
from daywork.store.row import milliseconds
from daywork.usecases.answer_questions import answer_question
from daywork.usecases.release_operations import set_aside_of, waiting_among
from daywork.usecases.rescue_operations import Author, author_of, rescued_author, settle_loss
from daywork.usecases.sync_time_entries import is_signed

BODY_BYTES_MAX = 1_024


@post("/v1/sync/deposit", status_code=200)
async def deposit(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Take operations without a session, on their signature alone; nothing comes back.

    A device that is in use is treated as by a push. What a retired one brings is kept
    in quarantine until its person or the office answers for it.
    """
    parts = parts_of(request)
    value, body_bytes = await _read_batch(request)
    author = await _author(parts, value)
    now = parts.clock()
    signed = read_push(value, body_bytes, milliseconds(now), author.principal, Purpose.DEPOSIT)
    organisation_id = author.principal.organisation_id
    # Before anything is counted against the phone: anybody may come here.
    if not is_signed(author.public_key, signed):
        # A bucket of its own: who forges may neither fill the log nor keep the phone away.
        parts.push_limit.take(f"forged {signed.batch.actor}", now)
        await raise_alarm(parts, organisation_id, "bad_signature", signed.batch.actor, now)
        raise BadSignature
    parts.push_limit.take(signed.batch.actor, now)
    outcome = await pushed(parts, organisation_id, signed, signed.batch.actor, now)
    results = [{"q": item["q"], "st": "deposited"} for item in signed.batch.items]
    answer = {
        "actor": signed.batch.actor,
        "next": outcome.next_sequence_number,
        "results": results,
    }
    return _answer(answer)


@post("/v1/sync/rescue", status_code=200)
async def rescue(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Take the file of a stuck or retired device from its person or the office.

    What the device had in quarantine counts from here on as well.
    """
    parts = parts_of(request)
    value, body_bytes = await _read_batch(request, RESCUE_BYTES_MAX)
    principal = await signed_in(request)
    batch = read_rescue(value)
    author = await _author(parts, batch)
    rescued_author(principal, author)
    now = parts.clock()
    signed = read_push(batch, body_bytes, milliseconds(now), author.principal, Purpose.RESCUE)
    parts.push_limit.take(principal.actor, now)
    organisation_id, actor = principal.organisation_id, signed.batch.actor
    if not is_signed(author.public_key, signed):
        await raise_alarm(parts, organisation_id, "bad_signature", actor, now)
        raise BadSignature
    await released(
        parts, organisation_id, lambda unit: set_aside_of(unit, organisation_id, actor, now)
    )
    outcome = await pushed(parts, organisation_id, signed, principal.actor, now)
    await parts.database.write(lambda unit: settle_loss(unit, organisation_id, actor, now))
    return _answer(push_answer(signed, outcome))


@post("/v1/sync/questions/{question:str}", status_code=200)
async def answer(request: Request[Any, Any, Any], question: FromPath[str]) -> Response[bytes]:
    """Take a person's answer to a question that ``hello`` told."""
    parts = parts_of(request)
    value = await read_object(request, BODY_BYTES_MAX)
    principal = await signed_in(request)
    word = text_member(value, "answer", 20)
    try:
        question_id = SyncQuestionId(UUID(question))
    except ValueError as error:
        raise NotFound from error
    if word not in set(Answer):
        message = "This is no answer to a question about missing time."
        raise ValueRefused(message, "answer")
    now = parts.clock()
    dot = await parts.database.write(
        lambda unit: answer_question(unit, principal, question_id, Answer(word), now)
    )
    if dot is not None:
        organisation_id, dots = principal.organisation_id, frozenset((dot,))
        await released(
            parts, organisation_id, lambda unit: waiting_among(unit, organisation_id, dots, now)
        )
    return _answer({})


async def _read_batch(
    request: Request[Any, Any, Any], bytes_max: int = LIMITS["bytes"]
) -> tuple[dict[str, JsonValue], int]:
    try:
        body = await read_body(request, bytes_max)
    except TooLarge as refusal:
        raise TooLarge(dict(LIMITS)) from refusal
    value = decode(body)
    if not isinstance(value, dict):
        raise MalformedBody
    return value, len(body)


async def _author(parts: Parts, value: dict[str, JsonValue]) -> Author:
    actor = Actor(text_member(value, "actor", 20))
    return await parts.database.read(lambda unit: author_of(unit, actor))


def _answer(value: dict[str, Any]) -> Response[bytes]:
    body = msgspec.json.encode(value)
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
