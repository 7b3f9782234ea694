"""Request bodies: bounded, unpacked, and of one meaning."""

import zlib
from typing import Any

from litestar import Request

from daywork.api.strict_json import decode
from daywork.core.errors import MalformedBody, MediaTypeUnsupported, TooLarge
from daywork.core.json_value import JsonValue

BODY_BYTES_MAX = 1_048_576  # of an unpacked body, whatever it is for
JSON = "application/json"
RATIO_MAX = 50  # of unpacked to packed


async def read_body(request: Request[Any, Any, Any], bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """Return the unpacked body. Raises: TooLarge, MalformedBody, MediaTypeUnsupported."""
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type != JSON:
        raise MediaTypeUnsupported
    body = await request.body()
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "gzip":
        body = _unpacked(body, bytes_max)
    elif encoding != "identity":
        raise MediaTypeUnsupported
    if len(body) > bytes_max:
        raise TooLarge({"bytes": bytes_max})
    return body


async def read_object(
    request: Request[Any, Any, Any], bytes_max: int = BODY_BYTES_MAX
) -> dict[str, JsonValue]:
    """Return the body's one JSON object. Raises: TooLarge, MalformedBody."""
    value = decode(await read_body(request, bytes_max))
    if not isinstance(value, dict):
        raise MalformedBody
    return value


def text_member(value: dict[str, JsonValue], name: str, characters_max: int) -> str:
    """Return a text of 1 to ``characters_max`` characters. Raises: MalformedBody."""
    text = value.get(name)
    if not isinstance(text, str) or not 1 <= len(text) <= characters_max or "\0" in text:
        raise MalformedBody
    return text


def _unpacked(body: bytes, bytes_max: int) -> bytes:
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    limit = min(bytes_max, max(len(body) * RATIO_MAX, 1))
    try:
        plain = unpacking.decompress(body, limit + 1)
    except zlib.error as error:
        raise MalformedBody from error
    if len(plain) > limit:
        raise TooLarge({"bytes": bytes_max})
    if not unpacking.eof:
        raise MalformedBody
    return plain
