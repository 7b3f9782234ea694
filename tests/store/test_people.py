"""People and invites of one organisation, and of it alone."""

from datetime import datetime, timedelta
from uuid import UUID

from daywork.core.ids import Actor, InviteId, OrganisationId, PersonId
from daywork.core.person import Person
from daywork.core.roles import Role
from daywork.store.database import Database
from daywork.store.people import Invite
from support.told_devices import COMPANY, OTHER_COMPANY, add_company

HASH = bytes(range(32))


def person(number: int, name: str, organisation_id: OrganisationId = COMPANY) -> Person:
    roles = frozenset((Role.WORKER, Role.MANAGER))
    boss = PersonId(UUID(int=99))
    return Person(organisation_id, PersonId(UUID(int=number)), name, "a@b.example", roles, boss)


async def test_a_person_is_found_as_stored_and_as_changed(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)
    ana, renamed = person(1, "Ana"), person(1, "Anna")
    await database.write(lambda unit: unit.people.add(ana, now))
    stored = await database.read(lambda unit: unit.people.get(COMPANY, ana.id))
    await database.write(lambda unit: unit.people.change(renamed))

    assert stored == ana
    assert await database.read(lambda unit: unit.people.get(COMPANY, ana.id)) == renamed


async def test_nobody_of_another_organisation_is_found(database: Database, now: datetime) -> None:
    await add_company(database, now)
    await add_company(database, now, OTHER_COMPANY)
    stranger = person(1, "Ana", OTHER_COMPANY)
    await database.write(lambda unit: unit.people.add(stranger, now))

    assert await database.read(lambda unit: unit.people.get(COMPANY, stranger.id)) is None
    assert await database.read(lambda unit: unit.people.all(COMPANY)) == []
    assert await database.read(lambda unit: unit.people.named(COMPANY, "Ana")) == []
    assert await database.read(lambda unit: unit.people.named(OTHER_COMPANY, "ANA")) == [stranger]


async def test_an_invite_remembers_what_became_of_it(database: Database, now: datetime) -> None:
    await add_company(database, now)
    await database.write(lambda unit: unit.people.add(person(1, "Ana"), now))
    invite = Invite(COMPANY, InviteId(UUID(int=5)), HASH, PersonId(UUID(int=1)), now)
    await database.write(lambda unit: unit.people.add_invite(invite))
    invite.failures, invite.used_at = 2, now + timedelta(seconds=1)
    invite.used_key, invite.used_actor = "{}", Actor("aaaaaaaaaa")
    await database.write(lambda unit: unit.people.change_invite(invite))

    assert await database.write(lambda unit: unit.people.invite(HASH)) == invite
    assert await database.write(lambda unit: unit.people.invite(bytes(32))) is None
