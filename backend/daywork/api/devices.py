"""Devices: a phone becomes one, goes on under a fresh actor, is listed, is retired."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from daywork.api.auth import session_cookie, signed_in
from daywork.api.body import read_object, text_member
from daywork.api.parts import parts_of
from daywork.api.wire.devices import own_device_wire, team_wire
from daywork.api.wire.people import organisation_wire, person_wire
from daywork.core.errors import (
    AuthExpired,
    BadKey,
    BadProof,
    MalformedBody,
    RoleMissing,
    ValueRefused,
)
from daywork.core.ids import Actor
from daywork.core.instant import instant_text
from daywork.core.roles import Permission, member_of
from daywork.security.signatures import public_key_text
from daywork.store.row import milliseconds
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.enrol_device import (
    Enrolled,
    Enrolment,
    count_failure,
    enrol_device,
    prove,
)
from daywork.usecases.keep_devices import (
    Branch,
    RetiredReason,
    branch_device,
    own_devices,
    retire_lost_device,
    retire_own_device,
    team_devices,
)

SESSION_SECONDS = 14 * 86_400
BODY_BYTES_MAX = 8_192
OWN_REASONS = frozenset(("replaced", "lost", "signed_out"))


@post("/v1/devices", status_code=201)
async def enrol(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Enrol a device. A wrong key or proof counts against the invite, five times."""
    parts = parts_of(request)
    value = await read_object(request, BODY_BYTES_MAX)
    invite = text_member(value, "invite", 200)
    if value.get("alg") != "ES256":
        raise MalformedBody
    key = value.get("public_key")
    now = parts.clock()
    try:
        enrolment = Enrolment(
            invite=invite,
            label=text_member(value, "label", 100),
            platform=text_member(value, "platform", 40),
            public_key=public_key_text(key if isinstance(key, dict) else {}),
            proof=text_member(value, "proof", 200),
        )
        prove(enrolment)
    except (BadKey, BadProof):
        await parts.database.write(lambda unit: count_failure(unit, invite, now))
        raise
    before = await _present_actor(request)

    def enrolled_device(unit: UnitOfWork) -> Enrolled:
        enrolled = enrol_device(unit, enrolment, now)
        if before is not None:
            retire_lost_device(unit, before, enrolled.actor, now)
        return enrolled

    enrolled = await parts.database.write(enrolled_device)
    ends_at = milliseconds(now) // 1000 + SESSION_SECONDS
    answer = {
        "actor": enrolled.actor,
        "person": person_wire(enrolled.person),
        "organisation": organisation_wire(enrolled.organisation),
        "session_expires_at": instant_text(ends_at),
    }
    return _answer(answer, 201, session_cookie(request, enrolled.token))


@post("/v1/devices/branch", status_code=201)
async def branch(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give a phone whose history was forked a fresh actor, with a session of its own."""
    parts = parts_of(request)
    value = await read_object(request, BODY_BYTES_MAX)
    principal = await signed_in(request)
    if value.get("alg") != "ES256":
        raise MalformedBody
    key = value.get("public_key")
    wish = Branch(
        branch_of=Actor(text_member(value, "branch_of", 20)),
        public_key=public_key_text(key if isinstance(key, dict) else {}),
        proof=text_member(value, "proof", 200),
    )
    parts.push_limit.take(principal.actor, parts.clock())
    branched = await parts.database.write(
        lambda unit: branch_device(unit, principal, wish, parts.clock())
    )
    return _answer({"actor": branched.actor}, 201, session_cookie(request, branched.token))


@get("/v1/devices")
async def list_devices(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the person's own devices."""
    principal = await signed_in(request)
    devices = await parts_of(request).database.read(lambda unit: own_devices(unit, principal))
    said = [own_device_wire(device, principal.actor) for device in devices]
    return _answer({"devices": said})


@post("/v1/devices/{actor:str}/retire", status_code=200)
async def retire(request: Request[Any, Any, Any], actor: FromPath[str]) -> Response[bytes]:
    """Take one of the person's own devices out of use."""
    parts = parts_of(request)
    value = await read_object(request, BODY_BYTES_MAX)
    principal = await signed_in(request)
    word = text_member(value, "reason", 20)
    if word not in OWN_REASONS:
        message = "reason must be replaced, lost or signed_out."
        raise ValueRefused(message, "reason")
    reason, now = RetiredReason(word), parts.clock()
    await parts.database.write(
        lambda unit: retire_own_device(unit, principal, Actor(actor), reason, now)
    )
    return _answer({})


@get("/v1/team/sync")
async def team_sync(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Tell who decides about others' time whose phones may hold what has not arrived."""
    parts = parts_of(request)
    principal = await signed_in(request)
    me = member_of(principal)
    if not (me.may(Permission.SEE_TEAM) or me.may(Permission.SEE_ALL)):
        raise RoleMissing
    people = await parts.database.read(lambda unit: team_devices(unit, principal))
    now = instant_text(milliseconds(parts.clock()) // 1000)
    return _answer({"now": now, "people": [team_wire(one) for one in people]})


async def _present_actor(request: Request[Any, Any, Any]) -> Actor | None:
    try:
        return (await signed_in(request)).actor
    except AuthExpired:
        return None


def _answer(
    value: Mapping[str, Any], status_code: int = 200, cookie: str | None = None
) -> Response[bytes]:
    headers = {"Cache-Control": "no-store"}
    if cookie is not None:
        headers["Set-Cookie"] = cookie
    body = msgspec.json.encode(value)
    return Response(body, status_code=status_code, media_type="application/json", headers=headers)
