"""The feed: what changed behind a revision, in order, and whose it is."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.cursor import Counter
from daywork.core.ids import OrganisationId, PersonId
from daywork.core.roles import Member, Role
from daywork.core.scope import Sight
from daywork.store.database import Database
from daywork.store.feed import FeedPage, load_changes, load_counter, load_members
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
    sight = Sight(None if owner_ids is None else frozenset(owner_ids))
    found: FeedPage = await database.look_at(load_changes(COMPANY, sight, revision, limit))
    return found


def numbers(found: FeedPage) -> Sequence[int]:
    return [revision for _, revision, _, _ in found.rows]


@pytest.mark.parametrize(
    ("revision", "owner_ids", "found"),
    [
        (0, None, [1, 2, 3, 4]),
        (1, None, [2, 3, 4]),
        (4, None, []),
        (0, {SECOND}, [2, 4]),
        (1, {FIRST}, [3]),
        (0, {FIRST, SECOND}, [1, 2, 3, 4]),
        (0, set(), []),
    ],
)
async def test_the_feed_goes_by_revision_and_has_what_is_in_sight(
    filled: Database, revision: int, owner_ids: Collection[PersonId] | None, found: list[int]
) -> None:
    assert numbers(await page(filled, revision, owner_ids)) == found


async def test_a_row_is_told_as_it_is_stored(filled: Database) -> None:
    assert (await page(filled, 2)).rows[0] == (UUID(int=997), 3, "deleted", '{"n":3}')


@pytest.mark.parametrize(("limit", "end"), [(0, 1), (2, 3), (3, None), (500, None)])
async def test_a_page_knows_whether_more_is_behind_it(
    filled: Database, limit: int, end: int | None
) -> None:
    found = await page(filled, 1, limit=limit)

    assert found.end == end
    assert numbers(found) == [2, 3, 4][:limit]


async def test_of_more_owners_than_one_query_takes_the_first_rows_still_come_first(
    filled: Database,
) -> None:
    # The last id of all is the second's, so that the first rows are not the first query's.
    many = {PersonId(UUID(int=100 + number)) for number in range(600)} | {FIRST, SECOND}

    found = await page(filled, 1, many, limit=2)

    assert numbers(found) == [2, 3]
    assert found.end == 3


async def test_the_counter_tells_history_and_revisions(database: Database, now: datetime) -> None:
    await add_company(database, now)

    assert await database.look_at(load_counter(COMPANY)) == Counter("e", 0, 0, 0)


async def test_members_are_those_of_the_organisation(database: Database, now: datetime) -> None:
    await add_company(database, now)
    await add_company(database, now, OTHER_COMPANY)
    await add_device(database, 1, "aaaaaaaaaa", now)
    await add_device(database, 2, "bbbbbbbbbb", now, organisation_id=OTHER_COMPANY)

    found = await database.look_at(load_members(COMPANY))

    assert found == [Member(FIRST, frozenset((Role.WORKER,)), None)]
