"""Web push (RFC 8030): the one message, encrypted for each browser (RFC 8291).

The message says nothing but that there is something. It has one size for
everybody, so that not even its length tells what happened; the text on the lock
screen is the phone's own.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import ceil
from typing import Final

import httpx
from pywebpush import WebPusher

from daywork.core.hash_chain import encode_base64url
from daywork.core.push_subscription import TIME_TO_LIVE_SECONDS, PushSubscription
from daywork.notifications.port import Gone, Outcome, PutOff, Refused, Taken
from daywork.notifications.vapid import VapidKey

LOGGER = logging.getLogger(__name__)

MESSAGE_BYTES = 256  # before encryption; JSON may end with spaces
MESSAGE: Final = json.dumps({"v": 1}, separators=(",", ":")).encode().ljust(MESSAGE_BYTES)

TOPIC = "daywork"  # an undelivered message is replaced by the next one
URGENCY = "normal"  # a sleeping phone need not wake up for it

REQUEST_SECONDS_MAX = 15
SENT_AT_ONCE_MAX = 8

OpenTransport = Callable[[], httpx.AsyncBaseTransport]

_GONE = frozenset((HTTPStatus.NOT_FOUND, HTTPStatus.GONE))
_NOT_NOW = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS))


class WebPushSender:
    """Sends over connections that live as long as one call."""

    def __init__(self, key: VapidKey, open_transport: OpenTransport) -> None:
        """``open_transport`` decides whom we may talk to: see ``public_transport``."""
        self._key = key
        self._open_transport = open_transport

    async def send(
        self, subscriptions: Sequence[PushSubscription], now: datetime
    ) -> Sequence[Outcome]:
        """Send the message to each; return what came of it, in the same order."""
        turns = asyncio.Semaphore(SENT_AT_ONCE_MAX)
        async with httpx.AsyncClient(
            transport=self._open_transport(),
            timeout=REQUEST_SECONDS_MAX,
            follow_redirects=False,
            trust_env=False,
        ) as client:

            async def send_in_turn(subscription: PushSubscription) -> Outcome:
                async with turns:
                    return await self._send_one(client, subscription, now)

            return await asyncio.gather(*(send_in_turn(each) for each in subscriptions))

    async def _send_one(
        self, client: httpx.AsyncClient, subscription: PushSubscription, now: datetime
    ) -> Outcome:
        url = httpx.URL(subscription.endpoint)
        origin = f"https://{url.netloc.decode()}"
        headers = {
            "Authorization": self._key.authorization(origin, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TIME_TO_LIVE_SECONDS),
            "Topic": TOPIC,
            "Urgency": URGENCY,
        }
        try:
            # The time limits of the client are per read: a slow drip would pass them.
            async with (
                asyncio.timeout(REQUEST_SECONDS_MAX),
                client.stream(
                    "POST", url, headers=headers, content=encrypted(subscription)
                ) as answer,
            ):
                outcome = outcome_of(answer.status_code, answer.headers.get("retry-after"), now)
        except (httpx.TransportError, TimeoutError) as error:
            LOGGER.warning("web push to %s failed: %r", url.host, error)
            return PutOff()
        if not isinstance(outcome, Taken):
            LOGGER.warning("web push to %s: %d %s", url.host, answer.status_code, outcome)
        return outcome


def encrypted(subscription: PushSubscription) -> bytes:
    """Return the message as only this browser can read it."""
    pusher = WebPusher(
        {
            "endpoint": subscription.endpoint,
            "keys": {
                "p256dh": encode_base64url(subscription.receiver_key),
                "auth": encode_base64url(subscription.auth_secret),
            },
        }
    )
    body: bytes = pusher.encode(MESSAGE)["body"]
    return body


def outcome_of(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """Return what an answer means. A redirect is refused: we were not asked to go there."""
    if httpx.codes.is_success(status):
        return Taken()
    if status in _GONE:
        return Gone()
    if status in _NOT_NOW or httpx.codes.is_server_error(status):
        return PutOff(retry_after_seconds(retry_after, now))
    return Refused(status)


def retry_after_seconds(retry_after: str | None, now: datetime) -> int | None:
    """Return the wait that a Retry-After header asks for, None if it cannot be read.

    It holds whole seconds or an HTTP date (RFC 9110 10.2.3); a date in the past is 0.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), TIME_TO_LIVE_SECONDS)
    try:
        wait_seconds = ceil((parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return None
    return min(max(0, wait_seconds), TIME_TO_LIVE_SECONDS)
