"""A file's words become people and projects once, whoever and whatever was known."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from daywork.core.errors import NameAmbiguous, NotFound
from daywork.core.ids import OrganisationId, PersonId
from daywork.core.organisation import Organisation
from daywork.core.person import Person
from daywork.core.roles import Role
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.import_records import (
    ImportedIds,
    ImportNames,
    NamedPerson,
    import_names,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
COMPANY = OrganisationId(UUID(int=1))
WORKER = frozenset((Role.WORKER,))
MANAGER = frozenset((Role.MANAGER,))


@pytest.fixture
async def company(database: Database) -> Database:
    organisation = Organisation(COMPANY, "Fennick & Daughters", "Europe/Berlin", "EUR")
    await database.write(lambda unit: unit.organisations.add(organisation, epoch="e", now=NOW))
    return database


def person(number: int, name: str, email: str | None = None) -> Person:
    return Person(COMPANY, PersonId(UUID(int=number)), name, email, WORKER)


async def imported(database: Database, *people: NamedPerson, **projects: list[str]) -> ImportedIds:
    names = ImportNames(COMPANY, people, projects)
    return await database.write(lambda unit: import_names(unit, names, NOW))


async def known_people(database: Database) -> list[Person]:
    return list(await database.read(lambda unit: unit.people.all(COMPANY)))


async def add(database: Database, *people: Person) -> None:
    def act(unit: UnitOfWork) -> None:
        for one in people:
            unit.people.add(one, NOW)

    await database.write(act)


async def test_everybody_and_everything_is_made_once(company: Database) -> None:
    ana = NamedPerson("Ana", WORKER)
    first = await imported(company, ana, Roof=["Gutter", "Tiles"])
    second = await imported(company, ana, Roof=["Gutter", "Tiles"])

    assert (first.new_people, first.new_projects, first.new_tasks) == (1, 1, 2)
    assert (second.new_people, second.new_projects, second.new_tasks) == (0, 0, 0)
    assert (first.people, first.projects, first.tasks) == (
        second.people,
        second.projects,
        second.tasks,
    )
    projects = await company.read(lambda unit: unit.projects.all(COMPANY))
    assert [(one.name, [task.name for task in one.tasks]) for one in projects] == [
        ("Roof", ["Gutter", "Tiles"])
    ]


async def test_the_people_have_no_manager(company: Database) -> None:
    await imported(company, NamedPerson("Ana", WORKER))

    assert [one.manager_id for one in await known_people(company)] == [None]


async def test_an_approver_who_is_known_as_a_worker_becomes_a_manager_too(
    company: Database,
) -> None:
    await add(company, person(7, "Ana"))
    ids = await imported(company, NamedPerson("Ana", MANAGER))

    assert ids.people == {"Ana": UUID(int=7)}
    assert [one.roles for one in await known_people(company)] == [WORKER | MANAGER]


async def test_the_address_decides_before_the_name(company: Database) -> None:
    await add(company, person(7, "Ana", "ana@example.com"), person(8, "Ana", "a.b@example.com"))
    ids = await imported(company, NamedPerson("Ana Brandt", WORKER, "ANA@example.com"))

    assert ids.people == {"ana@example.com": UUID(int=7)}
    assert len(await known_people(company)) == 2


async def test_a_person_without_an_address_is_found_by_the_name(company: Database) -> None:
    await add(company, person(7, "Ana"))
    ids = await imported(company, NamedPerson("Ana", WORKER, "ana@example.com"))

    assert ids.people == {"ana@example.com": UUID(int=7)}


async def test_a_name_that_fits_two_people_is_refused_with_their_ids(company: Database) -> None:
    await add(company, person(7, "Ana", "a@example.com"), person(8, "Ana", "b@example.com"))

    with pytest.raises(NameAmbiguous) as caught:
        await imported(company, NamedPerson("Ana", WORKER))

    assert sorted(caught.value.ids) == [str(UUID(int=7)), str(UUID(int=8))]


async def test_an_unknown_organisation_is_refused(database: Database) -> None:
    with pytest.raises(NotFound):
        await imported(database, NamedPerson("Ana", WORKER))


async def test_phones_learn_of_new_names_and_only_then(company: Database) -> None:
    def revision(unit: UnitOfWork) -> int:
        return unit.organisations.reference_revision(COMPANY)

    before = await company.read(revision)
    await imported(company, NamedPerson("Ana", WORKER))
    after = await company.read(revision)
    await imported(company, NamedPerson("Ana", WORKER))

    assert after > before
    assert await company.read(revision) == after
