"""Which push subscriptions are taken."""

import pytest

from daywork.core.errors import ValueRefused
from daywork.core.hash_chain import encode_base64url
from daywork.notifications.subscription_check import checked_subscription, is_push_service
from support.push_receiver import new_receiver

RECEIVER = new_receiver("https://fcm.googleapis.com/fcm/send/abc")
KEY = encode_base64url(RECEIVER.public_key)
SECRET = encode_base64url(RECEIVER.auth_secret)
OWN_HOSTS = frozenset(("push.example.org", "localhost:8443"))


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91",
        "https://jmt17.google.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/QAbc",
        "https://db5p.notify.windows.com/w/?token=abc%3d",
        "https://FCM.googleapis.com:443/fcm/send/abc",
    ],
)
def test_the_push_services_of_the_browsers_are_known(endpoint: str) -> None:
    assert is_push_service(endpoint, frozenset())


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/fcm/send/abc",
        "https://evilfcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com@evil.example/",
        "https://user:word@fcm.googleapis.com/",
        "https://fcm.googleapis.com\\@evil.example/",
        "https://fcm.googleapis.com#@evil.example/",
        "https://fcm.googleapis.com./fcm/send/abc",
        "https://evilpush.apple.com/x",
        "https://push.apple.com.evil.example/x",
        "https://.push.apple.com/x",
        "https://127.0.0.1/fcm/send/abc",
        "https://[::1]/fcm/send/abc",
        "https://localhost/fcm/send/abc",
        "https://169.254.169.254/latest/meta-data",
        "https://\uff46cm.googleapis.com/fcm/send/abc",
        "file:///etc/passwd",
        "gopher://fcm.googleapis.com/x",
        "//fcm.googleapis.com/x",
        "https:///x",
        "https://fcm.googleapis.com:port/x",
        "https://fcm.googleapis.com/\n/x",
        "https://fcm.googleapis.com/" + "x" * 2_048,
        "",
    ],
)
def test_no_other_address_can_be_smuggled_in(endpoint: str) -> None:
    assert not is_push_service(endpoint, frozenset())


@pytest.mark.parametrize(
    ("endpoint", "is_taken"),
    [
        ("https://push.example.org/x", True),
        ("https://push.example.org:443/x", True),
        ("https://localhost:8443/x", True),
        ("https://push.example.org:8443/x", False),
        ("https://localhost/x", False),
        ("http://push.example.org/x", False),
    ],
)
def test_a_host_that_the_operator_names_is_taken_with_its_port(
    endpoint: str, *, is_taken: bool
) -> None:
    assert is_push_service(endpoint, OWN_HOSTS) is is_taken


def test_a_sound_subscription_is_taken_as_it_is() -> None:
    taken = checked_subscription(RECEIVER.endpoint, KEY, SECRET, "pl", frozenset())

    assert taken == RECEIVER.subscription("pl")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"endpoint": "https://evil.example/"}, "endpoint"),
        ({"receiver_key": KEY + "="}, "keys.p256dh"),
        ({"receiver_key": KEY[:-4]}, "keys.p256dh"),
        ({"receiver_key": encode_base64url(b"\x04" + bytes(64))}, "keys.p256dh"),
        ({"receiver_key": encode_base64url(b"\x02" + RECEIVER.public_key[1:])}, "keys.p256dh"),
        ({"receiver_key": "ä" * 87}, "keys.p256dh"),
        ({"auth_secret": "AAAA"}, "keys.auth"),
        ({"auth_secret": "not base64url!!"}, "keys.auth"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_a_broken_subscription_is_refused_by_the_name_of_its_member(
    changed: dict[str, str], field: str
) -> None:
    given = {
        "endpoint": RECEIVER.endpoint,
        "receiver_key": KEY,
        "auth_secret": SECRET,
        "language": "en",
    }

    with pytest.raises(ValueRefused) as refused:
        checked_subscription(**(given | changed), further_hosts=frozenset())

    assert refused.value.members == {"field": field}
