"""Senders that send nothing, for tests that ask what would be sent."""

from collections.abc import Sequence
from datetime import datetime

from daywork.core.push_subscription import PushSubscription
from daywork.notifications.port import Outcome, Taken


class Recorder:
    """A sender that notes the endpoints, and answers as it is told to."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.sent: list[str] = []
        self._outcomes = list(outcomes)

    async def send(
        self, subscriptions: Sequence[PushSubscription], now: datetime
    ) -> Sequence[Outcome]:
        """Note the endpoints."""
        assert now.tzinfo is not None
        self.sent += [subscription.endpoint for subscription in subscriptions]
        return [
            self._outcomes.pop(0) if self._outcomes else Taken() for _subscription in subscriptions
        ]
