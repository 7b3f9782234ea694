"""People are told once, and heard of again only when there is something new."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from daywork.core.ids import PersonId
from daywork.core.push_subscription import PushSubscription
from daywork.notifications.port import Gone, Outcome, PutOff, Refused
from daywork.notifications.vapid import load_vapid_key
from daywork.notifications.web_push import WebPushSender
from daywork.store.database import Database
from daywork.usecases.send_notifications import LEASE_SECONDS, tell_people, tell_waiting
from support.push_service import PushService
from support.senders import Recorder
from support.told_devices import (
    COMPANY,
    OTHER_COMPANY,
    add_company,
    add_device,
    hear_from,
    receiver,
    retire,
    subscription_of,
)

FIRST, SECOND = "aaaaaaaaaa", "bbbbbbbbbb"
MANAGER = PersonId(UUID(int=1))
WINDOW = timedelta(minutes=5)
SECOND_LATER = timedelta(seconds=1)


class Crash(Exception):
    """The process ends in the middle of sending."""


@pytest.fixture(name="company")
async def company_with_a_manager(database: Database, now: datetime) -> Database:
    await add_company(database, now)
    await add_device(database, 1, FIRST, now, subscription=receiver(1).subscription())
    return database


async def test_everybody_meant_is_told_on_every_device_and_nobody_else(
    company: Database, now: datetime
) -> None:
    await add_device(company, 1, SECOND, now, subscription=receiver(2).subscription())
    await add_device(company, 2, "cccccccccc", now, subscription=receiver(3).subscription())
    await add_device(company, 1, "dddddddddd", now)
    recorder = Recorder()

    left = await tell_people(company, recorder, COMPANY, {MANAGER}, now)

    assert left is None
    assert sorted(recorder.sent) == [receiver(1).endpoint, receiver(2).endpoint]


async def test_a_message_really_arrives_at_the_push_service(
    company: Database, now: datetime, tmp_path: Path
) -> None:
    key = load_vapid_key(tmp_path / "keys", "https://time.example.org")
    with PushService(clock=lambda: now) as service:
        phone = service.subscribe(key.public_key)
        await add_device(company, 2, SECOND, now, subscription=phone.subscription())
        sender = WebPushSender(key, service.open_transport)

        await tell_people(company, sender, COMPANY, [PersonId(UUID(int=2))], now)

        assert [phone.decrypted(message.body).strip() for message in service.taken] == [b'{"v":1}']


async def test_twenty_causes_at_once_are_one_message_and_one_after_the_window(
    company: Database, now: datetime
) -> None:
    recorder = Recorder()

    for second in range(20):
        at = now + timedelta(seconds=second)
        left = await tell_people(company, recorder, COMPANY, [MANAGER], at)
    told_at_once = len(recorder.sent)
    too_early = await tell_waiting(company, recorder, COMPANY, now + WINDOW - SECOND_LATER)
    told_early = len(recorder.sent)
    done = await tell_waiting(company, recorder, COMPANY, now + WINDOW)
    again = await tell_waiting(company, recorder, COMPANY, now + 2 * WINDOW)

    assert (told_at_once, told_early, len(recorder.sent)) == (1, 1, 2)
    assert (left, too_early, done, again) == (300 - 19, 1, None, None)


async def test_what_the_phone_has_fetched_since_is_not_told_again(
    company: Database, now: datetime
) -> None:
    recorder = Recorder()
    await tell_people(company, recorder, COMPANY, [MANAGER], now)
    await tell_people(company, recorder, COMPANY, [MANAGER], now + SECOND_LATER)
    await hear_from(company, FIRST, now + 2 * SECOND_LATER)

    left = await tell_waiting(company, recorder, COMPANY, now + WINDOW)

    assert left is None
    assert len(recorder.sent) == 1


async def test_a_cause_after_the_last_contact_is_told_after_the_window(
    company: Database, now: datetime
) -> None:
    recorder = Recorder()
    await tell_people(company, recorder, COMPANY, [MANAGER], now)
    await hear_from(company, FIRST, now + SECOND_LATER)
    await tell_people(company, recorder, COMPANY, [MANAGER], now + 2 * SECOND_LATER)

    await tell_waiting(company, recorder, COMPANY, now + WINDOW)

    assert len(recorder.sent) == 2


@pytest.mark.parametrize(
    ("asked", "wait_seconds"), [(None, 60), (10, 60), (120, 120)], ids=["no", "short", "long"]
)
async def test_a_busy_push_service_is_asked_again_after_its_wish(
    company: Database, now: datetime, asked: int | None, wait_seconds: int
) -> None:
    recorder = Recorder(PutOff(asked))

    left = await tell_people(company, recorder, COMPANY, [MANAGER], now)
    before = now + timedelta(seconds=wait_seconds - 1)
    await tell_waiting(company, recorder, COMPANY, before)
    tries_before = len(recorder.sent)
    done = await tell_waiting(company, recorder, COMPANY, now + timedelta(seconds=wait_seconds))

    assert (left, tries_before, len(recorder.sent), done) == (wait_seconds, 1, 2, None)


async def test_a_push_service_that_stays_down_is_asked_ever_more_seldom_for_half_a_day(
    company: Database, now: datetime
) -> None:
    recorder = Recorder(*[PutOff()] * 100)
    at = now
    waits: list[int] = []

    left = await tell_people(company, recorder, COMPANY, [MANAGER], at)
    while left is not None:
        waits.append(left)
        at += timedelta(seconds=left)
        left = await tell_waiting(company, recorder, COMPANY, at)

    assert waits[:7] == [60, 120, 240, 480, 960, 1_920, 3_600]
    assert at - now >= timedelta(hours=12)
    assert len(recorder.sent) == len(waits)


async def test_a_subscription_that_is_gone_is_removed(company: Database, now: datetime) -> None:
    recorder = Recorder(Gone())

    left = await tell_people(company, recorder, COMPANY, [MANAGER], now)

    assert left is None
    assert await subscription_of(company, FIRST) is None


async def test_a_phone_that_subscribed_anew_meanwhile_keeps_its_new_subscription(
    company: Database, now: datetime
) -> None:
    fresh = receiver(9).subscription()

    class Resubscribing(Recorder):
        async def send(
            self, subscriptions: Sequence[PushSubscription], now: datetime
        ) -> Sequence[Outcome]:
            await company.write(
                lambda unit: unit.push_subscriptions.keep(COMPANY, FIRST, fresh, now)  # type: ignore[arg-type]
            )
            return await super().send(subscriptions, now)

    await tell_people(company, Resubscribing(Gone()), COMPANY, [MANAGER], now)

    assert await subscription_of(company, FIRST) == fresh


async def test_a_refused_message_is_dropped_and_the_next_cause_is_tried(
    company: Database, now: datetime
) -> None:
    recorder = Recorder(Refused(403))

    left = await tell_people(company, recorder, COMPANY, [MANAGER], now)
    await tell_people(company, recorder, COMPANY, [MANAGER], now + SECOND_LATER)

    assert left is None
    assert len(recorder.sent) == 2


async def test_a_retired_device_is_not_told_and_loses_its_subscription(
    company: Database, now: datetime
) -> None:
    await retire(company, FIRST, now)
    recorder = Recorder()

    await tell_people(company, recorder, COMPANY, [MANAGER], now)

    assert recorder.sent == []
    assert await subscription_of(company, FIRST) is None


async def test_after_a_crash_in_the_middle_the_message_is_sent_again(
    company: Database, now: datetime
) -> None:
    class Crashing:
        async def send(
            self, _subscriptions: Sequence[PushSubscription], _now: datetime
        ) -> Sequence[Outcome]:
            raise Crash

    recorder = Recorder()
    with pytest.raises(Crash):
        await tell_people(company, Crashing(), COMPANY, [MANAGER], now)
    early = await tell_waiting(company, recorder, COMPANY, now + SECOND_LATER)
    sent_early = len(recorder.sent)
    await tell_waiting(company, recorder, COMPANY, now + timedelta(seconds=LEASE_SECONDS))

    assert (early, sent_early, len(recorder.sent)) == (LEASE_SECONDS - 1, 0, 1)


async def test_two_processes_at_once_send_one_message(company: Database, now: datetime) -> None:
    recorder = Recorder()

    await asyncio.gather(
        *(tell_people(company, recorder, COMPANY, [MANAGER], now) for _ in range(8))
    )

    assert len(recorder.sent) == 1


async def test_nobody_of_another_organisation_is_told(company: Database, now: datetime) -> None:
    await add_company(company, now, OTHER_COMPANY)
    recorder = Recorder()

    await tell_people(company, recorder, OTHER_COMPANY, [MANAGER], now)

    assert recorder.sent == []


async def test_with_nobody_to_tell_nothing_happens(company: Database, now: datetime) -> None:
    recorder = Recorder()

    assert await tell_people(company, recorder, COMPANY, (), now) is None
    assert recorder.sent == []
