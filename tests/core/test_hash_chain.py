"""The chain hash, byte by byte, and the only spelling of bytes."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.canonical_json import canonical
from daywork.core.hash_chain import (
    GENESIS,
    anchor,
    chain_hash,
    decode_base64url,
    digest,
    encode_base64url,
    leaf,
)
from support.histories import shift
from support.strategies import law
from support.vectors import vectors

HASH = vectors("hash")
OPERATIONS = HASH["operations"]


def _head(operation: Any) -> dict[str, Any]:
    hashed = ("q", "id", "e", "by", "c", "w", "dg")
    members = {name: part for name, part in operation["op"].items() if name in hashed}
    return members | {"actor": HASH["actor"]}


def _leaves(operation: Any) -> dict[str, bytes]:
    groups = operation["op"].get("s", {})
    return {name: leaf(decode_base64url(group["n"]), group["v"]) for name, group in groups.items()}


@pytest.mark.parametrize("operation", OPERATIONS, ids=["new", "submit"])
def test_head_leaves_and_hash_of_the_vector_fit_byte_by_byte(operation: Any) -> None:
    leaves = _leaves(operation)
    result = chain_hash(bytes.fromhex(operation["prev_hex"]), _head(operation), leaves)

    assert canonical(_head(operation)) == operation["head"].encode()
    assert {name: part.hex() for name, part in leaves.items()} == operation["leaves_hex"]
    assert result.hex() == operation["h_hex"]
    assert encode_base64url(result) == operation["op"]["h"]


def test_the_first_operation_follows_32_zero_bytes() -> None:
    assert OPERATIONS[0]["prev_hex"] == GENESIS.hex()


def test_an_operation_follows_the_hash_of_the_one_before_it() -> None:
    assert OPERATIONS[1]["prev_hex"] == OPERATIONS[0]["h_hex"]


def test_an_anchor_is_the_beginning_of_the_hash_as_it_is_sent() -> None:
    first_hash = bytes.fromhex(OPERATIONS[0]["h_hex"])

    assert OPERATIONS[1]["op"]["c"] == {HASH["actor"]: [1, anchor(first_hash)]}
    assert OPERATIONS[0]["op"]["h"].startswith(anchor(first_hash))


def test_the_digest_of_the_vector_fits() -> None:
    values = json.loads(HASH["digest_input"])

    assert digest(values) == HASH["digest"]


def test_a_note_does_not_change_the_digest() -> None:
    values = json.loads(HASH["digest_input"])

    assert digest(values | {"note": "pump 4"}) == HASH["digest"]


@law
@given(st.binary(max_size=40))
def test_bytes_read_back_from_their_spelling(raw: bytes) -> None:
    text = encode_base64url(raw)

    assert decode_base64url(text) == raw
    assert re.fullmatch(r"[A-Za-z0-9_-]*", text)


@law
@given(st.text(alphabet="AZaz09-_+/= \n\u00e9\ud800", max_size=8))
def test_bytes_have_no_second_spelling(text: str) -> None:
    try:
        raw = decode_base64url(text)
    except ValueError:
        return

    assert encode_base64url(raw) == text


@pytest.mark.parametrize(
    "text",
    [
        "AQ==",  # padding
        "AR",  # 4 unused bits, one of them set
        "AAB",  # 2 unused bits, one of them set
        "A",  # no byte at all
        "AA+A",  # the other alphabet
        "AA/A",
        "AAA A",
        "AAAA\n",
        "\u00e9AAA",
    ],
)
def test_a_foreign_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_base64url(text)


def test_a_group_name_beyond_ascii_cannot_be_hashed() -> None:
    with pytest.raises(ValueError, match="ascii"):
        chain_hash(GENESIS, {}, {"z\u00e9it": bytes(32)})


def test_groups_are_hashed_in_ascending_order_of_their_names() -> None:
    leaves = {"time": leaf(bytes(16), shift("07:00", "15:30")), "alloc": bytes(32)}

    backwards = dict(reversed(leaves.items()))

    assert chain_hash(GENESIS, {"q": 1}, leaves) == chain_hash(GENESIS, {"q": 1}, backwards)
