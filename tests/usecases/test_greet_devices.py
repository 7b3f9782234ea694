"""Phone and server find out where their histories part, and what still waits on the phone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from daywork.core.hash_chain import decode_base64url
from daywork.core.ids import Actor, OrganisationId
from daywork.store.database import Database
from daywork.store.devices import DeviceRow
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.greet_devices import ActorHead, Greeting, KnownHead, greet_devices
from support.crew import COMPANY, Crew, Phone, found_crew


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    for number in range(3):
        await founded.record(f"e{number}", now, f"0{number}:00", f"0{number}:30")
    return founded


async def greeted(phone: Phone, heads: Sequence[ActorHead], now: datetime) -> Greeting:
    return await phone.database.write(
        lambda unit: greet_devices(
            unit, phone.principal, heads, 3, now - timedelta(hours=1), -250, now
        )
    )


def hash_of(phone: Phone, number: int) -> bytes:
    return decode_base64url(str(phone.chain.items[number - 1]["h"]))


@pytest.mark.parametrize(
    ("number", "claims", "matches"),
    [
        (3, 3, True),
        (2, 2, True),  # The server is ahead: it compares where the phone stands.
        (2, 3, False),
        (0, None, True),
        (4, 3, None),  # The phone is ahead, and compares by itself.
    ],
)
async def test_histories_are_compared_where_the_shorter_one_ends(
    crew: Crew, now: datetime, number: int, claims: int | None, *, matches: bool | None
) -> None:
    ana = crew.phones["Ana"]
    claimed = None if claims is None else hash_of(ana, claims)

    greeting = await greeted(ana, [ActorHead(ana.chain.actor, number, claimed)], now)

    assert greeting.heads == [KnownHead(ana.chain.actor, 3, hash_of(ana, 3), matches)]
    assert greeting.epoch == "e"


async def test_actors_of_others_are_unknown_like_those_that_nobody_has(
    crew: Crew, now: datetime
) -> None:
    ana, ben = crew.phones["Ana"], crew.phones["Ben"]
    other = await found_crew(crew.database, now, OrganisationId(UUID(int=0xC1)))
    actors = [ben.chain.actor, other.phones["Ana"].chain.actor, Actor("zzzzzzzzzz")]

    greeting = await greeted(ana, [ActorHead(actor, 1, bytes(32)) for actor in actors], now)

    assert greeting.heads == [KnownHead(actor, 0, None, matches=False) for actor in actors]


async def test_what_a_phone_says_of_itself_is_kept(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]
    await greeted(ana, [], now)

    def look(unit: UnitOfWork) -> tuple[object, ...]:
        row = unit.session.get(DeviceRow, (COMPANY, ana.chain.actor))
        assert row is not None
        said = (row.pending_count, row.oldest_pending_at, row.skew_milliseconds)
        return (*said, row.last_contact_at)

    assert await crew.database.read(look) == (3, now - timedelta(hours=1), -250, now)
