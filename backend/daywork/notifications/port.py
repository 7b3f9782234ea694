"""What the house needs of a push sender, and what may come of a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from daywork.core.push_subscription import PushSubscription


@dataclass(frozen=True, slots=True)
class Taken:
    """The push service has taken the message; nobody knows yet who saw it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The subscription does not exist any more."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """The push service cannot now, or cannot be reached; try again later."""

    retry_after_seconds: int | None = None  # what the push service asked for


@dataclass(frozen=True, slots=True)
class Refused:
    """The push service will not take this message, now or later."""

    status: int


Outcome: TypeAlias = Taken | Gone | PutOff | Refused


class PushSender(Protocol):
    """Sends the one message there is: something needs you."""

    async def send(
        self, subscriptions: Sequence[PushSubscription], now: datetime
    ) -> Sequence[Outcome]:
        """Send the message to each; return what came of it, in the same order."""
        ...
