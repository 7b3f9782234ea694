"""Where one device can be told that something needs its person, and when it may be.

A message has no content, so all that waits for a person looks alike. The rule:

- A device is sent at most one message in ``WINDOW_SECONDS``, whatever happens.
- What comes up within the window waits for its end. It is then told, unless the
  device was in contact since: it has fetched the news, and its person saw the app.
- What could not be told within ``TIME_TO_LIVE_SECONDS`` is dropped; the app shows
  it at the next opening anyway.

Telling at once for every cause was rejected: twenty people finish at five o'clock.
Dropping what comes up within the window was rejected too: a manager who has dealt
with the first would never hear of the second.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from daywork.core.ids import Actor

WINDOW_SECONDS: Final = 300
TIME_TO_LIVE_SECONDS: Final = 43_200  # 12 h: also how long a push service keeps a message

RETRY_SECONDS_LEAST: Final = 60
RETRY_SECONDS_MOST: Final = 3_600

LANGUAGES: Final = frozenset(("en", "de", "fr", "es", "pl"))


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """What a browser gives out so that we can reach it."""

    endpoint: str  # https URL at the browser's push service; who knows it may send
    receiver_key: bytes  # uncompressed point on P-256, 65 bytes (RFC 8291)
    auth_secret: bytes  # 16 bytes
    language: str  # of the person's screens, one of LANGUAGES


@dataclass(frozen=True, slots=True)
class WaitingDevice:
    """A device whose person is to be told something."""

    actor: Actor
    subscription: PushSubscription
    wanted_at: datetime  # since when something waits to be told
    told_at: datetime | None = None  # when the last message was taken by the push service
    not_before: datetime | None = None  # a try is under way, or a push service asked to wait
    contact_at: datetime | None = None  # when the device last asked for news
    failures: int = 0  # tries in a row that were put off


@dataclass(frozen=True, slots=True)
class SendNow:
    """Send a message now."""


@dataclass(frozen=True, slots=True)
class SendLater:
    """Look again at this instant."""

    at: datetime


@dataclass(frozen=True, slots=True)
class NothingToSend:
    """The person has seen it, or it is too old."""


NextStep: TypeAlias = SendNow | SendLater | NothingToSend


def next_step(device: WaitingDevice, now: datetime) -> NextStep:
    """Return what to do about ``device`` by the rule of this module."""
    if device.contact_at is not None and device.contact_at > device.wanted_at:
        return NothingToSend()
    if now - device.wanted_at >= timedelta(seconds=TIME_TO_LIVE_SECONDS):
        return NothingToSend()
    earliest = now
    if device.told_at is not None:
        earliest = max(earliest, device.told_at + timedelta(seconds=WINDOW_SECONDS))
    if device.not_before is not None:
        earliest = max(earliest, device.not_before)
    return SendNow() if earliest <= now else SendLater(earliest)


def retry_wait_seconds(failures: int, retry_after_seconds: int | None) -> int:
    """Return how long to wait after ``failures`` (1 or more) tries in a row were put off.

    It doubles from a minute to an hour; a longer wish of the push service is heard.
    """
    assert failures >= 1, "only after a failure is there something to wait for"
    wait_seconds = min(RETRY_SECONDS_LEAST << min(failures - 1, 10), RETRY_SECONDS_MOST)
    return max(wait_seconds, min(retry_after_seconds or 0, TIME_TO_LIVE_SECONDS))
