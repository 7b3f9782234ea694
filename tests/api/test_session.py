"""Sessions: proven with the device's key, ended when they are old or ended."""

from datetime import timedelta
from typing import Any

from support.door import Door, DoorPhone


async def nonce_of(door: Door, actor: str) -> str:
    answer = await door.send("POST", "/v1/sessions/challenge", {"actor": actor})
    assert answer.status_code == 200
    return str(answer.json()["nonce"])


def proof(phone: DoorPhone, nonce: str) -> dict[str, Any]:
    text = f"daywork-session-v1\n{phone.chain.actor}\n{nonce}"
    return {"actor": phone.chain.actor, "nonce": nonce, "sig": phone.key.signed(text.encode())}


async def is_signed_in(phone: DoorPhone) -> bool:
    return (await phone.ask("GET", "/v1/reference")).status_code == 200


async def test_a_device_signs_in_again_with_its_key_and_a_nonce_counts_once(door: Door) -> None:
    phone = await door.enrolled("Ana")
    body = proof(phone, await nonce_of(door, phone.chain.actor))

    first = await door.send("POST", "/v1/sessions", body)
    second = await door.send("POST", "/v1/sessions", body)

    assert first.status_code == 200
    phone.cookie = first.headers["Set-Cookie"].split(";")[0]
    assert await is_signed_in(phone)
    assert (second.status_code, second.json()["code"]) == (401, "bad_proof")


async def test_a_nonce_is_for_a_minute_for_one_actor_and_for_its_key(door: Door) -> None:
    ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
    old = proof(ana, await nonce_of(door, ana.chain.actor))
    door.moment.now += timedelta(seconds=61)
    others = proof(ben, await nonce_of(door, ana.chain.actor))
    forged = proof(ana, await nonce_of(door, ana.chain.actor)) | {"sig": ben.key.signed(b"x")}

    answers = [await door.send("POST", "/v1/sessions", body) for body in (old, others, forged)]

    assert [answer.json()["code"] for answer in answers] == ["bad_proof"] * 3


async def test_unknown_actors_are_asked_like_known_ones(door: Door) -> None:
    nonce = await nonce_of(door, "zzzzzzzzzz")

    assert len(nonce) > 20


async def test_a_session_ends_after_two_idle_weeks_and_after_ninety_days(door: Door) -> None:
    idle, busy = await door.enrolled("Ana"), await door.enrolled("Ben")
    for _ in range(9):
        door.moment.now += timedelta(days=10)
        was_signed_in = await is_signed_in(busy)

    assert not await is_signed_in(idle)
    assert not was_signed_in  # On the ninetieth day.
    door.moment.now -= timedelta(days=1)
    assert await is_signed_in(busy)


async def test_signing_out_ends_the_session_at_once(door: Door) -> None:
    phone = await door.enrolled("Ana")

    answer = await phone.ask("DELETE", "/v1/session")

    assert answer.status_code < 300, answer.text
    assert not await is_signed_in(phone)


async def test_without_a_session_there_is_nothing_to_read(door: Door) -> None:
    for path in ("/v1/sync/pull", "/v1/reference", "/v1/postings", "/v1/session"):
        for cookie in (None, "sid=", "sid=" + "A" * 43, "sid=" + "A" * 5000):
            answer = await door.send("GET", path, cookie=cookie)
            assert (answer.status_code, answer.json()["code"]) == (401, "auth_expired")
