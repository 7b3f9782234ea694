"""The one decoder of what comes in: one text has one meaning, or it is refused.

No duplicate members, no fractions, exponents, NaN or Infinity, no number beyond
2**53 - 1, no lone surrogate, no more than 16 levels. A signed hash must be over
one meaning (RFC 8785, RFC 7493).
"""

import json
import re
from typing import Any, NoReturn

from daywork.core.errors import MalformedBody
from daywork.core.json_value import JsonValue

DEPTH_MAX = 16
NUMBER_MAX = 2**53 - 1

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_EMPTY = re.compile(rb"\[\]|\{\}")
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_DIGITS_MAX = 17


def decode(body: bytes) -> JsonValue:
    """Return the value that ``body`` spells. Raises: MalformedBody."""
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
