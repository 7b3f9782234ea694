"""A token leads to its person's present rights in one statement."""

import asyncio
from dataclasses import replace
from datetime import datetime

from daywork.core.ids import Actor
from daywork.core.roles import Role
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from support.told_devices import COMPANY, add_company, add_device, retire

ACTOR = Actor("aaaaaaaaaa")
TOKEN = bytes(range(32))


async def test_rights_are_those_of_now_and_not_of_the_sign_in(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)
    person_id = await add_device(database, 1, ACTOR, now)
    await database.write(lambda unit: unit.devices.add_session(TOKEN, COMPANY, ACTOR, now))
    before = await database.find_session(TOKEN)

    def promote(unit: UnitOfWork) -> None:
        person = unit.people.get(COMPANY, person_id)
        assert person is not None
        unit.people.change(replace(person, roles=frozenset((Role.MANAGER,))))

    await database.write(promote)
    await retire(database, ACTOR, now)
    after = await database.find_session(TOKEN)

    assert before is not None
    assert after is not None
    assert (before.principal.roles, before.is_retired) == (frozenset(("worker",)), False)
    assert (after.principal.roles, after.is_retired) == (frozenset(("manager",)), True)
    assert (after.principal.organisation_id, after.principal.actor) == (COMPANY, ACTOR)
    assert (after.created_at, after.last_used_at) == (now, now)


async def test_who_asks_together_is_told_each_their_own(database: Database, now: datetime) -> None:
    await add_company(database, now)
    tokens = [bytes([number]) * 32 for number in range(1, 6)]
    for number in range(1, 6):
        await add_device(database, number, Actor(f"aaaaaaaaa{number}"), now)

    def sign_in(unit: UnitOfWork) -> None:
        for number, token in enumerate(tokens, 1):
            unit.devices.add_session(token, COMPANY, Actor(f"aaaaaaaaa{number}"), now)

    await database.write(sign_in)
    asked = [*tokens, bytes(32), tokens[0]]
    found = await asyncio.gather(*(database.find_session(token) for token in asked))

    actors = [None if one is None else one.principal.actor for one in found]
    assert actors == [*(f"aaaaaaaaa{number}" for number in range(1, 6)), None, "aaaaaaaaa1"]


async def test_an_unknown_token_leads_nowhere(database: Database) -> None:
    assert await database.find_session(bytes(32)) is None
