"""Mapping rows are added and never changed; the newest of an id counts."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from daywork.core.mapping import LedgerMapping, MappedReference, Subject
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from support.told_devices import COMPANY, OTHER_COMPANY, add_company

ROOF = UUID(int=1)


def row(version: int, reference: str, now: datetime) -> MappedReference:
    return MappedReference(Subject.PROJECT, ROOF, reference, version, "Olga", now)


async def test_the_newest_row_counts_and_all_stay(database: Database, now: datetime) -> None:
    await add_company(database, now)
    rows = [row(number, f"Roof-{number}", now) for number in (1, 2, 3)]

    def act(unit: UnitOfWork) -> None:
        for one in rows:
            unit.mappings.add(COMPANY, one)

    await database.write(act)

    assert await database.read(lambda unit: unit.mappings.rows(COMPANY)) == rows
    assert await database.read(lambda unit: unit.mappings.present(COMPANY)) == LedgerMapping(
        3, {(Subject.PROJECT, ROOF): "Roof-3"}
    )
    empty = await database.read(lambda unit: unit.mappings.present(OTHER_COMPANY))
    assert empty == LedgerMapping(0, {})


async def test_a_version_is_written_once(database: Database, now: datetime) -> None:
    await add_company(database, now)
    await database.write(lambda unit: unit.mappings.add(COMPANY, row(1, "Roof", now)))

    with pytest.raises(IntegrityError):
        await database.write(lambda unit: unit.mappings.add(COMPANY, row(1, "Tower", now)))

    assert (await database.read(lambda unit: unit.mappings.present(COMPANY))).references == {
        (Subject.PROJECT, ROOF): "Roof"
    }
