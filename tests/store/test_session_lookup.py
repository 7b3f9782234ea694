"""A token leads to its person's present rights in one statement."""

from dataclasses import replace
from datetime import datetime

from daywork.core.ids import Actor
from daywork.core.roles import Role
from daywork.store.database import Database
from daywork.store.session_lookup import look_up_session
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
    before = await database.look_up(look_up_session(TOKEN))

    def promote(unit: UnitOfWork) -> None:
        person = unit.people.get(COMPANY, person_id)
        assert person is not None
        unit.people.change(replace(person, roles=frozenset((Role.MANAGER,))))

    await database.write(promote)
    await retire(database, ACTOR, now)
    after = await database.look_up(look_up_session(TOKEN))

    assert (before.principal.roles, before.is_retired) == (frozenset(("worker",)), False)
    assert (after.principal.roles, after.is_retired) == (frozenset(("manager",)), True)
    assert (after.principal.organisation_id, after.principal.actor) == (COMPANY, ACTOR)
    assert (after.created_at, after.last_used_at) == (now, now)


async def test_an_unknown_token_leads_nowhere(database: Database) -> None:
    assert await database.look_up(look_up_session(bytes(32))) is None
