"""Whether the process lives, and whether it can serve."""

from typing import Any

import msgspec
from litestar import Request, Response, get

from daywork.api.parts import parts_of


@get("/health/live")
async def live() -> Response[bytes]:
    """Answer as long as the process does."""
    return _said("live")


@get("/health/ready")
async def ready(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer once the database answers."""
    await parts_of(request).database.find_session(bytes(32))
    return _said("ready")


def _said(word: str) -> Response[bytes]:
    return Response(msgspec.json.encode({"status": word}), media_type="application/json")
