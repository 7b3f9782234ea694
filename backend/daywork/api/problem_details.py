"""Refusals as ``application/problem+json`` (RFC 9457): the only place with status codes."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from daywork.core import errors
from daywork.core.errors import DomainError, Unavailable
from daywork.store.availability import RETRY_AFTER_SECONDS, is_away

LOGGER = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# A class stands for its subclasses where they are not named.
STATUS: Mapping[type[DomainError], int] = {
    errors.BadSignature: 401,
    errors.Forked: 409,
    errors.SequenceGap: 409,
    errors.TooLarge: 413,
    errors.MediaTypeUnsupported: 415,
    errors.PullUpgradeRequired: 426,
    errors.BatchRefused: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.NameTaken: 409,
    errors.InvalidInput: 400,
    errors.CursorExpired: 410,
    errors.InvalidState: 409,
    errors.LimitExceeded: 429,
    errors.Unavailable: 503,
}

# What the framework refuses by itself, in our words.
FRAMEWORK_CODES: Mapping[int, str] = {
    400: "request_invalid",
    401: "auth_expired",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "media_type_unsupported",
    429: "rate_limited",
}

TITLES: Mapping[str, str] = {
    "malformed_body": "The body cannot be read. Send UTF-8 JSON as the documents describe.",
    "too_large": "The body is too large. Send fewer operations at once.",
    "auth_expired": "You are not signed in. Sign in again; what was recorded is kept.",
    "bad_signature": "The signature does not fit. Nothing was stored; send the batch again.",
    "device_retired": "This device was retired. Hand in what it still holds through the office.",
    "not_your_device": "This device is not yours.",
    "forked": "This phone and the server tell different histories. The office can help.",
    "gap": "Operations are missing in front. Send them first.",
    "csrf": "The request came from another site.",
    "not_found": "There is no such thing, or you may not see it.",
    "invite_invalid": "This invite is unknown, used or expired. Ask for a new one.",
    "bad_proof": "The proof does not fit the key.",
    "bad_key": "The key must be an EC public key on P-256.",
    "cursor_invalid": "This cursor is not yours. Pull from the beginning.",
    "pull_upgrade_required": "This app is too old to read here. Update it; it may still send.",
    "cursor_expired": "This cursor is too old. Pull from the beginning.",
    "rate_limited": "Too many requests. Wait and try again.",
    "proto_unknown": "This version of the protocol is not spoken here.",
    "unavailable": "The server cannot do this now. Try again; nothing was lost.",
    "role.missing": "Your role does not allow this.",
    "method_not_allowed": "This address does not take that method.",
    "media_type_unsupported": "Send application/json.",
    "request_invalid": "The request cannot be understood.",
    "internal": "Something went wrong here. Nothing was stored; try again.",
}


def problem(
    status: int, code: str, members: Mapping[str, Any] | None = None, detail: str | None = None
) -> Response[bytes]:
    """Return the answer that tells ``code``, with its members at the top level."""
    content: dict[str, Any] = {
        "type": f"urn:daywork:problem:{code}",
        "title": TITLES.get(code, detail or code),
        "status": status,
        "code": code,
    }
    if detail is not None and detail != code:
        content["detail"] = detail
    content |= members or {}
    headers = {"Cache-Control": "no-store"}
    retry_after = content.get("retry_after")
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    body = msgspec.json.encode(content)
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def status_of(refusal: DomainError) -> int:
    """Return the HTTP status of a refusal: its class's, or the nearest parent's."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def tell_refusal(_request: Request[Any, Any, Any], refusal: DomainError) -> Response[bytes]:
    """Answer a refusal of the domain."""
    members = dict(refusal.members)
    retry_after = getattr(refusal, "retry_after_seconds", None)
    if retry_after is not None:
        members["retry_after"] = retry_after
    return problem(status_of(refusal), refusal.code, members, str(refusal))


def tell_framework_refusal(
    _request: Request[Any, Any, Any], refusal: HTTPException
) -> Response[bytes]:
    """Answer what the framework refused: unknown path, wrong method, too large."""
    status = refusal.status_code
    if status not in FRAMEWORK_CODES:
        status = 400 if status < 500 else 500
    return problem(status, FRAMEWORK_CODES.get(status, "internal"))


def tell_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer a bug, or a database that is away: the phone keeps everything and tries again."""
    if is_away(error):
        LOGGER.warning("%s %s: %s", request.method, request.scope["path"], error)
        return tell_refusal(request, Unavailable(RETRY_AFTER_SECONDS))
    LOGGER.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return problem(500, "internal")
