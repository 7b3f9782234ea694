"""The feed: what changed behind a revision, in order, and whose it is."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.ids import OrganisationId, PersonId
from daywork.core.roles import Member, Role
from daywork.store.database import Database
from daywork.store.feed import Counter, FeedPage, load_changes, load_counter, load_members
from daywork.store.time_entries import TimeEntryRow
from daywork.store.unit_of_work import UnitOfWork
from support.told_devices import COMPANY, OTHER_COMPANY, add_company, add_device

FIRST, SECOND = PersonId(UUID(int=1)), PersonId(UUID(int=2))


def row(
    number: int,
    owner_id: PersonId,
    *,
    is_deleted: bool = False,
    organisation_id: OrganisationId = COMPANY,
) -> TimeEntryRow:
    """Return an entry whose revision runs against its id."""
    return TimeEntryRow(
        organisation_id=organisation_id,
        id=UUID(int=1_000 - number),
        owner_id=owner_id,
        revision=number,
        status="draft",
        is_deleted=is_deleted,
        content=f'{{"n":{number}}}',
    )


@pytest.fixture(name="filled")
async def database_with_entries(database: Database, now: datetime) -> Database:
    await add_company(database, now)
    await add_company(database, now, OTHER_COMPANY)

    def fill(unit: UnitOfWork) -> None:
        unit.session.add_all(
            [
                row(1, FIRST),
                row(2, SECOND),
                row(3, FIRST, is_deleted=True),
                row(4, SECOND),
                row(5, FIRST, organisation_id=OTHER_COMPANY),
            ]
        )

    await database.write(fill)
    return database


async def page(
    database: Database,
    revision: int = 0,
    owner_ids: Collection[PersonId] | None = None,
    limit: int = 10,
) -> FeedPage:
    found: FeedPage = await database.look_at(load_changes(COMPANY, revision, owner_ids, limit))
    return found


def numbers(found: FeedPage) -> Sequence[int]:
    return [revision for _, revision, _, _ in found.rows]


@pytest.mark.parametrize(
    ("revision", "owner_ids", "found"),
    [
        (0, None, [1, 2, 4]),
        (1, None, [2, 3, 4]),
        (4, None, []),
        (0, {SECOND}, [2, 4]),
        (1, {FIRST}, [3]),
        (0, {FIRST, SECOND}, [1, 2, 4]),
        (0, set(), []),
    ],
)
async def test_the_feed_goes_by_revision_and_tells_of_the_deleted_only_who_may_have_them(
    filled: Database, revision: int, owner_ids: Collection[PersonId] | None, found: list[int]
) -> None:
    assert numbers(await page(filled, revision, owner_ids)) == found


async def test_a_row_is_told_as_it_is_stored(filled: Database) -> None:
    assert (await page(filled, 2)).rows[0] == (UUID(int=997), 3, True, '{"n":3}')


@pytest.mark.parametrize(("limit", "has_more"), [(2, True), (3, False), (500, False)])
async def test_a_page_knows_whether_more_is_behind_it(
    filled: Database, limit: int, *, has_more: bool
) -> None:
    found = await page(filled, limit=limit)

    assert found.has_more is has_more
    assert numbers(found) == [1, 2, 4][:limit]


async def test_of_more_owners_than_one_query_takes_the_first_rows_still_come_first(
    filled: Database,
) -> None:
    # The last id of all is the second's, so that the first rows are not the first query's.
    many = {PersonId(UUID(int=100 + number)) for number in range(600)} | {FIRST, SECOND}

    found = await page(filled, 1, many, limit=2)

    assert numbers(found) == [2, 3]
    assert found.has_more


async def test_the_counter_tells_history_and_revisions(database: Database, now: datetime) -> None:
    await add_company(database, now)

    assert await database.look_at(load_counter(COMPANY)) == Counter("e", 0, 0)


async def test_members_are_those_of_the_organisation(database: Database, now: datetime) -> None:
    await add_company(database, now)
    await add_company(database, now, OTHER_COMPANY)
    await add_device(database, 1, "aaaaaaaaaa", now)
    await add_device(database, 2, "bbbbbbbbbb", now, organisation_id=OTHER_COMPANY)

    found = await database.look_at(load_members(COMPANY))

    assert found == [Member(FIRST, frozenset((Role.WORKER,)), None)]
