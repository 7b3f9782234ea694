"""How often a phone may push, and that it cannot spend another's share."""

from datetime import UTC, datetime, timedelta

import pytest

from daywork.api.rate_limit import RateLimit
from daywork.core.errors import RateLimited
from support.door import PUSHES_PER_MINUTE, Door, refused

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def test_after_the_burst_one_comes_through_each_second() -> None:
    limit = RateLimit(60)
    for _ in range(60):
        limit.take("a", NOW)

    with pytest.raises(RateLimited) as refusal:
        limit.take("a", NOW)

    assert refusal.value.retry_after_seconds == 1
    limit.take("b", NOW)
    limit.take("a", NOW + timedelta(seconds=1))
    with pytest.raises(RateLimited):
        limit.take("a", NOW + timedelta(seconds=1))


def test_a_slow_limit_says_how_long_to_wait() -> None:
    limit = RateLimit(1)
    limit.take("a", NOW)

    with pytest.raises(RateLimited) as refusal:
        limit.take("a", NOW + timedelta(seconds=30))

    assert refusal.value.retry_after_seconds in (30, 31)  # Rounded up.


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    limit = RateLimit(1)
    limit.take("a", NOW)

    with pytest.raises(RateLimited):
        limit.take("a", NOW - timedelta(days=1))


async def test_a_phone_that_pushes_too_often_is_told_when_to_come_again(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    for _ in range(PUSHES_PER_MINUTE):
        assert (await phone.try_push(phone.chain.items)).status_code == 200

    answer = await phone.try_push(phone.chain.items)

    assert refused(answer) == (429, "rate_limited")
    assert answer.headers["retry-after"] == "1"
    door.moment.now += timedelta(seconds=1)
    assert (await phone.try_push(phone.chain.items)).status_code == 200


async def test_nobody_spends_another_phones_pushes(door: Door) -> None:
    ana, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    ana.write("pump")
    body = ana.body(ana.chain.items)
    for _ in range(PUSHES_PER_MINUTE):
        answer = await eve.ask("POST", "/v1/sync/push", body)
        assert refused(answer) == (403, "not_your_device")

    assert refused(await eve.ask("POST", "/v1/sync/push", body)) == (429, "rate_limited")
    assert (await ana.try_push(ana.chain.items)).status_code == 200
