"""A phone becomes a device: one invite, one key, one actor."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from daywork.core.errors import NameUnknown
from daywork.core.ids import Actor
from support.chain import Chain
from support.crew import Key
from support.door import Door, DoorPhone, enrolment, refused


async def join(door: Door, code: str, key: Key, **changes: Any) -> tuple[int, dict[str, Any]]:
    answer = await door.send("POST", "/v1/devices", enrolment(code, key, **changes))
    told: dict[str, Any] = answer.json()
    return answer.status_code, told


async def test_an_invited_phone_gets_an_actor_a_person_and_a_session(door: Door) -> None:
    answer = await door.send("POST", "/v1/devices", enrolment(await door.invite("Ana"), Key()))

    said = answer.json()
    assert answer.status_code == 201
    assert set(said) == {"actor", "person", "organisation", "session_expires_at"}
    assert len(said["actor"]) == 10
    assert (said["person"]["name"], said["person"]["roles"]) == ("Ana", ["worker"])
    assert said["organisation"]["time_zone"] == "Europe/Berlin"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("sid=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie  # http://localhost only.


async def test_a_lost_reply_is_answered_again_for_ten_minutes_to_the_same_key(door: Door) -> None:
    code, key = await door.invite("Ana"), Key()
    _, first = await join(door, code, key)

    door.moment.now += timedelta(minutes=9)
    status, again = await join(door, code, key)
    other, told = await join(door, code, Key())
    door.moment.now += timedelta(minutes=2)
    late, _ = await join(door, code, key)

    assert (status, again["actor"]) == (201, first["actor"])
    assert (other, told["code"]) == (404, "invite_invalid")
    assert late == 404


async def test_of_two_phones_at_the_same_moment_one_is_enrolled(door: Door) -> None:
    code = await door.invite("Ana")

    answers = await asyncio.gather(*(join(door, code, Key()) for _ in range(4)))

    assert sorted(status for status, _ in answers) == [201, 404, 404, 404]


async def test_four_wrong_proofs_leave_the_invite_usable_and_the_fifth_burns_it(
    door: Door,
) -> None:
    code, other = await door.invite("Ana"), await door.invite("Ben")
    wrong = Key().signed(b"daywork-enrol-v1\nsomething else")
    for _ in range(4):
        status, told = await join(door, code, Key(), proof=wrong)
        assert (status, told["code"]) == (401, "bad_proof")
    for _ in range(5):
        await join(door, other, Key(), proof=wrong)

    status, _ = await join(door, code, Key())
    burnt, told = await join(door, other, Key())

    assert status == 201
    assert (burnt, told["code"]) == (404, "invite_invalid")


async def test_unknown_used_and_expired_invites_are_refused_alike(door: Door) -> None:
    used, expired = await door.invite("Ana"), await door.invite("Ben")
    await join(door, used, Key())
    door.moment.now += timedelta(hours=73)

    answers = [await join(door, code, Key()) for code in ("AAAA-AAAA-AAAA-AAAA", used, expired)]

    assert {status for status, _ in answers} == {404}
    assert answers[0][1] == answers[1][1] == answers[2][1]


@pytest.mark.parametrize(
    "change",
    [
        {"d": "AAAA"},  # A private key has no business here.
        {"crv": "P-384"},
        {"kty": "RSA"},
        {"x": "A" * 43},  # Not on the curve.
        {"x": "short"},
        {"x": None},
        {"y": 5},
    ],
)
async def test_a_key_that_is_no_public_key_on_the_curve_is_refused(
    door: Door, change: dict[str, Any]
) -> None:
    key = Key()

    status, told = await join(door, await door.invite("Ana"), key, public_key=key.jwk | change)

    assert (status, told["code"]) == (400, "bad_key")


async def test_further_members_of_a_key_are_ignored(door: Door) -> None:
    key = Key()
    jwk = key.jwk | {"use": "sig", "kid": "1", "ext": True}

    status, _ = await join(door, await door.invite("Ana"), key, public_key=jwk)

    assert status == 201


async def test_inviting_somebody_again_adds_a_device_of_the_same_person(door: Door) -> None:
    first, second = await door.enrolled("Ana"), await door.enrolled("Ana")

    assert first.person_id == second.person_id
    assert first.chain.actor != second.chain.actor


async def branched(phone: DoorPhone, key: Key, of: str, **changes: Any) -> httpx.Response:
    """Ask for a fresh actor that continues ``of``."""
    body = {
        "branch_of": of,
        "alg": "ES256",
        "public_key": key.jwk,
        "proof": key.signed(f"daywork-branch-v1\n{of}".encode()),
    }
    return await phone.ask("POST", "/v1/devices/branch", body | changes)


async def test_a_forked_phone_goes_on_under_a_fresh_actor_of_the_same_person(door: Door) -> None:
    phone, key = await door.enrolled("Ana"), Key()
    phone.write("pump")
    await phone.push()

    answer = await branched(phone, key, phone.chain.actor)

    assert answer.status_code == 201
    actor = Actor(answer.json()["actor"])
    assert actor != phone.chain.actor
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    branch = DoorPhone(door, Chain(actor), key, cookie, phone.person_id)
    branch.chain.write("edit", "pump", {"note": "from the branch"}, phone.chain.seen())
    assert [result["st"] for result in await branch.push()] == ["applied"]
    phone.write("other", "16:00", "17:00")
    assert [result["st"] for result in await phone.push()] == ["applied"], "the old one goes on"


async def test_nobody_branches_off_another_persons_device(door: Door) -> None:
    phone, eve = await door.enrolled("Ana"), await door.enrolled("Eve")

    assert refused(await branched(eve, Key(), phone.chain.actor)) == (403, "not_your_device")
    assert refused(await branched(eve, Key(), "zzzzzzzzzz")) == (403, "not_your_device")
    wrong = Key().signed(b"daywork-branch-v1\nzzzzzzzzzz")
    answer = await branched(phone, Key(), phone.chain.actor, proof=wrong)
    assert refused(answer) == (401, "bad_proof")
    assert refused(await branched(phone, Key(), phone.chain.actor, alg="none")) == (
        400,
        "malformed_body",
    )


async def test_a_person_sees_and_retires_only_own_devices(door: Door) -> None:
    phone, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    path = f"/v1/devices/{phone.chain.actor}/retire"

    assert refused(await eve.ask("POST", path, {"reason": "lost"})) == (404, "not_found")
    unknown = await eve.ask("POST", "/v1/devices/zzzzzzzzzz/retire", {"reason": "lost"})
    assert refused(unknown) == (404, "not_found")
    stolen = await phone.ask("POST", path, {"reason": "revoked"})
    assert refused(stolen) == (400, "value.refused"), "only the office revokes"
    (listed,) = (await phone.ask("GET", "/v1/devices")).json()["devices"]
    assert listed == {
        "actor": phone.chain.actor,
        "label": "Ana's phone",
        "platform": "android",
        "enrolled": "2026-03-03T12:00:00Z",
        "last_contact": "2026-03-03T12:00:00Z",
        "pending": None,
        "oldest": None,
        "skew_seconds": None,
        "retired": None,
        "reason": None,
        "this": True,
    }


async def test_a_manager_sees_whose_phones_have_not_synced_yet(door: Door) -> None:
    ana = await door.enrolled("Ana")
    max_ = await door.enrolled("Max", "manager")
    await ana.ask(
        "POST",
        "/v1/sync/hello",
        {
            "proto": [1, 1],
            "actors": [],
            "now": "2026-03-03T12:05:00Z",
            "pending": 3,
            "oldest": "2026-03-02T15:31:08Z",
        },
    )

    assert refused(await ana.ask("GET", "/v1/team/sync")) == (403, "role.missing")
    told = (await max_.ask("GET", "/v1/team/sync")).json()

    assert told == {
        "now": "2026-03-03T12:00:00Z",
        "people": [
            {
                "id": ana.person_id,
                "name": "Ana",
                "devices": [
                    {
                        "label": "Ana's phone",
                        "platform": "android",
                        "last_contact": "2026-03-03T12:00:00Z",
                        "pending": 3,
                        "oldest": "2026-03-02T15:31:08Z",
                        "skew_seconds": 300,
                    }
                ],
            }
        ],
    }


async def test_the_office_lists_devices_and_revokes_a_stolen_one(door: Door) -> None:
    phone = await door.enrolled("Ana")
    actor = phone.chain.actor

    assert await door.office("device revoke", device=actor) == {"device": actor}

    assert refused(await phone.ask("GET", "/v1/sync/pull")) == (401, "auth_expired")
    (listed,) = (await door.office("device list"))["devices"]
    assert (listed["person"], listed["reason"]) == ("Ana", "revoked")
    with pytest.raises(NameUnknown, match="device list"):
        await door.office("device revoke", device="zzzzzzzzzz")
