"""The push service that the other tests trust: it refuses what real ones refuse."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from daywork.core.hash_chain import decode_base64url
from support.push_receiver import PushReceiver
from support.push_rules import refusal_of_message

SOUND = {"content-encoding": "aes128gcm", "ttl": "43200", "urgency": "normal", "topic": "a-_9"}


def test_the_receiver_reads_the_example_of_the_standard() -> None:
    # Source: RFC 8291, section 5.
    number = int.from_bytes(decode_base64url("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    receiver = PushReceiver(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        ec.derive_private_key(number, ec.SECP256R1()),
        decode_base64url("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    body = decode_base64url(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )

    assert receiver.decrypted(body) == b"When I grow up, I want to be a watermelon"


def test_a_sound_message_is_taken() -> None:
    assert refusal_of_message(SOUND, bytes(4_096)) is None


@pytest.mark.parametrize(
    ("changed", "body_bytes", "refusal"),
    [
        ({"content-encoding": "aesgcm"}, 400, "content-encoding"),
        ({"ttl": ""}, 400, "ttl"),
        ({"ttl": "-1"}, 400, "ttl"),
        ({"ttl": "2419201"}, 400, "ttl"),  # 28 days and a second
        ({"urgency": "urgent"}, 400, "urgency"),
        ({"topic": "a" * 33}, 400, "topic"),
        ({"topic": "Anna Kowalska"}, 400, "topic"),
        ({}, 4_097, "size"),
    ],
)
def test_a_message_that_breaks_a_rule_is_refused_by_its_name(
    changed: dict[str, str], body_bytes: int, refusal: str
) -> None:
    assert refusal_of_message(SOUND | changed, bytes(body_bytes)) == refusal
