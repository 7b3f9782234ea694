"""The sync protocol: hello, push, pull, and the history of one entry."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from daywork.api.auth import signed_in
from daywork.api.body import read_body, read_object
from daywork.api.parts import parts_of
from daywork.api.pushing import push_answer, pushed
from daywork.api.strict_json import decode
from daywork.api.wire.sync import (
    LIMITS,
    hello_wire,
    history_wire,
    pull_wire,
    question_wire,
    read_hello,
    read_pull,
    read_push,
)
from daywork.core.cursor import opened
from daywork.core.errors import CursorExpired, MalformedBody, NotFound, TooLarge
from daywork.core.ids import Actor, TimeEntryId
from daywork.core.sync_question import SyncQuestion
from daywork.store.row import milliseconds
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.answer_questions import open_questions
from daywork.usecases.greet_devices import Greeting, greet_devices
from daywork.usecases.keep_epochs import begin_epoch_behind
from daywork.usecases.read_time_entries import entry_history, pull_changes


@post("/v1/sync/hello", status_code=200)
async def hello(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Compare histories and note what the phone still holds."""
    parts = parts_of(request)
    said = read_hello(await read_object(request, LIMITS["bytes"]))
    principal = await signed_in(request)
    now = parts.clock()
    now_milliseconds = milliseconds(now)
    skew = None if said.now is None else said.now * 1000 - now_milliseconds
    oldest = None if said.oldest is None else datetime.fromtimestamp(said.oldest, UTC)

    def greet(unit: UnitOfWork) -> tuple[Greeting, Sequence[SyncQuestion], Mapping[Actor, str]]:
        greeting = greet_devices(unit, principal, said.actors, said.pending, oldest, skew, now)
        asked = open_questions(unit, principal, now)
        return greeting, asked, unit.devices.labels(principal.organisation_id) if asked else {}

    greeting, asked, labels = await parts.database.write(greet)
    questions = [question_wire(question, labels) for question in asked]
    return _answer(hello_wire(greeting, questions, now_milliseconds // 1000))


@post("/v1/sync/push", status_code=200)
async def push(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Take a batch of operations: refuse it whole, or answer each after the commit."""
    parts = parts_of(request)
    try:
        body = await read_body(request, LIMITS["bytes"])
    except TooLarge as refusal:
        raise TooLarge(dict(LIMITS)) from refusal
    async with parts.push_budget.spent(len(body)):
        return await _pushed(request, body)


async def _pushed(request: Request[Any, Any, Any], body: bytes) -> Response[bytes]:
    parts = parts_of(request)
    value = decode(body)
    if not isinstance(value, dict):
        raise MalformedBody
    principal = await signed_in(request)
    now = parts.clock()
    signed = read_push(value, len(body), milliseconds(now), principal)
    parts.push_limit.take(principal.actor, now)
    outcome = await pushed(parts, principal.organisation_id, signed, principal.actor, now)
    return _answer(msgspec.json.encode(push_answer(signed, outcome)))


@get("/v1/sync/pull")
async def pull(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return a page of what changed behind the cursor."""
    parts = parts_of(request)
    principal = await signed_in(request)
    asked = read_pull(request.query_params, milliseconds(parts.clock()) // 1000)
    steps = pull_changes(principal, asked, parts.cursor_key)
    # Sums read the whole window, and a first page looks past all that fell out of it.
    reads_much = asked.wants_sums or asked.cursor is None
    look = parts.database.scan if reads_much else parts.database.look_at
    try:
        page = await look(steps)
    except CursorExpired as refusal:
        if refusal.is_ahead and asked.cursor is not None:
            cursor = opened(asked.cursor, parts.cursor_key)
            await parts.database.write(lambda unit: begin_epoch_behind(unit, cursor))
        raise
    return _answer(pull_wire(page))


@get("/v1/entries/{entry:str}/history")
async def history(request: Request[Any, Any, Any], entry: FromPath[str]) -> Response[bytes]:
    """Return who wrote what into an entry, unknown and unseen ones alike not found."""
    principal = await signed_in(request)
    try:
        entry_id = TimeEntryId(UUID(entry.removeprefix("te:")))
    except ValueError as error:
        raise NotFound from error
    found = await parts_of(request).database.read(
        lambda unit: entry_history(unit, principal, entry_id)
    )
    return _answer(history_wire(entry_id, found))


def _answer(body: bytes) -> Response[bytes]:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
