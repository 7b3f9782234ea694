"""One invite makes one device, however often the answer is lost and whoever asks at once."""

import asyncio
from datetime import datetime, timedelta

import pytest

from daywork.core.errors import BadProof, InviteInvalid
from daywork.security.secrets import hashed_secret
from daywork.store.database import Database
from daywork.usecases.administer import InviteWish, create_organisation, invite_person
from daywork.usecases.enrol_device import (
    FAILURES_MAX,
    Enrolled,
    Enrolment,
    count_failure,
    enrol_device,
    prove,
)
from support.crew import Key, key_of

PHONE, OTHER_PHONE = key_of("Ana"), key_of("Ben")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def code(database: Database, now: datetime) -> str:
    await database.write(lambda unit: create_organisation(unit, "Fennick", "UTC", "EUR", now))
    wish = InviteWish("Ana", None, None, None, None, None)
    invited = await database.write(lambda unit: invite_person(unit, wish, now))
    return invited.code


def enrolment(code: str, key: Key = PHONE) -> Enrolment:
    proof = key.signed(f"daywork-enrol-v1\n{code}".encode())
    return Enrolment(code, "Ana's phone", "android", key.public_text, proof)


async def enrolled(database: Database, sent: Enrolment, now: datetime) -> Enrolled:
    prove(sent)
    return await database.write(lambda unit: enrol_device(unit, sent, now))


async def test_a_phone_becomes_a_device_with_a_session(
    database: Database, code: str, now: datetime
) -> None:
    answer = await enrolled(database, enrolment(code), now)

    session = await database.find_session(hashed_secret(answer.token))
    device = await database.read(lambda unit: unit.devices.get(answer.actor))
    assert session is not None
    assert session.principal.actor == answer.actor
    assert session.principal.person_id == answer.person.id
    assert device is not None
    assert (device.label, device.platform) == ("Ana's phone", "android")
    assert (device.last_sequence_number, device.last_chain_hash) == (0, bytes(32))
    assert (answer.person.name, answer.organisation.name) == ("Ana", "Fennick")


async def test_a_code_may_be_typed_in_any_case_and_without_dashes(
    database: Database, code: str, now: datetime
) -> None:
    typed = f" {code.lower().replace('-', ' ')} "

    assert (await enrolled(database, enrolment(typed), now)).person.name == "Ana"


async def test_a_lost_answer_is_given_again_for_ten_minutes_to_the_same_key(
    database: Database, code: str, now: datetime
) -> None:
    first = await enrolled(database, enrolment(code), now)

    again = await enrolled(database, enrolment(code), now + 10 * MINUTE)
    with pytest.raises(InviteInvalid):
        await enrolled(database, enrolment(code), now + 11 * MINUTE)
    with pytest.raises(InviteInvalid):
        await enrolled(database, enrolment(code, OTHER_PHONE), now + MINUTE)

    assert again.actor == first.actor
    assert again.token != first.token


async def test_two_phones_that_use_one_invite_at_once_make_one_device(
    database: Database, code: str, now: datetime
) -> None:
    answers = await asyncio.gather(
        *(enrolled(database, enrolment(code, key), now) for key in (PHONE, OTHER_PHONE)),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Enrolled", "InviteInvalid"]


async def test_an_invite_ends_after_three_days(
    database: Database, code: str, now: datetime
) -> None:
    last = now + timedelta(hours=72)
    with pytest.raises(InviteInvalid):
        await enrolled(database, enrolment(code), last + MINUTE)

    assert (await enrolled(database, enrolment(code), last)).person.name == "Ana"


async def test_an_unknown_code_is_refused_like_a_used_one(
    database: Database, code: str, now: datetime
) -> None:
    await enrolled(database, enrolment(code), now)
    messages = set()
    for wrong in ("AAAA-BBBB-CCCC-DDDD", code):
        with pytest.raises(InviteInvalid) as caught:
            await enrolled(database, enrolment(wrong, OTHER_PHONE), now)
        messages.add(str(caught.value))

    assert len(messages) == 1


def test_who_does_not_hold_the_key_proves_nothing() -> None:
    sent = enrolment("CODE")
    other = enrolment("CODE", OTHER_PHONE)
    for wrong in (
        Enrolment("CODE", "", "", sent.public_key, other.proof),
        Enrolment("OTHER", "", "", sent.public_key, sent.proof),
        Enrolment("CODE", "", "", sent.public_key, "AAAA"),
    ):
        with pytest.raises(BadProof):
            prove(wrong)


async def test_only_the_fifth_failure_uses_an_invite_up(
    database: Database, code: str, now: datetime
) -> None:
    for _ in range(FAILURES_MAX - 1):
        await database.write(lambda unit: count_failure(unit, code, now))
    assert (await enrolled(database, enrolment(code), now)).person.name == "Ana"


async def test_after_the_fifth_failure_nothing_opens_it(
    database: Database, code: str, now: datetime
) -> None:
    for _ in range(FAILURES_MAX):
        await database.write(lambda unit: count_failure(unit, code, now))

    with pytest.raises(InviteInvalid):
        await enrolled(database, enrolment(code), now)
    with pytest.raises(InviteInvalid):
        await database.write(lambda unit: count_failure(unit, code, now))
