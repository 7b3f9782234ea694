"""Which subscriptions are taken: a client chose the URL, so it is not believed.

Only hosts of known push services, or those that the operator names, and only
https: otherwise anybody with a phone could make the server call any address.
"""

import re
from collections.abc import Collection
from typing import Final

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from daywork.core.errors import ValueRefused
from daywork.core.hash_chain import decode_base64url
from daywork.core.push_subscription import LANGUAGES, PushSubscription

ENDPOINT_CHARACTERS_MAX = 2_048
POINT_BYTES = 65
AUTH_SECRET_BYTES = 16
HTTPS_PORT = 443

HOSTS: Final = frozenset(
    (
        "fcm.googleapis.com",  # Chrome, Edge on Android, Brave, Opera
        "jmt17.google.com",  # Chromium without Google's brand, as Debian builds it
        "updates.push.services.mozilla.com",  # Firefox
    )
)
# Safari, and every app on the home screen of an iPhone; Edge on Windows.
_NAMES_BELOW = re.compile(r"([a-z0-9-]{1,63}\.){1,5}(push\.apple|notify\.windows)\.com")


def checked_subscription(
    endpoint: str,
    receiver_key: str,
    auth_secret: str,
    language: str,
    further_hosts: Collection[str],
) -> PushSubscription:
    """Return the subscription that a browser sent as texts, keys in base64url.

    ``further_hosts`` are the operator's, ``host`` or ``host:port``.
    Raises: ValueRefused, whose ``field`` names the member.
    """
    if not is_push_service(endpoint, further_hosts):
        msg = "endpoint must be an https URL of a known push service."
        raise ValueRefused(msg, "endpoint")
    key = _decoded(receiver_key, "keys.p256dh", POINT_BYTES)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError as error:
        msg = "keys.p256dh must be a point on P-256."
        raise ValueRefused(msg, "keys.p256dh") from error
    if language not in LANGUAGES:
        msg = f"language must be one of {', '.join(sorted(LANGUAGES))}."
        raise ValueRefused(msg, "language")
    secret = _decoded(auth_secret, "keys.auth", AUTH_SECRET_BYTES)
    return PushSubscription(endpoint, key, secret, language)


def is_push_service(endpoint: str, further_hosts: Collection[str]) -> bool:
    """Whether ``endpoint`` is a URL that we are willing to send to.

    It is read by the same code that will send to it, so both see the same host.
    """
    if len(endpoint) > ENDPOINT_CHARACTERS_MAX or not endpoint.isascii():
        return False
    try:
        url = httpx.URL(endpoint)
    except httpx.InvalidURL:
        return False
    if url.scheme != "https" or url.userinfo or url.fragment:
        return False
    if is_further_host(url, further_hosts):
        return True
    if (url.port or HTTPS_PORT) != HTTPS_PORT:
        return False
    return url.host in HOSTS or _NAMES_BELOW.fullmatch(url.host) is not None


def is_further_host(url: httpx.URL, further_hosts: Collection[str]) -> bool:
    """Whether the operator named this very host and port."""
    port = url.port or HTTPS_PORT
    return f"{url.host}:{port}" in further_hosts or (
        port == HTTPS_PORT and url.host in further_hosts
    )


def _decoded(text: str, field: str, byte_count: int) -> bytes:
    try:
        value = decode_base64url(text)
    except ValueError as error:
        msg = f"{field} must be base64url without padding."
        raise ValueRefused(msg, field) from error
    if len(value) != byte_count:
        msg = f"{field} must have {byte_count} bytes."
        raise ValueRefused(msg, field)
    return value
