"""What the sender sends, against a push service that checks every rule."""

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from daywork.notifications.port import Gone, PutOff, Refused, Taken
from daywork.notifications.vapid import VapidKey, load_vapid_key
from daywork.notifications.web_push import (
    MESSAGE_BYTES,
    REQUEST_SECONDS_MAX,
    WebPushSender,
    outcome_of,
    retry_after_seconds,
)
from support.push_receiver import new_receiver
from support.push_service import PushService

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(name="service")
def running_service() -> Iterator[PushService]:
    with PushService(clock=lambda: NOW) as service:
        yield service


@pytest.fixture(name="key")
def own_key(tmp_path: Path) -> VapidKey:
    return load_vapid_key(tmp_path, "https://time.example.org")


@pytest.fixture(name="sender")
def sender_to_service(service: PushService, key: VapidKey) -> WebPushSender:
    return WebPushSender(key, service.open_transport)


async def test_a_message_keeps_every_rule_of_the_push_service(
    service: PushService, key: VapidKey, sender: WebPushSender
) -> None:
    receiver = service.subscribe(key.public_key)

    outcomes = await sender.send([receiver.subscription()], NOW)

    (message,) = service.taken
    assert outcomes == [Taken()]
    assert message.headers["ttl"] == "43200"  # 12 hours
    assert message.headers["urgency"] == "normal"
    assert message.headers["topic"] == "daywork"


async def test_a_message_says_nothing_but_its_version(
    service: PushService, key: VapidKey, sender: WebPushSender
) -> None:
    receiver = service.subscribe(key.public_key)

    await sender.send([receiver.subscription("pl")], NOW)

    plain = receiver.decrypted(service.taken[0].body)
    assert plain == b'{"v":1}' + b" " * (MESSAGE_BYTES - 7)
    assert json.loads(plain) == {"v": 1}


async def test_all_messages_have_one_size_and_no_two_are_alike(
    service: PushService, key: VapidKey, sender: WebPushSender
) -> None:
    receivers = [service.subscribe(key.public_key) for _ in range(5)]
    languages = ("en", "de", "fr", "es", "pl")
    subscriptions = [
        receiver.subscription(language)
        for receiver, language in zip(receivers, languages, strict=True)
    ]

    await sender.send([*subscriptions, *subscriptions], NOW)

    assert len({len(message.body) for message in service.taken}) == 1
    assert len({message.body for message in service.taken}) == 10


async def test_outcomes_come_in_the_order_of_the_subscriptions(
    service: PushService, key: VapidKey, sender: WebPushSender
) -> None:
    receivers = [service.subscribe(key.public_key) for _ in range(20)]
    for receiver in receivers[::3]:
        service.unsubscribe(receiver.endpoint)

    outcomes = await sender.send([receiver.subscription() for receiver in receivers], NOW)

    assert outcomes == [Gone() if at % 3 == 0 else Taken() for at in range(20)]


async def test_another_server_cannot_use_our_subscription(
    service: PushService, sender: WebPushSender, tmp_path: Path
) -> None:
    other_key = load_vapid_key(tmp_path / "other", "https://other.example")
    receiver = service.subscribe(other_key.public_key)

    outcomes = await sender.send([receiver.subscription()], NOW)

    assert outcomes == [Refused(403)]
    assert service.received[0].refusal == "vapid: key"


async def test_a_clock_that_is_far_off_is_refused_and_not_tried_for_ever(
    service: PushService, key: VapidKey, sender: WebPushSender
) -> None:
    receiver = service.subscribe(key.public_key)

    outcomes = await sender.send([receiver.subscription()], NOW - timedelta(days=1))

    assert outcomes == [Refused(403)]
    assert service.received[0].refusal == "vapid: exp"


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (404, {}, Gone()),
        (410, {}, Gone()),
        (408, {}, PutOff()),
        (429, {"Retry-After": "120"}, PutOff(120)),
        (429, {}, PutOff()),
        (500, {}, PutOff()),
        (503, {"Retry-After": "Tue, 24 Nov 2026 12:10:00 GMT"}, PutOff(600)),
        (400, {}, Refused(400)),
        (403, {}, Refused(403)),
        (413, {}, Refused(413)),
        (307, {"Location": "https://127.0.0.1/"}, Refused(307)),
    ],
)
async def test_every_answer_of_a_push_service_has_one_meaning(
    service: PushService,
    key: VapidKey,
    sender: WebPushSender,
    status: int,
    headers: dict[str, str],
    expected: object,
) -> None:
    receiver = service.subscribe(key.public_key)
    service.fail_next(status, headers)

    outcomes = await sender.send([receiver.subscription()], NOW)

    assert outcomes == [expected]
    assert len(service.received) == 1


async def test_a_push_service_that_cannot_be_reached_is_tried_again_later(key: VapidKey) -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        msg = "no route"
        raise httpx.ConnectError(msg)

    sender = WebPushSender(key, lambda: httpx.MockTransport(refuse))
    receiver = new_receiver("https://fcm.googleapis.com/fcm/send/abc")

    assert await sender.send([receiver.subscription()], NOW) == [PutOff()]


async def test_a_push_service_that_never_answers_is_given_up(
    key: VapidKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer_never(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(201)

    sender = WebPushSender(key, lambda: httpx.MockTransport(answer_never))
    receiver = new_receiver("https://fcm.googleapis.com/fcm/send/abc")
    monkeypatch.setattr("daywork.notifications.web_push.REQUEST_SECONDS_MAX", 0.01)

    assert REQUEST_SECONDS_MAX <= 15
    assert await sender.send([receiver.subscription()], NOW) == [PutOff()]


async def test_the_log_never_holds_an_endpoint(
    service: PushService,
    key: VapidKey,
    sender: WebPushSender,
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver = service.subscribe(key.public_key)
    service.fail_next(503)

    with caplog.at_level(logging.WARNING, "daywork"):
        await sender.send([receiver.subscription()], NOW)

    assert "fcm.googleapis.com" in caplog.text
    assert receiver.endpoint.rpartition("/")[2] not in caplog.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("0", 0),
        (" 17 ", 17),
        ("99999999999999999999", 43_200),
        ("Tue, 24 Nov 2026 12:00:01 GMT", 1),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 43_200),
        ("soon", None),
        ("-5", None),
        ("\uff11\uff12", None),  # digits of another script
        ("Tue, 24 Nov 2026 12:00:01 -0000", None),
    ],
)
def test_the_wish_to_wait_is_read_in_both_forms_and_bounded(
    text: str | None, expected: int | None
) -> None:
    assert retry_after_seconds(text, NOW) == expected


def test_only_success_counts_as_taken_and_only_an_end_removes_the_subscription() -> None:
    outcomes = {status: outcome_of(status, None, NOW) for status in range(200, 600)}

    assert {status for status in outcomes if outcomes[status] == Taken()} == set(range(200, 300))
    assert {status for status in outcomes if outcomes[status] == Gone()} == {404, 410}
