"""The one decoder of what comes in: one text has one meaning, or it is refused.

No duplicate members, no fractions, exponents, NaN or Infinity, no number beyond
2**53 - 1, no lone surrogate, no more than 16 levels. A signed hash must be over
one meaning (RFC 8785, RFC 7493).
"""

import json
import re
from typing import Annotated, Any, Final, NoReturn

import msgspec

from daywork.core.errors import MalformedBody
from daywork.core.json_value import JsonValue

DEPTH_MAX: Final = 16
NUMBER_MAX: Final = 2**53 - 1

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_EMPTY = re.compile(rb"\[\]|\{\}")
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_DIGITS_MAX = 17
_PLAIN_DEPTH_MAX = 9  # of a push's breaks it is 8; the type below doubles with each level


def decode(body: bytes) -> JsonValue:
    """Return the value that ``body`` spells. Raises: MalformedBody."""
    value = _decoded_plainly(body)
    return _decoded_strictly(body) if value is None else value


def _decoded_plainly(body: bytes) -> JsonValue:
    """Return the value of a body that is spelled as our phones do it, None of any other.

    Its type leaves no room for a fraction, a number out of range or deep nesting,
    and it is written again as it was read: so nothing was lost, as one of two equal
    members would be. This takes a fifth of the time of being asked for each object.
    """
    try:
        value: JsonValue = _PLAIN_DECODER.decode(body)
    except (ValueError, RecursionError):
        return None
    return value if msgspec.json.encode(value) == body else None


def _decoded_strictly(body: bytes) -> JsonValue:
    _check_depth(body)
    try:
        text = body.decode("utf-8")
        value: JsonValue = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedBody from error
    if "\\u" in text and _has_lone_surrogate(value):
        raise MalformedBody
    return value


def _check_depth(body: bytes) -> None:
    """Refuse what nests too deep, before anything recurses into it.

    Without escapes every second piece between quotes lies outside the strings;
    each round then takes away the innermost level of brackets.
    """
    plain = _ESCAPE.sub(b"", body) if b"\\" in body else body
    brackets = b"".join(plain.split(b'"')[::2]).translate(None, _NOT_BRACKETS)
    for _ in range(DEPTH_MAX):
        if not brackets:
            return
        brackets = _EMPTY.sub(b"", brackets)
    if brackets:
        raise MalformedBody


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "a member occurs twice"
        raise ValueError(msg)
    return members


def _integer(text: str) -> int:
    if len(text) > _DIGITS_MAX or not -NUMBER_MAX <= (number := int(text)) <= NUMBER_MAX:
        msg = "a number is out of range"
        raise ValueError(msg)
    return number


def _refuse(text: str) -> NoReturn:
    msg = f"no place for {text[:20]}"
    raise ValueError(msg)


def _plain_type(depth: int) -> Any:
    array: Any = list
    members: Any = dict
    scalar: Any = str | Annotated[int, msgspec.Meta(ge=-NUMBER_MAX, le=NUMBER_MAX)] | bool | None
    kind = scalar
    for _ in range(depth):
        kind = scalar | array[kind] | members[str, kind]
    return kind


def _has_lone_surrogate(value: JsonValue) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_refuse,
    parse_constant=_refuse,
    parse_int=_integer,
)
_PLAIN_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_plain_type(_PLAIN_DEPTH_MAX))
