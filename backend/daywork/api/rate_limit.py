"""How often somebody may come: a bucket of tokens for each, in memory."""

import math
from collections import OrderedDict
from datetime import datetime

from daywork.core.errors import RateLimited

BUCKETS_MAX = 100_000


class RateLimit:
    """Lets ``per_minute`` through for each key, as many at once after a pause."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, key: str, now: datetime) -> None:
        """Take one token. Raises: RateLimited with the seconds until the next one."""
        tokens, seen_at = self._buckets.pop(key, (float(self._per_minute), now))
        elapsed_seconds = max(0.0, (now - seen_at).total_seconds())
        per_second = self._per_minute / 60
        tokens = min(float(self._per_minute), tokens + elapsed_seconds * per_second)
        if tokens < 1:
            self._keep(key, tokens, now)
            raise RateLimited(max(1, math.ceil((1 - tokens) / per_second)))
        self._keep(key, tokens - 1, now)

    def _keep(self, key: str, tokens: float, now: datetime) -> None:
        self._buckets[key] = (tokens, now)
        if len(self._buckets) > BUCKETS_MAX:
            self._buckets.popitem(last=False)
