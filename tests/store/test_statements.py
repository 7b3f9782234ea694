"""Each statement is written once and means the same to both drivers."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from daywork.store.database import Database, open_database
from daywork.store.migration import migrate
from daywork.store.statements import (
    PADDED_LENGTHS,
    Change,
    Query,
    Select,
    Steps,
    Update,
    Upsert,
)

COMPANY = UUID(int=1)
KINDS = {"organisation_id": "uuid", "id": "uuid", "name": "text", "is_closed": "boolean"}
COLUMNS = {**KINDS, "is_billable": "boolean"}
ADD = Upsert("project", COLUMNS, key=("organisation_id", "id"), updated=("name",))
KEEP = Upsert("project", COLUMNS, key=("organisation_id", "id"))
INSIST = Upsert("project", COLUMNS, key=())
CLOSE = Update("project", {"organisation_id": "uuid", "id": "uuid"}, {"is_closed": "boolean"})
ALL = Select({"id": "uuid", "name": "text"}, "project", "organisation_id = {0}", scalars=1)
SOME = Select(ALL.columns, "project", "organisation_id = {0}", scalars=1, keys={"id": "uuid"})
PAIRS = Select(
    ALL.columns,
    "project",
    "organisation_id = {0}",
    scalars=1,
    keys={"id": "uuid", "name": "text"},
)
COMPANIES = Upsert(
    "organisation",
    {
        "id": "uuid",
        "name": "text",
        "time_zone": "text",
        "currency": "text",
        "is_practice": "boolean",
        "created_at": "bigint",
        "books": "text",
    },
    key=("id",),
)


@pytest.fixture
async def opened(database_url: str | None, tmp_path: Path) -> AsyncIterator[Database]:
    await migrate(tmp_path, database_url)
    database = open_database(tmp_path, database_url)
    company = (COMPANY, "Fennick", "UTC", "EUR", False, 0, "")
    await run(database, lambda: changes(Change(COMPANIES, [company])))
    yield database
    await database.close()


async def run(database: Database, steps: Callable[[], Steps]) -> Any:
    """Run steps in one transaction, as a push would."""
    return await database._run_steps(steps)  # type: ignore[attr-defined]


def changes(*all_changes: Change) -> Steps:
    for change in all_changes:  # noqa: UP028 - a tuple cannot be sent what a query found
        yield change


def asked(query: Query) -> Callable[[], Steps]:
    def steps() -> Steps:
        rows = yield query
        return sorted((row[0].int, row[1]) for row in rows)

    return steps


def project(number: int, name: str) -> tuple[Any, ...]:
    return (COMPANY, UUID(int=number), name, False, True)


async def add(database: Database, *projects: tuple[Any, ...], how: Upsert = ADD) -> None:
    await run(database, lambda: changes(Change(how, projects)))


async def known(database: Database, query: Query | None = None) -> Sequence[tuple[int, str]]:
    found: Sequence[tuple[int, str]] = await run(database, asked(query or Query(ALL, (COMPANY,))))
    return found


async def test_whole_columns_are_added_and_known_rows_change(opened: Database) -> None:
    await add(opened, project(1, "Roof"), project(2, "Shed"))
    await add(opened, project(2, "Barn"), project(3, "Mill"))

    assert await known(opened) == [(1, "Roof"), (2, "Barn"), (3, "Mill")]


async def test_without_changes_a_known_row_stays(opened: Database) -> None:
    await add(opened, project(1, "Roof"))
    await add(opened, project(1, "Tower"), project(2, "Shed"), how=KEEP)

    assert await known(opened) == [(1, "Roof"), (2, "Shed")]


async def test_without_a_key_a_known_row_is_an_error_and_nothing_is_added(
    opened: Database,
) -> None:
    await add(opened, project(1, "Roof"))
    refused = (asyncpg.UniqueViolationError, sqlite3.IntegrityError)
    with pytest.raises(refused):
        await add(opened, project(2, "Shed"), project(1, "Tower"), how=INSIST)

    assert await known(opened) == [(1, "Roof")]


async def test_rows_are_changed_by_their_keys(opened: Database) -> None:
    await add(opened, *(project(number, f"P{number}") for number in range(3)))
    closing = [(COMPANY, UUID(int=number), True) for number in (0, 2)]
    await run(opened, lambda: changes(Change(CLOSE, closing)))

    closed = Select(ALL.columns, "project", "organisation_id = {0} AND is_closed", scalars=1)
    assert await known(opened, Query(closed, (COMPANY,))) == [(0, "P0"), (2, "P2")]


@pytest.mark.parametrize("count", [0, 1, 2, 11, PADDED_LENGTHS[-1], PADDED_LENGTHS[-1] + 1])
async def test_a_list_of_any_length_finds_each_row_once(opened: Database, count: int) -> None:
    await add(opened, *(project(number, f"P{number}") for number in range(600)))
    keys = [(UUID(int=number),) for number in range(count)]

    assert await known(opened, Query(SOME, (COMPANY,), keys)) == [
        (number, f"P{number}") for number in range(count)
    ]


async def test_keys_of_several_columns_fit_as_a_whole(opened: Database) -> None:
    await add(opened, project(1, "Roof"), project(2, "Shed"))
    keys = [(UUID(int=1), "Roof"), (UUID(int=2), "Roof")]

    assert await known(opened, Query(PAIRS, (COMPANY,), keys)) == [(1, "Roof")]


async def test_no_rows_are_no_change(opened: Database) -> None:
    await add(opened)

    assert await known(opened) == []
