"""One spelling for each value, on every device."""

import json
from typing import Any

import pytest
from hypothesis import given

from daywork.core.canonical_json import canonical, compact
from daywork.core.json_value import JsonValue
from support.strategies import json_values, law
from support.vectors import name_of, vectors


@pytest.mark.parametrize("vector", vectors("canonical"), ids=name_of)
def test_a_vector_has_its_canonical_spelling(vector: Any) -> None:
    assert canonical(vector["value"]) == vector["canonical"].encode()


@law
@given(json_values)
def test_a_canonical_text_reads_back_as_the_value(value: JsonValue) -> None:
    assert json.loads(canonical(value)) == value


@law
@given(json_values)
def test_the_order_of_members_plays_no_part(value: JsonValue) -> None:
    assert canonical(_reversed_members(value)) == canonical(value)


@law
@given(json_values)
def test_members_ascend_by_utf_16_code_units(value: JsonValue) -> None:
    json.loads(canonical(value), object_pairs_hook=_assert_ascending)


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, ["a", {"b": "\ud800x"}]])
def test_a_lone_surrogate_has_no_spelling(value: JsonValue) -> None:
    with pytest.raises(ValueError, match="surrogate"):
        canonical(value)


def test_what_is_no_json_has_no_spelling() -> None:
    not_json: Any = {"a": object()}

    with pytest.raises(TypeError, match="object"):
        canonical(not_json)


@law
@given(json_values)
def test_members_keep_their_order_and_every_text_its_standard_escapes(value: JsonValue) -> None:
    assert compact(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _reversed_members(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name: _reversed_members(part) for name, part in reversed(value.items())}
    if isinstance(value, list):
        return [_reversed_members(part) for part in value]
    return value


def _assert_ascending(members: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    names = [name.encode("utf-16-be") for name, _ in members]
    assert names == sorted(set(names))
    return dict(members)
