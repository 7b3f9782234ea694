"""GET /v1/sync/events: a stream that says at most once that there is something to pull."""

from typing import Any

from litestar import Request, get
from litestar.response import Stream

from daywork.api.auth import signed_in
from daywork.api.parts import parts_of
from daywork.api.wire.sync import read_cursor
from daywork.usecases.watch_feed import begin_watch

# Packed, it would wait for more; a proxy is asked to let it through as it comes.
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


@get("/v1/sync/events", opt={"sent_as_it_comes": True})
async def events(request: Request[Any, Any, Any]) -> Stream:
    """Nudge the phone when something in its sight has changed, and end."""
    parts = parts_of(request)
    principal = await signed_in(request)
    after = read_cursor(request.query_params, "after")
    parts.nudges.check_room()
    watch = await parts.database.look_at(begin_watch(principal, after, parts.cursor_key))
    told = parts.nudges.told(principal, watch)
    return Stream(told, media_type="text/event-stream", headers=HEADERS)
