"""What is in the ledger, what waits, and why: for the office, reading only."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from daywork.api.auth import require, signed_in
from daywork.api.parts import parts_of
from daywork.api.wire.postings import POSTING_STATES, explanation_wire, posting_list_wire
from daywork.core.errors import NotFound, ValueRefused
from daywork.core.ids import TimeEntryId
from daywork.core.roles import Permission
from daywork.usecases import explain_posting

ROWS_MAX = 500


@get("/v1/postings")
async def list_postings(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return held, posted or waiting postings, the newest first."""
    principal = await signed_in(request)
    require(principal, Permission.READ_POSTINGS)
    states = POSTING_STATES.get(request.query_params.get("state", "held"))
    if states is None:
        message = f"state must be one of {', '.join(POSTING_STATES)}."
        raise ValueRefused(message, "state")
    text = request.query_params.get("limit", "100")
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= ROWS_MAX):
        message = f"limit must be 1 to {ROWS_MAX}."
        raise ValueRefused(message, "limit")
    organisation_id = principal.organisation_id
    found = await parts_of(request).database.read(
        lambda unit: explain_posting.list_postings(unit, organisation_id, states, int(text))
    )
    return _json(posting_list_wire(found))


@get("/v1/postings/{entry:str}/explanation")
async def explain(request: Request[Any, Any, Any], entry: FromPath[str]) -> Response[bytes]:
    """Return how an entry came to be posted, or why it was not."""
    principal = await signed_in(request)
    require(principal, Permission.READ_POSTINGS)
    try:
        entry_id = TimeEntryId(UUID(entry.removeprefix("te:")))
    except ValueError as error:
        raise NotFound from error
    organisation_id = principal.organisation_id
    found = await parts_of(request).database.read(
        lambda unit: explain_posting.explain_entry(unit, organisation_id, entry_id)
    )
    return _json(explanation_wire(found))


def _json(value: object) -> Response[bytes]:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(value), media_type="application/json", headers=headers)
