"""Ids get names in the ledger, dated rates, and a history that nobody can change."""

from datetime import date, datetime
from uuid import UUID

import pytest

from daywork.core.errors import NameAmbiguous, NameUnknown, ValueRefused
from daywork.core.ids import PersonId
from daywork.core.mapping import Subject
from daywork.core.money import Money
from daywork.core.person import Person
from daywork.core.posting import HourlyRate
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.maintain_mappings import (
    find_subject,
    map_by_name,
    map_subject,
    mapping_history,
    set_rate,
    subjects,
)
from support.crew import COMPANY, ROOF, SHED, Crew, found_crew

STRANGER = UUID(int=99)


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def map_one(
    crew: Crew, now: datetime, subject: Subject, local_id: UUID, reference: str
) -> str:
    return await crew.database.write(
        lambda unit: map_subject(unit, COMPANY, subject, local_id, reference, "Olga", now)
    )


async def test_the_newest_name_counts_and_all_are_kept(crew: Crew, now: datetime) -> None:
    for reference in ("Roof", "Tower", "Tower"):
        await map_one(crew, now, Subject.PROJECT, ROOF, reference)

    present = await crew.database.read(lambda unit: unit.mappings.present(COMPANY))
    history = await crew.database.read(lambda unit: mapping_history(unit, COMPANY))
    assert present.version == 2
    assert present.reference(Subject.PROJECT, ROOF) == "Tower"
    assert present.reference(Subject.PROJECT, SHED) is None
    assert [(row.version, row.reference, row.author, row.written_at) for row in history] == [
        (1, "Roof", "Olga", now),
        (2, "Tower", "Olga", now),
    ]


async def test_two_of_a_kind_never_have_one_name(crew: Crew, now: datetime) -> None:
    await map_one(crew, now, Subject.PROJECT, ROOF, "Roof")
    with pytest.raises(ValueRefused, match="another project"):
        await map_one(crew, now, Subject.PROJECT, SHED, "ROOF")

    # A person and a project may: they stand in different places of an account.
    ana = crew.phones["Ana"].person_id
    assert await map_one(crew, now, Subject.EMPLOYEE, ana, "Roof") == "Roof"


@pytest.mark.parametrize("reference", ["", "roof", "A:B", "A B", "Ä", "A;", "-A", "A" * 61])
async def test_a_name_that_no_account_may_have_is_refused(
    crew: Crew, now: datetime, reference: str
) -> None:
    with pytest.raises(ValueRefused) as caught:
        await map_one(crew, now, Subject.PROJECT, ROOF, reference)

    assert caught.value.field == "reference"


async def test_only_what_there_is_gets_a_name_or_a_rate(crew: Crew, now: datetime) -> None:
    with pytest.raises(NameUnknown):
        await map_one(crew, now, Subject.PROJECT, STRANGER, "Roof")
    # A person is no project.
    with pytest.raises(NameUnknown):
        await map_one(crew, now, Subject.PROJECT, crew.phones["Ana"].person_id, "Roof")
    with pytest.raises(NameUnknown):
        await crew.database.write(
            lambda unit: set_rate(unit, COMPANY, "pay", ROOF, Money(1, "EUR"), now.date())
        )


async def test_a_name_is_made_where_there_is_none(crew: Crew, now: datetime) -> None:
    async def named(local_id: UUID, name: str) -> str:
        return await crew.database.write(
            lambda unit: map_by_name(unit, COMPANY, Subject.PROJECT, local_id, name, "Olga", now)
        )

    assert await named(ROOF, "Old roof") == "Old-roof"
    assert await named(SHED, "old: roof") == "Old-roof-2"
    assert await named(ROOF, "Something else") == "Old-roof"


async def test_somebody_is_meant_by_id_or_by_a_name_that_nobody_else_has(
    crew: Crew, now: datetime
) -> None:
    async def found(name_or_id: str) -> UUID:
        return await crew.database.read(
            lambda unit: find_subject(unit, COMPANY, Subject.EMPLOYEE, name_or_id)
        )

    ana = crew.phones["Ana"].person_id
    assert await found("ANA") == await found(str(ana)) == ana
    with pytest.raises(NameUnknown):
        await found("Nobody")
    twin = Person(COMPANY, PersonId(STRANGER), "ana", None, frozenset())
    await crew.database.write(lambda unit: unit.people.add(twin, now))
    with pytest.raises(NameAmbiguous) as caught:
        await found("Ana")

    assert sorted(caught.value.ids) == sorted((str(ana), str(STRANGER)))


async def test_everything_that_can_be_mapped_is_listed(crew: Crew) -> None:
    known = await crew.database.read(lambda unit: subjects(unit, COMPANY))

    assert known[Subject.PROJECT] == {ROOF: "Roof", SHED: "Shed"}
    assert sorted(known[Subject.EMPLOYEE].values()) == ["Ana", "Ben", "Max", "Olga"]


async def test_a_rate_of_a_day_that_is_set_again_replaces_it(crew: Crew) -> None:
    def act(unit: UnitOfWork) -> None:
        for day, cents in ((1, 3_000), (2, 3_100), (2, 3_200)):
            amount = Money(cents, "EUR")
            set_rate(unit, COMPANY, "billing", ROOF, amount, date(2026, 3, day))

    await crew.database.write(act)

    rates = await crew.database.read(lambda unit: unit.hourly_rates.all(COMPANY))
    assert sorted(rates, key=lambda rate: rate.from_date) == [
        HourlyRate("billing", ROOF, Money(3_000, "EUR"), date(2026, 3, 1)),
        HourlyRate("billing", ROOF, Money(3_200, "EUR"), date(2026, 3, 2)),
    ]
