"""POST /v1/devices: a phone becomes a device of the invited person."""

from typing import Any

import msgspec
from litestar import Request, Response, post

from daywork.api.auth import session_cookie
from daywork.api.body import read_object, text_member
from daywork.api.parts import parts_of
from daywork.api.wire.people import organisation_wire, person_wire
from daywork.core.errors import BadKey, BadProof, MalformedBody
from daywork.core.instant import instant_text
from daywork.security.signatures import public_key_text
from daywork.store.row import milliseconds
from daywork.usecases.enrol_device import (
    Enrolled,
    Enrolment,
    count_failure,
    enrol_device,
    prove,
)

SESSION_SECONDS = 14 * 86_400
BODY_BYTES_MAX = 8_192


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
    enrolled: Enrolled = await parts.database.write(lambda unit: enrol_device(unit, enrolment, now))
    ends_at = milliseconds(now) // 1000 + SESSION_SECONDS
    answer = {
        "actor": enrolled.actor,
        "person": person_wire(enrolled.person),
        "organisation": organisation_wire(enrolled.organisation),
        "session_expires_at": instant_text(ends_at),
    }
    headers = {"Set-Cookie": session_cookie(request, enrolled.token), "Cache-Control": "no-store"}
    body = msgspec.json.encode(answer)
    return Response(body, status_code=201, media_type="application/json", headers=headers)
