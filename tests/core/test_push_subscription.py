"""When a device is told that something needs its person."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.ids import Actor
from daywork.core.push_subscription import (
    RETRY_SECONDS_LEAST,
    RETRY_SECONDS_MOST,
    TIME_TO_LIVE_SECONDS,
    WINDOW_SECONDS,
    NothingToSend,
    PushSubscription,
    SendLater,
    SendNow,
    WaitingDevice,
    next_step,
    retry_wait_seconds,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SUBSCRIPTION = PushSubscription("https://push.example/1", bytes(65), bytes(16), "en")


def waiting(
    wanted_at: datetime = NOON,
    told_at: datetime | None = None,
    not_before: datetime | None = None,
    contact_at: datetime | None = None,
) -> WaitingDevice:
    return WaitingDevice(
        Actor("0123456789"), SUBSCRIPTION, wanted_at, told_at, not_before, contact_at
    )


def test_a_device_that_was_never_told_is_told_at_once() -> None:
    assert next_step(waiting(), NOON) == SendNow()


def test_what_comes_up_within_the_window_is_told_at_its_end() -> None:
    told_at = NOON - timedelta(seconds=100)
    window_ends_at = told_at + timedelta(seconds=WINDOW_SECONDS)

    assert next_step(waiting(told_at=told_at), NOON) == SendLater(window_ends_at)
    assert next_step(waiting(told_at=told_at), window_ends_at) == SendNow()


def test_nothing_is_told_about_what_the_device_has_fetched_since() -> None:
    just_after = NOON + timedelta(milliseconds=1)

    assert next_step(waiting(contact_at=just_after), just_after) == NothingToSend()


def test_a_contact_before_the_cause_does_not_count_as_seen() -> None:
    assert next_step(waiting(contact_at=NOON), NOON) == SendNow()


def test_a_push_service_that_asked_to_wait_is_left_alone_until_then() -> None:
    later = NOON + timedelta(seconds=90)

    assert next_step(waiting(not_before=later), NOON) == SendLater(later)
    assert next_step(waiting(not_before=later), later) == SendNow()


def test_what_is_half_a_day_old_is_not_told_any_more() -> None:
    too_late = NOON + timedelta(seconds=TIME_TO_LIVE_SECONDS)

    assert next_step(waiting(), too_late - timedelta(seconds=1)) == SendNow()
    assert next_step(waiting(), too_late) == NothingToSend()


seconds = st.integers(0, 2 * TIME_TO_LIVE_SECONDS)
maybe_seconds = st.none() | seconds


@given(maybe_seconds, maybe_seconds, seconds)
def test_no_message_is_sent_within_a_window_or_before_its_time(
    told_seconds: int | None, not_before_seconds: int | None, now_seconds: int
) -> None:
    told_at, not_before = (
        None if at is None else NOON + timedelta(seconds=at)
        for at in (told_seconds, not_before_seconds)
    )
    now = NOON + timedelta(seconds=now_seconds)

    step = next_step(waiting(NOON, told_at, not_before), now)

    if step == SendNow():
        assert told_at is None or now - told_at >= timedelta(seconds=WINDOW_SECONDS)
        assert not_before is None or now >= not_before
    if isinstance(step, SendLater):
        assert step.at > now


@pytest.mark.parametrize(
    ("failures", "asked", "expected"),
    [
        (1, None, 60),
        (2, None, 120),  # 60 * 2
        (6, None, 1_920),  # 60 * 2 ** 5
        (7, None, RETRY_SECONDS_MOST),  # 60 * 2 ** 6 = 3,840 is more than an hour
        (500, None, RETRY_SECONDS_MOST),
        (1, 7, RETRY_SECONDS_LEAST),
        (1, 100, 100),
        (1, 10**9, TIME_TO_LIVE_SECONDS),
    ],
)
def test_the_wait_doubles_up_to_an_hour_unless_the_push_service_asks_for_more(
    failures: int, asked: int | None, expected: int
) -> None:
    assert retry_wait_seconds(failures, asked) == expected
