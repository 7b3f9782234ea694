"""Sign in again, see who one is, sign out."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post

from daywork.api.auth import cookie_name, expires_at, session_cookie, signed_in_session
from daywork.api.body import read_object, text_member
from daywork.api.parts import parts_of
from daywork.api.wire.people import organisation_wire, person_wire
from daywork.core.errors import NotFound
from daywork.core.ids import Actor
from daywork.core.instant import instant_text
from daywork.store.row import milliseconds
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.sign_in import ask_device, sign_in_device, sign_out_device

BODY_BYTES_MAX = 4_096


def _json(value: object, headers: dict[str, str] | None = None) -> Response[bytes]:
    body = msgspec.json.encode(value)
    all_headers = {"Cache-Control": "no-store", **(headers or {})}
    return Response(body, media_type="application/json", headers=all_headers)


@post("/v1/sessions/challenge", status_code=200)
async def challenge(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give a device a nonce to sign, good for a minute and one use."""
    parts = parts_of(request)
    actor = Actor(text_member(await read_object(request, BODY_BYTES_MAX), "actor", 10))
    nonce = await parts.database.write(lambda unit: ask_device(unit, actor, parts.clock()))
    return _json({"nonce": nonce})


@post("/v1/sessions", status_code=200)
async def sign_in(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give a device a new session for a signed nonce."""
    parts = parts_of(request)
    value = await read_object(request, BODY_BYTES_MAX)
    actor = Actor(text_member(value, "actor", 10))
    nonce, signature = text_member(value, "nonce", 64), text_member(value, "sig", 200)
    token = await parts.database.write(
        lambda unit: sign_in_device(unit, actor, nonce, signature, parts.clock())
    )
    return _json({"actor": actor}, {"Set-Cookie": session_cookie(request, token)})


@get("/v1/session")
async def show_session(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Tell the phone whose it is, and until when it is signed in."""
    parts = parts_of(request)
    found = await signed_in_session(request)
    principal = found.principal

    def read(unit: UnitOfWork) -> dict[str, object]:
        person = unit.people.get(principal.organisation_id, principal.person_id)
        organisation = unit.organisations.get(principal.organisation_id)
        if person is None or organisation is None:
            raise NotFound
        return {
            "actor": principal.actor,
            "person": person_wire(person),
            "organisation": organisation_wire(organisation),
            "session_expires_at": instant_text(milliseconds(expires_at(found)) // 1000),
        }

    return _json(await parts.database.read(read))


@delete("/v1/session", status_code=204)
async def sign_out(request: Request[Any, Any, Any]) -> Response[None]:
    """End the session; the phone keeps what it has not sent."""
    parts = parts_of(request)
    token = request.cookies.get(cookie_name(request), "")
    if token:
        await parts.database.write(lambda unit: sign_out_device(unit, token))
    headers = {"Set-Cookie": session_cookie(request, "", 0), "Cache-Control": "no-store"}
    return Response(None, status_code=204, headers=headers)
