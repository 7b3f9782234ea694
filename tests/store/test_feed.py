"""The feed: what changed behind a revision, in order, and whose it is."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import col, update

from daywork.core.cursor import Counter
from daywork.core.ids import OrganisationId, PersonId, ProjectId, TimeEntryId
from daywork.core.roles import Member, Role
from daywork.core.scope import Grant, Sight
from daywork.store import feed
from daywork.store.database import Database, sqlite_file
from daywork.store.feed import (
    FeedPage,
    Window,
    load_changes,
    load_counter,
    load_filling,
    load_kept,
    load_members,
    load_news,
)
from daywork.store.migration import migrate
from daywork.store.organisations import SyncCounterRow
from daywork.store.scopes import TimeEntryScopeRow
from daywork.store.statements import Steps
from daywork.store.time_entries import TimeEntryRow
from daywork.store.unit_of_work import UnitOfWork
from support.plans import planned
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


# What a page behind a cursor asks, and by what it finds it: never by reading all that is stored.
FOLLOWING = {
    "_CHANGES_OF_ALL": "ix_time_entry_revision (organisation_id=? AND revision>?)",
    "_CHANGES_OF_OWNERS": "(organisation_id=? AND owner_id=? AND revision>?)",
    "_CHANGES_OF_PROJECTS": "(organisation_id=? AND project_id=? AND revision>?)",
    "_NEWS": "ix_time_entry_revision (organisation_id=? AND revision>?)",
    "_INSIDE": "(organisation_id=? AND entry_id=?)",
    "_FILL_OF_OWNERS": "(organisation_id=? AND owner_id=? AND revision>? AND revision<?)",
    "_FILL_OF_PROJECTS": "(organisation_id=? AND project_id=? AND revision>? AND revision<?)",
}


@pytest.mark.parametrize("name", FOLLOWING)
async def test_what_follows_a_cursor_reads_no_more_when_more_is_stored(
    name: str, tmp_path: Path
) -> None:
    await migrate(tmp_path, None)

    plan = planned(sqlite_file(tmp_path), getattr(feed, name))

    assert any(FOLLOWING[name] in step for step in plan), plan


ROOF, SHED = ProjectId(UUID(int=51)), ProjectId(UUID(int=52))
APPROVED = Sight(frozenset(), frozenset((Grant(ROOF, 1), Grant(SHED, 1))))
WINDOW = Window(me=FIRST, own_start=0, others_start=100)


@pytest.fixture(name="scoped")
async def database_with_projects(database: Database, now: datetime) -> Database:
    """More entries than a page has, each in two projects."""
    await add_company(database, now)

    def fill(unit: UnitOfWork) -> None:
        unit.session.add_all([row(number, FIRST) for number in range(1, 701)])
        unit.session.flush()
        for project_id in (ROOF, SHED):
            ids = [(TimeEntryId(UUID(int=1_000 - number)), number) for number in range(1, 701)]
            unit.scopes.note_entries(COMPANY, project_id, ids)

    await database.write(fill)
    return database


@pytest.mark.parametrize("limit", [7, 251, 500])
async def test_i13_cursor_entries_of_two_projects_fill_pages_without_a_gap(
    scoped: Database, limit: int
) -> None:
    """A query's first rows are fewer entries where each stands in two projects."""

    async def followed(load: Callable[[int], Steps]) -> list[int]:
        found: list[int] = []
        end: int | None = 0
        while end is not None:
            told: FeedPage = await scoped.look_at(load(end))
            assert len(told.rows) <= limit
            found += numbers(told)
            end = told.end
        return found

    changes = await followed(lambda end: load_changes(COMPANY, APPROVED, end, limit))
    filling = await followed(lambda end: load_filling(COMPANY, APPROVED, (end, 650), WINDOW, limit))

    assert changes == list(range(1, 701))
    assert filling == list(range(1, 651))


async def test_i14_scope_safety_what_left_all_projects_of_a_sight_is_told_to_be_gone(
    scoped: Database,
) -> None:
    def leave(unit: UnitOfWork) -> None:
        for project_id, entry in ((ROOF, 1), (SHED, 1), (ROOF, 2)):
            left = unit.session.get(
                TimeEntryScopeRow, (COMPANY, UUID(int=1_000 - entry), project_id)
            )
            assert left is not None
            left.is_inside = False

    await scoped.write(leave)

    found: FeedPage = await scoped.look_at(load_changes(COMPANY, APPROVED, 0, 3))
    roof = Sight(frozenset(), frozenset((Grant(ROOF, 1),)))
    of_roof: FeedPage = await scoped.look_at(load_changes(COMPANY, roof, 0, 3))

    assert [(number, gone) for _, number, gone, _ in found.rows] == [
        (1, "scope"),
        (2, None),
        (3, None),
    ]
    assert [gone for _, _, gone, _ in of_roof.rows] == ["scope", "scope", None]


async def test_filling_leaves_out_what_is_deleted_or_settled_before_the_window(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)

    def fill(unit: UnitOfWork) -> None:
        rows = [row(number, FIRST if number < 5 else SECOND) for number in range(1, 8)]
        for entry, start in zip(rows, (None, 5, 99, 100, None, 99, 100), strict=True):
            entry.settled_start = start
        rows[0].is_deleted = True
        unit.session.add_all(rows)

    await database.write(fill)
    window = Window(me=FIRST, own_start=50, others_start=100)

    for sight in (Sight(None), Sight(frozenset((FIRST, SECOND)))):
        filled: FeedPage = await database.look_at(load_filling(COMPANY, sight, (0, 7), window, 10))
        kept = await database.scan(load_kept(COMPANY, sight, window))
        assert numbers(filled) == [3, 4, 5, 7]
        assert sorted(number for _, _, number in kept) == [3, 4, 5, 7]
        assert {scope for scope, _, _ in kept} == {f"w:{FIRST}", f"w:{SECOND}"}


async def test_news_are_who_had_changes_behind_a_revision(filled: Database) -> None:
    async def news(revision: int) -> object:
        _, changed = await filled.look_at(load_news(COMPANY, revision))
        return changed

    await filled.write(
        lambda unit: unit.session.execute(
            update(SyncCounterRow)
            .where(col(SyncCounterRow.organisation_id) == COMPANY)
            .values(revision=4)
        ).close()
    )

    assert await news(2) == [(FIRST, 3), (SECOND, 4)]
    assert await news(4) == ()
