"""Canonical JSON (RFC 8785) for the protocol's values, which hold no fractions.

What is hashed must have one spelling on every device: members sorted by the
UTF-16 code units of their names, no spaces, only the escapes that JSON
demands, UTF-8. The encoder of the standard library sorts by code points, which
is the same order unless one name has a character above U+FFFF and another one
between U+E000 and U+FFFF; only such values take the slow way.

Source: RFC 8785, sections 3.2.2 and 3.2.3.
"""

from _json import encode_basestring, make_encoder

from daywork.core.json_value import JsonValue

_FIRST_CHARACTER_OUT_OF_ORDER = "\ue000"


def _refused(value: object) -> JsonValue:
    msg = f"no JSON value of the protocol: {type(value).__name__}"
    raise TypeError(msg)


def _encoder(*, sort_keys: bool) -> make_encoder:
    # What json.JSONEncoder makes anew for each call, made once: this is hot.
    return make_encoder(
        markers=None,
        default=_refused,
        encoder=encode_basestring,
        indent=None,
        key_separator=":",
        item_separator=",",
        sort_keys=sort_keys,
        skipkeys=False,
        allow_nan=False,
    )


_sorted_chunks = _encoder(sort_keys=True)
_chunks = _encoder(sort_keys=False)


def canonical(value: JsonValue) -> bytes:
    """Return the one canonical spelling of ``value``.

    Raises: ValueError if a text holds a lone surrogate, which has no UTF-8 form.
    """
    text = "".join(_sorted_chunks(value, 0))
    if not text.isascii() and max(text) >= _FIRST_CHARACTER_OUT_OF_ORDER:
        text = "".join(_chunks(_sorted_by_utf16(value), 0))
    return text.encode()


def compact(value: JsonValue) -> str:
    """Return ``value`` without spaces, its members in the order in which they stand."""
    return "".join(_chunks(value, 0))


def _sorted_by_utf16(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {
            name: _sorted_by_utf16(value[name]) for name in sorted(value, key=_utf16_code_units)
        }
    if isinstance(value, list):
        return [_sorted_by_utf16(part) for part in value]
    return value


def _utf16_code_units(name: str) -> bytes:
    return name.encode("utf-16-be")
