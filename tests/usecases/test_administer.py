"""The office makes organisations, people, invites and projects, each once and each by its name."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from daywork.core.errors import NameAmbiguous, NameTaken, NameUnknown, ValueRefused
from daywork.core.organisation import Organisation
from daywork.core.person import Person
from daywork.core.roles import Role
from daywork.security.secrets import hashed_secret, normal_code
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.administer import (
    INVITE_HOURS,
    NAME_CHARACTERS_MAX,
    Invited,
    InviteWish,
    add_project,
    create_organisation,
    find_organisation,
    invite_person,
)


async def organisation(database: Database, now: datetime, name: str = "Fennick") -> Organisation:
    return await database.write(
        lambda unit: create_organisation(unit, name, "Europe/Berlin", "eur", now)
    )


async def invited(
    database: Database,
    now: datetime,
    person: str | None = None,
    *,
    role: str | None = None,
    manager: str | None = None,
    person_id: UUID | None = None,
    manager_id: UUID | None = None,
) -> Invited:
    wish = InviteWish(person, person_id, role, manager, manager_id, None)
    return await database.write(lambda unit: invite_person(unit, wish, now))


async def people(database: Database) -> list[Person]:
    def act(unit: UnitOfWork) -> list[Person]:
        return list(unit.people.all(find_organisation(unit, None).id))

    return await database.read(act)


async def test_an_organisation_has_a_zone_a_currency_and_a_history_of_its_own(
    database: Database, now: datetime
) -> None:
    made = await organisation(database, now, "  Fennick  &\tDaughters ")

    found = await database.read(lambda unit: find_organisation(unit, None))
    epoch = await database.read(lambda unit: unit.organisations.epoch(made.id))
    assert found == made
    assert (made.name, made.time_zone, made.currency) == (
        *("Fennick & Daughters", "Europe/Berlin"),
        "EUR",
    )
    assert made.id.version == 7
    assert len(epoch) == 8


@pytest.mark.parametrize(
    ("name", "zone", "currency", "field"),
    [
        ("", "UTC", "EUR", "name"),
        ("a\x00b", "UTC", "EUR", "name"),
        ("\u202eabc", "UTC", "EUR", "name"),
        ("x" * (NAME_CHARACTERS_MAX + 1), "UTC", "EUR", "name"),
        ("Fennick", "Mars/Olympus", "EUR", "time-zone"),
        ("Fennick", "../../etc/passwd", "EUR", "time-zone"),
        ("Fennick", "", "EUR", "time-zone"),
        ("Fennick", "UTC", "EURO", "currency"),
        ("Fennick", "UTC", "XAU", "currency"),
    ],
)
async def test_an_organisation_with_a_wrong_value_is_refused_and_the_value_is_named(
    database: Database, now: datetime, name: str, zone: str, currency: str, field: str
) -> None:
    with pytest.raises(ValueRefused) as caught:
        await database.write(lambda unit: create_organisation(unit, name, zone, currency, now))

    assert caught.value.field == field
    assert await database.read(lambda unit: unit.organisations.all()) == []


async def test_two_organisations_have_different_names_whatever_the_case(
    database: Database, now: datetime
) -> None:
    await organisation(database, now, "Łąka")

    with pytest.raises(NameTaken):
        await organisation(database, now, "łĄKA")


async def test_an_organisation_need_not_be_named_while_there_is_one(
    database: Database, now: datetime
) -> None:
    with pytest.raises(NameUnknown, match="daywork org create"):
        await database.read(lambda unit: find_organisation(unit, None))
    first = await organisation(database, now)
    second = await organisation(database, now, "Other")

    with pytest.raises(NameAmbiguous) as caught:
        await database.read(lambda unit: find_organisation(unit, None))
    with pytest.raises(NameUnknown):
        await database.read(lambda unit: find_organisation(unit, "Third"))

    assert sorted(caught.value.ids) == sorted((str(first.id), str(second.id)))
    assert await database.read(lambda unit: find_organisation(unit, "Other")) == second
    assert await database.read(lambda unit: find_organisation(unit, str(first.id))) == first


async def test_who_is_invited_becomes_a_worker_with_a_code_that_is_kept_as_a_hash(
    database: Database, now: datetime
) -> None:
    await organisation(database, now)

    made = await invited(database, now, "Ana")

    kept = await database.write(
        lambda unit: unit.people.invite(hashed_secret(normal_code(made.code)))
    )
    assert kept is not None
    assert (kept.person_id, kept.expires_at) == (made.person.id, now + timedelta(hours=72))
    assert [(one.name, one.email, one.roles) for one in await people(database)] == [
        ("Ana", None, frozenset((Role.WORKER,)))
    ]
    assert INVITE_HOURS == 72


@pytest.mark.parametrize(
    ("name", "again"),
    [("Ana", "ana"), ("Łukasz", "Łukasz"), ("Łukasz", "ŁUKASZ"), ("Σίσυφος", "σίσυφος")],
)
async def test_inviting_somebody_again_adds_a_device_and_nobody(
    database: Database, now: datetime, name: str, again: str
) -> None:
    await organisation(database, now)
    first = await invited(database, now, name)

    second = await invited(database, now, again)

    assert second.person == first.person
    assert second.code != first.code
    assert len(await people(database)) == 1


async def test_an_address_is_a_name_too(database: Database, now: datetime) -> None:
    await organisation(database, now)
    await invited(database, now, "ana@example.org")
    await invited(database, now, "ANA@example.org")

    assert [(one.name, one.email) for one in await people(database)] == [
        ("ana@example.org", "ana@example.org")
    ]


async def test_a_role_is_added_to_those_that_somebody_has(
    database: Database, now: datetime
) -> None:
    await organisation(database, now)
    await invited(database, now, "Max")
    await invited(database, now, "Max", role="manager")
    await invited(database, now, "Max")

    assert [one.roles for one in await people(database)] == [frozenset((Role.WORKER, Role.MANAGER))]


async def test_a_manager_is_found_by_name_and_stays(database: Database, now: datetime) -> None:
    await organisation(database, now)
    boss = (await invited(database, now, "Łukasz", role="manager")).person
    await invited(database, now, "Ana", manager="łukasz")
    await invited(database, now, "Ana")

    assert {one.name: one.manager_id for one in await people(database)} == {
        "Ana": boss.id,
        "Łukasz": None,
    }


async def test_names_that_fit_nobody_or_two_are_refused_and_ids_always_work(
    database: Database, now: datetime
) -> None:
    made = await organisation(database, now)
    twins = [
        Person(
            made.id,
            (await invited(database, now, f"Ana {number}")).person.id,
            "Ana",
            None,
            frozenset(),
        )
        for number in (1, 2)
    ]

    def rename(unit: UnitOfWork) -> None:
        for twin in twins:
            unit.people.change(twin)

    await database.write(rename)
    for person, manager in (("Ana", None), ("Ben", "Ana")):
        with pytest.raises(NameAmbiguous) as caught:
            await invited(database, now, person, manager=manager)
        assert sorted(caught.value.ids) == sorted(str(twin.id) for twin in twins)
    with pytest.raises(NameUnknown):
        await invited(database, now, "Ben", manager="Nobody")
    for ids in ({"person_id": UUID(int=9)}, {"manager_id": UUID(int=9), "person": "Ben"}):
        with pytest.raises(NameUnknown):
            await invited(database, now, **ids)
    assert len(await people(database)) == 2

    by_id = await invited(database, now, person_id=twins[0].id, manager_id=twins[1].id)

    assert (by_id.person.id, by_id.person.manager_id) == (twins[0].id, twins[1].id)


async def test_nobody_manages_themselves(database: Database, now: datetime) -> None:
    await organisation(database, now)
    await invited(database, now, "Max", role="manager")

    with pytest.raises(ValueRefused, match="themselves"):
        await invited(database, now, "Max", manager="Max")


async def test_an_unknown_role_is_refused_with_those_that_there_are(
    database: Database, now: datetime
) -> None:
    await organisation(database, now)

    with pytest.raises(ValueRefused, match="admin, auditor, foreman, manager, office, worker"):
        await invited(database, now, "Max", role="king")

    assert await people(database) == []


async def test_phones_learn_of_a_new_project(database: Database, now: datetime) -> None:
    made = await organisation(database, now)

    def revision(unit: UnitOfWork) -> int:
        return unit.organisations.reference_revision(made.id)

    before = await database.read(revision)
    project = await database.write(
        lambda unit: add_project(unit, made.id, " Roof ", now, is_billable=False)
    )

    assert await database.read(lambda unit: unit.projects.all(made.id)) == [project]
    assert (project.name, project.is_billable, project.id.version) == ("Roof", False, 7)
    assert await database.read(revision) == before + 1


async def test_a_project_has_a_name_of_its_own(database: Database, now: datetime) -> None:
    made = await organisation(database, now)
    await database.write(lambda unit: add_project(unit, made.id, "Roof", now))

    with pytest.raises(NameTaken):
        await database.write(lambda unit: add_project(unit, made.id, "Roof ", now))
    with pytest.raises(ValueRefused):
        await database.write(lambda unit: add_project(unit, made.id, "\n", now))
