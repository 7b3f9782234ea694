"""Random values that nobody may guess, and how they are kept."""

import base64
import hashlib
import os
import secrets
from pathlib import Path
from uuid import UUID

from daywork.core.hash_chain import encode_base64url
from daywork.core.ids import Actor

SECRET_BYTES = 32
ACTOR_BITS = 50

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_CODE_CHARACTERS = 16  # of an invite: 80 bits, typed by hand in four groups


def new_secret() -> str:
    """Return 256 random bits as base64url."""
    return encode_base64url(secrets.token_bytes(SECRET_BYTES))


def new_invite_code() -> str:
    """Return the secret of an invite: short enough to be typed, 80 random bits.

    It is read in groups (``7K3F-9Q2X-...``); case and dashes do not matter.
    """
    text = base64.b32encode(secrets.token_bytes(_CODE_CHARACTERS * 5 // 8)).decode()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def normal_code(code: str) -> str:
    """Return an invite's code as it is kept, however it was typed."""
    typed = code.strip().upper().replace("-", "").replace(" ", "")
    # Characters that base32 does not have, and that fingers mistake.
    return typed.replace("0", "O").replace("1", "I").replace("8", "B")


def new_actor() -> Actor:
    """Return a new device's id: ten characters, 50 random bits."""
    number = secrets.randbits(ACTOR_BITS)
    characters = [_BASE32[(number >> shift) & 31] for shift in range(0, ACTOR_BITS, 5)]
    return Actor("".join(characters))


def new_epoch() -> str:
    """Return the mark of a new history."""
    return secrets.token_hex(4)


def new_uuid(now_milliseconds: int) -> UUID:
    """Return a UUID version 7 (RFC 9562) for ``now_milliseconds`` since 1970."""
    value = now_milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(0b11 << 62) | 0b10 << 62)


def hashed_secret(secret: str) -> bytes:
    """Return what is stored of a secret with enough random bits: its SHA-256."""
    return hashlib.sha256(secret.encode()).digest()


def key_file(folder: Path, name: str) -> bytes:
    """Return the key kept under ``name``, made at the first call; 32 bytes, mode 0600."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / name
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_bytes()
    with os.fdopen(handle, "wb") as opened:
        opened.write(secrets.token_bytes(SECRET_BYTES))
        opened.flush()
        os.fsync(opened.fileno())
    return file.read_bytes()
