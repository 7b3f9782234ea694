"""Web push: our key, and where the asking device can be told things."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, put

from daywork.api.auth import signed_in
from daywork.api.body import read_object
from daywork.api.parts import parts_of
from daywork.api.wire.web_push import read_subscription
from daywork.usecases.keep_push_subscriptions import (
    keep_push_subscription,
    remove_push_subscription,
)

BODY_BYTES_MAX = 8_192
_NOT_STORED = {"Cache-Control": "no-store"}


@get("/v1/web-push/key")
async def show_key(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the key that browsers bind a subscription to."""
    await signed_in(request)
    body = msgspec.json.encode({"key": parts_of(request).vapid_public_key})
    return Response(body, media_type="application/json", headers=_NOT_STORED)


@put("/v1/web-push/subscription", status_code=204)
async def keep_subscription(request: Request[Any, Any, Any]) -> Response[None]:
    """Store the device's subscription in place of an earlier one."""
    parts = parts_of(request)
    principal = await signed_in(request)
    subscription = read_subscription(await read_object(request, BODY_BYTES_MAX), parts.push_hosts)
    await parts.database.write(
        lambda unit: keep_push_subscription(unit, principal, subscription, parts.clock())
    )
    return Response(None, status_code=204, headers=_NOT_STORED)


@delete("/v1/web-push/subscription", status_code=204)
async def forget_subscription(request: Request[Any, Any, Any]) -> Response[None]:
    """Forget the device's subscription; without one nothing happens."""
    parts = parts_of(request)
    principal = await signed_in(request)
    await parts.database.write(lambda unit: remove_push_subscription(unit, principal))
    return Response(None, status_code=204, headers=_NOT_STORED)
