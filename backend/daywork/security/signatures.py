"""Signatures of devices: ECDSA over P-256 with SHA-256, as WebCrypto makes them.

Keys travel as JWK (RFC 7517), signatures as the two numbers side by side
(IEEE P1363), base64url without padding.
"""

import json
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from daywork.core.errors import BadKey
from daywork.core.hash_chain import decode_base64url
from daywork.core.json_value import JsonValue

COORDINATE_BYTES = 32

_ECDSA = ec.ECDSA(SHA256())
_KEYS_MAX = 20_000  # parsed keys kept; a key costs about 100 microseconds to parse


def public_key_text(jwk: Mapping[str, JsonValue]) -> str:
    """Return the stored form of a public key: ``kty crv x y`` and nothing else.

    Raises: BadKey if it is no point of P-256, or if it is a private key.
    """
    kept = {name: jwk.get(name) for name in ("crv", "kty", "x", "y")}
    if "d" in jwk or not all(isinstance(member, str) for member in kept.values()):
        raise BadKey
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    try:
        _public_key(text)
    except ValueError as error:
        raise BadKey from error
    return text


def is_signed_by(public_key: str, message: bytes, signature: str) -> bool:
    """Whether ``signature`` over ``message`` verifies under the stored key."""
    try:
        raw = decode_base64url(signature)
    except ValueError:
        return False
    if len(raw) != 2 * COORDINATE_BYTES:
        return False
    first, second = raw[:COORDINATE_BYTES], raw[COORDINATE_BYTES:]
    encoded = encode_dss_signature(int.from_bytes(first), int.from_bytes(second))
    try:
        _public_key(public_key).verify(encoded, message, _ECDSA)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=_KEYS_MAX)
def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    jwk = json.loads(text)
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        msg = "only EC keys on P-256 are taken"
        raise ValueError(msg)
    x, y = (decode_base64url(jwk[name]) for name in ("x", "y"))
    if len(x) != COORDINATE_BYTES or len(y) != COORDINATE_BYTES:
        msg = "a coordinate of P-256 has 32 bytes"
        raise ValueError(msg)
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
    return numbers.public_key()
