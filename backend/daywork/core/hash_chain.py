"""The hash chain of one actor's operations, and the digest that approvals bind.

Each group of an operation is a salted leaf, SHA-256(salt || canonical value).
The chain hash is SHA-256(previous chain hash || canonical head || name and leaf
of each group in ascending order of names). A value can thus be erased while its
leaf stays and chain and signature still verify. Rejected: hashing the whole
operation as one text, which would make erasure break the chain.
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from daywork.core.canonical_json import canonical
from daywork.core.json_value import JsonValue

GENESIS: Final = bytes(32)
ANCHOR_CHARACTERS: Final = 6
MATERIAL_GROUPS: Final = ("alloc", "life", "time")

_TO_URL_ALPHABET = bytes.maketrans(b"+/", b"-_")
_PADDING = ("", "===", "==", "=")


def leaf(salt: bytes, value: JsonValue) -> bytes:
    """Return the 32 bytes that stand for ``value`` in the chain.

    Raises: ValueError if a text in ``value`` holds a lone surrogate.
    """
    return sha256(salt + canonical(value)).digest()


def chain_hash(previous: bytes, head: dict[str, JsonValue], leaves: Mapping[str, bytes]) -> bytes:
    """Return the chain hash (32 bytes) of an operation: ``link`` and ``linked`` in one."""
    return linked(previous, link(head, leaves))


def link(head: dict[str, JsonValue], leaves: Mapping[str, bytes]) -> bytes:
    """Return what an operation adds to its chain; ``head`` holds exactly what is hashed.

    Raises: ValueError if a text in ``head`` holds a lone surrogate or the name of
    a group is not ASCII.
    """
    text = canonical(head)
    for name in sorted(leaves):
        text += name.encode("ascii") + leaves[name]
    return text


def linked(previous: bytes, added: bytes) -> bytes:
    """Return the chain hash behind ``added``.

    ``previous`` is the chain hash of the actor's operation before this one as it
    was sent, or GENESIS.
    """
    return sha256(previous + added).digest()


def anchor(hash_bytes: bytes) -> str:
    """Return the first six characters (36 bits) of a chain hash's spelling."""
    text = b2a_base64(hash_bytes[:6])[:ANCHOR_CHARACTERS]
    return text.translate(_TO_URL_ALPHABET).decode("ascii")


def digest(values: Mapping[str, JsonValue]) -> str:
    """Return the digest that an approval binds: of ``time``, ``alloc``, ``life``.

    Other groups are left out, so a note never invalidates an approval; a group
    that was never written is absent, not null.
    """
    material = {group: values[group] for group in MATERIAL_GROUPS if group in values}
    return "sha256:" + encode_base64url(sha256(canonical(material)).digest())


def encode_base64url(raw: bytes) -> str:
    """Return ``raw`` in base64url without padding (RFC 4648, section 5)."""
    text = b2a_base64(raw, newline=False).translate(_TO_URL_ALPHABET)
    return text.rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """Return the bytes of ``text``, which must be their only spelling.

    Raises: ValueError on padding, foreign characters or unused bits that are set.
    """
    raw = decode_well_formed_base64url(text)
    if encode_base64url(raw) != text:
        msg = "not base64url without padding, or its unused bits are set"
        raise ValueError(msg)
    return raw


def decode_well_formed_base64url(text: str) -> bytes:
    """Return the bytes of ``text`` whose form was checked before, with no check."""
    standard = text.replace("-", "+").replace("_", "/")
    return a2b_base64(standard + _PADDING[len(text) % 4])
