"""A push subscription as browsers write it (``PushSubscription.toJSON``)."""

from collections.abc import Collection, Mapping

from daywork.api.body import text_member
from daywork.core.errors import MalformedBody
from daywork.core.json_value import JsonValue
from daywork.core.push_subscription import PushSubscription
from daywork.notifications.subscription_check import (
    ENDPOINT_CHARACTERS_MAX,
    checked_subscription,
)

KEY_CHARACTERS_MAX = 100
LANGUAGE_CHARACTERS_MAX = 8


def read_subscription(
    value: dict[str, JsonValue], further_hosts: Collection[str]
) -> PushSubscription:
    """Return the subscription in ``{endpoint, keys: {p256dh, auth}, language}``.

    Other members are left aside: browsers add their own.
    Raises: MalformedBody; ValueRefused, whose ``field`` names the member.
    """
    keys = value.get("keys")
    if not isinstance(keys, Mapping):
        raise MalformedBody
    return checked_subscription(
        endpoint=text_member(value, "endpoint", ENDPOINT_CHARACTERS_MAX),
        receiver_key=text_member(dict(keys), "p256dh", KEY_CHARACTERS_MAX),
        auth_secret=text_member(dict(keys), "auth", KEY_CHARACTERS_MAX),
        language=text_member(value, "language", LANGUAGE_CHARACTERS_MAX),
        further_hosts=further_hosts,
    )
