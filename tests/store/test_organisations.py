"""Organisations have counters that no two changes share."""

import asyncio
from datetime import datetime
from uuid import UUID

from daywork.core.ids import OrganisationId
from daywork.core.organisation import Organisation
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from support.told_devices import COMPANY, OTHER_COMPANY, add_company

CHANGES = 8


async def test_changes_at_once_are_all_counted(database: Database, now: datetime) -> None:
    await add_company(database, now)

    def change(unit: UnitOfWork) -> None:
        unit.organisations.reference_revision(COMPANY)
        unit.organisations.reference_changed(COMPANY)

    await asyncio.gather(*(database.write(change) for _ in range(CHANGES)))

    counted = await database.read(lambda unit: unit.organisations.reference_revision(COMPANY))
    assert counted == CHANGES


async def test_each_organisation_is_found_as_it_was_stored(
    database: Database, now: datetime
) -> None:
    stored = Organisation(OTHER_COMPANY, "Ätna", "UTC", "JPY", is_practice=True)
    await add_company(database, now)
    await database.write(lambda unit: unit.organisations.add(stored, epoch="f", now=now))

    assert await database.read(lambda unit: unit.organisations.get(OTHER_COMPANY)) == stored
    assert await database.read(lambda unit: unit.organisations.epoch(OTHER_COMPANY)) == "f"
    unknown = OrganisationId(UUID(int=9))
    assert await database.read(lambda unit: unit.organisations.get(unknown)) is None
    assert len(await database.read(lambda unit: unit.organisations.all())) == 2


async def test_the_first_organisation_has_the_unnamed_books(
    database: Database, now: datetime
) -> None:
    await add_company(database, now, OTHER_COMPANY)
    await add_company(database, now)

    books = await database.read(
        lambda unit: [unit.organisations.books(one) for one in (OTHER_COMPANY, COMPANY)]
    )

    assert books == ["", str(COMPANY)]
