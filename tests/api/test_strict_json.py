"""One text has one meaning, or it is refused."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.api.strict_json import (
    DEPTH_MAX,
    NUMBER_MAX,
    _decoded_plainly,
    _decoded_strictly,
    decode,
)
from daywork.core.errors import MalformedBody
from support.bad_input import UNREADABLE

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-NUMBER_MAX, NUMBER_MAX) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
# Spelled as no writer would: members twice, fractions, spaces, escapes, numbers too large.
SPELLINGS = st.recursive(
    st.sampled_from(["null", "true", "0", "-0", "7", "1.0", "1e2", "NaN", '"a"', '"\\u0061"'])
    | st.integers(NUMBER_MAX - 2, NUMBER_MAX + 2).map(str)
    | st.sampled_from(['"\\ud800"', '"\\/"', '"\\n"', '"\x7f"', '"\u2028"', '"[{"', "1" * 40])
    | st.text().map(lambda text: json.dumps(text, ensure_ascii=False)),
    lambda inner: (
        st.lists(inner).map(lambda parts: f"[{','.join(parts)}]")
        | st.lists(st.tuples(st.sampled_from(["a", "b", " "]), inner)).map(
            lambda members: "{" + ",".join(f'"{name}":{value}' for name, value in members) + "}"
        )
        | inner.map(lambda part: f" {part}\n")
    ),
)
ARE_JSON = {"an array", "a number", "null"}  # Only the door asks for an object.


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    is_flat = not isinstance(value, dict | list)
    return 0 if is_flat else 1 + max(map(_depth, inner), default=0)


@pytest.mark.parametrize("name", UNREADABLE.keys() - ARE_JSON)
def test_a_body_without_one_meaning_has_no_value(name: str) -> None:
    with pytest.raises(MalformedBody):
        decode(UNREADABLE[name])


@given(VALUES)
def test_every_value_within_the_limits_comes_back(value: object) -> None:
    body = json.dumps(value, ensure_ascii=False).encode()

    if _depth(value) <= DEPTH_MAX:
        assert decode(body) == value
    else:
        with pytest.raises(MalformedBody):
            decode(body)


@given(VALUES)
def test_escapes_change_nothing(value: object) -> None:
    if _depth(value) <= DEPTH_MAX:
        assert decode(json.dumps(value).encode()) == value


@given(st.binary())
def test_any_bytes_are_a_value_or_refused(body: bytes) -> None:
    try:
        value = decode(body)
    except MalformedBody:
        return
    assert decode(json.dumps(value).encode()) == value


@given(SPELLINGS)
def test_the_short_way_reads_only_what_the_strict_way_reads_alike(spelling: str) -> None:
    body = spelling.encode(errors="surrogatepass")
    value = _decoded_plainly(body)

    if value is not None:
        assert repr(_decoded_strictly(body)) == repr(value)


@given(VALUES)
def test_what_is_spelled_as_phones_do_goes_the_short_way(value: object) -> None:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    if value is not None and _depth(value) <= 8:
        assert _decoded_plainly(body) == value


def test_brackets_in_texts_are_no_levels() -> None:
    text = '[{"' * 1_000 + '\\"' * 3

    assert decode(json.dumps([text]).encode()) == [text]


@pytest.mark.parametrize("number", [math.pi, 1e3, NUMBER_MAX + 1, -NUMBER_MAX - 1])
def test_a_number_is_whole_and_exact_everywhere(number: float) -> None:
    with pytest.raises(MalformedBody):
        decode(json.dumps([number]).encode())
