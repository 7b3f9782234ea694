"""What a push service demands of a message (RFC 8030, 8188, 8291, 8292).

Written from the documents, independently of the sender.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from daywork.core.hash_chain import decode_base64url

BODY_BYTES_MAX = 4_096
TIME_TO_LIVE_SECONDS_MAX = 28 * 86_400
TOKEN_AGE_MAX = timedelta(hours=24)
URGENCIES = frozenset(("very-low", "low", "normal", "high"))

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_CONTACT = re.compile(r"mailto:[^@\s]+@[^@\s]+|https://[^/\s]+")


def refusal_of_message(headers: Mapping[str, str], body: bytes) -> str | None:
    """Return what is wrong with the message itself, None if nothing is.

    ``headers`` have lower-case names.
    """
    ttl = headers.get("ttl", "")
    if headers.get("content-encoding") != "aes128gcm":
        return "content-encoding"
    if not ttl.isdecimal() or int(ttl) > TIME_TO_LIVE_SECONDS_MAX:
        return "ttl"
    if headers.get("urgency", "normal") not in URGENCIES:
        return "urgency"
    if "topic" in headers and not _TOPIC.fullmatch(headers["topic"]):
        return "topic"
    if len(body) > BODY_BYTES_MAX:
        return "size"
    return None


def refusal_of_sender(
    authorization: str, sender_key: str, origins: Collection[str], now: datetime
) -> str | None:
    """Return why the sender may not use a subscription bound to ``sender_key``.

    ``origins`` are the names under which this push service is known.
    """
    scheme, _, parameters = authorization.partition(" ")
    if scheme != "vapid":
        return "vapid: scheme"
    given = dict(part.strip().split("=", 1) for part in parameters.split(","))
    if given.get("k") != sender_key:
        return "vapid: key"
    signed, _, signature = given.get("t", "").rpartition(".")
    if not _is_signed_by(sender_key, signed.encode(), signature):
        return "vapid: signature"
    head, claims = (json.loads(decode_base64url(part)) for part in signed.split("."))
    if head.get("alg") != "ES256":
        return "vapid: alg"
    return _refusal_of_claims(claims, origins, now)


def _refusal_of_claims(
    claims: Mapping[str, Any], origins: Collection[str], now: datetime
) -> str | None:
    if claims.get("aud") not in origins:
        return "vapid: aud"
    ends_in_seconds = claims.get("exp", 0) - now.timestamp()
    if not 0 < ends_in_seconds <= TOKEN_AGE_MAX.total_seconds():
        return "vapid: exp"
    if not _CONTACT.fullmatch(claims.get("sub", "")):
        return "vapid: sub"
    return None


def _is_signed_by(sender_key: str, message: bytes, signature: str) -> bool:
    raw = decode_base64url(signature)
    point = decode_base64url(sender_key)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    encoded = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    try:
        key.verify(encoded, message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
