"""A device proves itself with a nonce that is good once, for a minute, and for it alone."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import func, select

from daywork.core.errors import BadProof, DeviceRetired
from daywork.core.ids import Actor
from daywork.security.secrets import hashed_secret
from daywork.store.database import Database
from daywork.store.devices import SessionChallengeRow
from daywork.usecases.sign_in import ask_device, sign_in_device, sign_out_device
from support.crew import Crew, Phone, found_crew
from support.told_devices import retire

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def asked(phone: Phone, now: datetime) -> str:
    return await phone.database.write(lambda unit: ask_device(unit, phone.chain.actor, now))


async def signed_in(
    phone: Phone, nonce: str, now: datetime, signer: Phone | None = None, actor: Actor | None = None
) -> str:
    own = actor or phone.chain.actor
    message = f"daywork-session-v1\n{own}\n{nonce}".encode()
    signature = (signer or phone).key.signed(message)
    return await phone.database.write(lambda unit: sign_in_device(unit, own, nonce, signature, now))


async def test_a_device_that_signs_its_nonce_gets_a_session(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]
    token = await signed_in(ana, await asked(ana, now), now + MINUTE)

    session = await crew.database.find_session(hashed_secret(token))

    assert session is not None
    assert (session.principal.person_id, session.principal.actor) == (
        ana.person_id,
        ana.chain.actor,
    )
    assert session.created_at == now + MINUTE


async def test_a_session_that_was_ended_is_gone(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]
    token = await signed_in(ana, await asked(ana, now), now)

    for _ in range(2):
        await crew.database.write(lambda unit: sign_out_device(unit, token))

    assert await crew.database.find_session(hashed_secret(token)) is None


async def test_a_nonce_is_good_once(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]
    nonce = await asked(ana, now)
    await signed_in(ana, nonce, now)

    with pytest.raises(BadProof):
        await signed_in(ana, nonce, now)


async def test_a_nonce_is_good_for_a_minute(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]

    with pytest.raises(BadProof):
        await signed_in(ana, await asked(ana, now), now + MINUTE + timedelta(milliseconds=1))


async def test_a_nonce_is_good_for_the_device_that_asked(crew: Crew, now: datetime) -> None:
    ana, ben = crew.phones["Ana"], crew.phones["Ben"]
    nonce = await asked(ana, now)
    with pytest.raises(BadProof):
        await signed_in(ben, nonce, now)

    # And nobody uses it up in passing.
    assert await signed_in(ana, nonce, now)


async def test_the_wrong_key_and_an_unknown_device_are_refused_alike(
    crew: Crew, now: datetime
) -> None:
    ana, ben = crew.phones["Ana"], crew.phones["Ben"]
    stranger = Actor("zzzzzzzzzz")
    nonce = await crew.database.write(lambda unit: ask_device(unit, stranger, now))

    with pytest.raises(BadProof) as wrong_key:
        await signed_in(ana, await asked(ana, now), now, signer=ben)
    with pytest.raises(BadProof) as unknown:
        await signed_in(ana, nonce, now, actor=stranger)

    assert str(wrong_key.value) == str(unknown.value)


async def test_a_retired_device_gets_no_session(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]
    nonce = await asked(ana, now)
    await retire(crew.database, ana.chain.actor, now)

    with pytest.raises(DeviceRetired):
        await signed_in(ana, nonce, now)
    with pytest.raises(DeviceRetired):
        await asked(ana, now)


async def test_questions_that_nobody_answered_are_forgotten(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]
    for day in range(5):
        await asked(ana, now + timedelta(days=day))

    kept = await crew.database.read(
        lambda unit: unit.session.scalar(select(func.count()).select_from(SessionChallengeRow))
    )

    assert kept == 1
