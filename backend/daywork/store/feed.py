"""The feed that phones pull: changed entries behind a revision, in one snapshot.

Written as raw statements: a phone asks at every contact, mostly for nothing or a
few rows, and objects of the mapper cost more there than the database does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from daywork.core.cursor import Counter
from daywork.core.ids import OrganisationId, PersonId, ProjectId, TimeEntryId
from daywork.core.roles import Member, Role
from daywork.core.scope import Sight
from daywork.store.push_statements import MEMBERS
from daywork.store.statements import Query, Rows, Select, Steps

PAGE_ROWS_MAX = 500

_COUNTER = Select(
    {
        "epoch": "text",
        "revision": "bigint",
        "reference_revision": "bigint",
        "horizon_revision": "bigint",
    },
    "sync_counter",
    "organisation_id = {0}",
    scalars=1,
)
_COLUMNS = {"id": "uuid", "revision": "bigint", "is_deleted": "boolean", "content": "text"}
_FIRST_ROWS = f"ORDER BY revision LIMIT {PAGE_ROWS_MAX + 1}"
_BY_OWNER = {"owner_id": "uuid"}
_BEHIND = "organisation_id = {0} AND revision > {1}"
_CHANGES_OF_ALL = Select(_COLUMNS, "time_entry", _BEHIND, scalars=2, ending=_FIRST_ROWS)
_CHANGES_OF_OWNERS = Select(
    _COLUMNS, "time_entry", _BEHIND, scalars=2, keys=_BY_OWNER, ending=_FIRST_ROWS
)

_NEWS = Select(
    {"owner_id": "uuid", "revision": "bigint"},
    "time_entry",
    _BEHIND,
    scalars=2,
    ending=_FIRST_ROWS,
)

# A project's entries are followed through the table that notes them.
_SCOPED = (
    "time_entry_scope AS scope JOIN time_entry AS entry"
    " ON entry.organisation_id = scope.organisation_id AND entry.id = scope.entry_id"
)
_SCOPED_COLUMNS = {
    "entry.id": "uuid",
    "scope.revision": "bigint",
    "entry.is_deleted": "boolean",
    "entry.content": "text",
    "entry.owner_id": "uuid",
    "scope.is_inside": "boolean",
}
_SCOPED_BEHIND = "scope.organisation_id = {0} AND scope.revision > {1}"
_FIRST_SCOPED = f"ORDER BY scope.revision LIMIT {PAGE_ROWS_MAX + 1}"
_BY_PROJECT = {"scope.project_id": "uuid"}
_CHANGES_OF_PROJECTS = Select(
    _SCOPED_COLUMNS, _SCOPED, _SCOPED_BEHIND, scalars=2, keys=_BY_PROJECT, ending=_FIRST_SCOPED
)
_INSIDE = Select(
    {"entry_id": "uuid", "project_id": "uuid"},
    "time_entry_scope",
    "organisation_id = {0} AND is_inside",
    scalars=1,
    keys={"entry_id": "uuid"},
)

# What came into sight is filled in without what is deleted or fell out of the window.
_FILLING = (
    _BEHIND + " AND revision <= {2} AND NOT is_deleted AND (settled_start IS NULL"
    " OR settled_start >= {3} OR (owner_id = {4} AND settled_start >= {5}))"
)
_FILL_OF_ALL = Select(_COLUMNS, "time_entry", _FILLING, scalars=6, ending=_FIRST_ROWS)
_FILL_OF_OWNERS = Select(
    _COLUMNS, "time_entry", _FILLING, scalars=6, keys=_BY_OWNER, ending=_FIRST_ROWS
)
_FILL_OF_PROJECTS = Select(
    _SCOPED_COLUMNS,
    _SCOPED,
    _SCOPED_BEHIND + " AND scope.revision <= {2} AND scope.is_inside AND NOT entry.is_deleted"
    " AND (entry.settled_start IS NULL OR entry.settled_start >= {3})",
    scalars=4,
    keys=_BY_PROJECT,
    ending=_FIRST_SCOPED,
)

_KEPT = (
    "organisation_id = {0} AND NOT is_deleted AND (settled_start IS NULL"
    " OR settled_start >= {1} OR (owner_id = {2} AND settled_start >= {3}))"
)
_KEPT_COLUMNS = {"owner_id": "uuid", "id": "uuid", "revision": "bigint"}
_KEPT_OF_ALL = Select(_KEPT_COLUMNS, "time_entry", _KEPT, scalars=4)
_KEPT_OF_OWNERS = Select(_KEPT_COLUMNS, "time_entry", _KEPT, scalars=4, keys=_BY_OWNER)
_KEPT_OF_PROJECTS = Select(
    {"scope.project_id": "uuid", "entry.id": "uuid", "entry.revision": "bigint"},
    _SCOPED,
    "scope.organisation_id = {0} AND scope.is_inside AND NOT entry.is_deleted"
    " AND (entry.settled_start IS NULL OR entry.settled_start >= {1})",
    scalars=2,
    keys=_BY_PROJECT,
)


# Id, revision, why it is gone ("deleted", "scope") or None, and the row's text.
FeedRow: TypeAlias = tuple[UUID, int, str | None, str]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Changed entries in the order of their revisions."""

    rows: Sequence[FeedRow]
    end: int | None  # up to this revision nothing is missing; None: that is all there is


@dataclass(frozen=True, slots=True)
class Window:
    """From when on settled entries are kept, in seconds since 1970."""

    me: PersonId
    own_start: int
    others_start: int


def load_counter(organisation_id: OrganisationId) -> Steps:
    """Return the organisation's Counter."""
    ((epoch, revision, reference_revision, horizon),) = yield Query(_COUNTER, (organisation_id,))
    return Counter(epoch, revision, reference_revision, horizon)


def load_members(organisation_id: OrganisationId) -> Steps:
    """Return everybody as a Member."""
    rows = yield Query(MEMBERS, (organisation_id,))
    return [
        Member(PersonId(person_id), frozenset(map(Role, roles.split())), manager_id)
        for person_id, _, roles, manager_id in rows
    ]


def load_changes(organisation_id: OrganisationId, sight: Sight, revision: int, limit: int) -> Steps:
    """Return the FeedPage of at most ``limit`` entries of ``sight`` behind ``revision``.

    ``limit`` is 0 to ``PAGE_ROWS_MAX``. Of entries that left a project of the sight, and
    are not in it for another reason, the page says that they are gone.
    """
    scalars = (organisation_id, revision)
    if sight.owner_ids is None:
        rows = yield Query(_CHANGES_OF_ALL, scalars)
    else:
        rows = yield Query(_CHANGES_OF_OWNERS, scalars, _keys(sight.owner_ids))
    found = _feed_rows(rows)
    if not sight.grants:
        return _page(found, revision, limit)
    rows = yield Query(_CHANGES_OF_PROJECTS, scalars, _project_keys(sight))
    owner_ids = sight.owner_ids or ()
    outside = {row[0] for row in rows if not row[5] and row[4] not in owner_ids}
    outside -= yield from _still_in_sight(organisation_id, sight, outside)
    inside = _feed_rows([row for row in rows if row[5]])
    left = [(row[0], row[1], "scope", "") for row in rows if row[0] in outside and not row[5]]
    return _page(_merged(found, [*inside, *left], _bound(rows)), revision, limit, _bound(rows))


def load_filling(
    organisation_id: OrganisationId,
    entering: Sight,
    between: tuple[int, int],
    window: Window,
    limit: int,
) -> Steps:
    """Return the FeedPage of what ``entering`` has within the window.

    ``between`` are two revisions, the first of which is left out. ``limit`` is 1 to
    ``PAGE_ROWS_MAX``.
    """
    scalars = (organisation_id, *between, window.others_start, window.me, window.own_start)
    if entering.owner_ids is None:
        rows = yield Query(_FILL_OF_ALL, scalars)
    else:
        rows = yield Query(_FILL_OF_OWNERS, scalars, _keys(entering.owner_ids))
    found = _feed_rows(rows)
    if not entering.grants:
        return _page(found, between[0], limit)
    rows = yield Query(_FILL_OF_PROJECTS, scalars[:4], _project_keys(entering))
    found = _merged(found, _feed_rows(rows), _bound(rows))
    return _page(found, between[0], limit, _bound(rows))


def load_kept(organisation_id: OrganisationId, sight: Sight, window: Window) -> Steps:
    """Return scope, entry id and revision of all that a phone of ``sight`` should have.

    An entry that two scopes have is there twice. It reads the whole window.
    """
    scalars = (organisation_id, window.others_start, window.me, window.own_start)
    if sight.owner_ids is None:
        rows = yield Query(_KEPT_OF_ALL, scalars)
    else:
        rows = yield Query(_KEPT_OF_OWNERS, scalars, _keys(sight.owner_ids))
    kept = [(f"w:{owner_id}", entry_id, number) for owner_id, entry_id, number in rows]
    if sight.grants:
        rows = yield Query(_KEPT_OF_PROJECTS, scalars[:2], _project_keys(sight))
        kept += [(f"p:{project_id}", entry_id, number) for project_id, entry_id, number in rows]
    return kept


def _still_in_sight(
    organisation_id: OrganisationId, sight: Sight, entry_ids: Collection[TimeEntryId]
) -> Steps:
    if not entry_ids:
        return set()
    projects = {grant.project_id for grant in sight.grants}
    rows = yield Query(_INSIDE, (organisation_id,), _keys(entry_ids))
    return {entry_id for entry_id, project_id in rows if ProjectId(project_id) in projects}


def _feed_rows(rows: Rows) -> list[FeedRow]:
    found = [(row[0], row[1], "deleted" if row[2] else None, row[3]) for row in rows]
    # Of very many owners SQLite answers in parts, each with its own first rows.
    found.sort(key=_revision)
    return found


def _revision(row: FeedRow) -> int:
    return row[1]


def _bound(rows: Rows) -> int | None:
    """Return up to which revision nothing is missing in ``rows``, None if nothing at all is.

    One entry may stand in two projects, with one revision: the last may be half there.
    """
    return rows[-1][1] - 1 if len(rows) > PAGE_ROWS_MAX else None


def _merged(
    first: Sequence[FeedRow], second: Sequence[FeedRow], bound: int | None
) -> list[FeedRow]:
    """Return both in order, each entry once, and nothing beyond ``bound``."""
    by_id = {row[0]: row for row in (*first, *second) if bound is None or row[1] <= bound}
    return sorted(by_id.values(), key=_revision)


def _page(rows: list[FeedRow], begin: int, limit: int, bound: int | None = None) -> FeedPage:
    if len(rows) > limit:
        return FeedPage(rows[:limit], rows[limit - 1][1] if limit else begin)
    return FeedPage(rows, bound)


def _keys(ids: Collection[UUID]) -> list[tuple[UUID]]:
    return [(one,) for one in sorted(ids)]


def _project_keys(sight: Sight) -> list[tuple[UUID]]:
    return _keys({grant.project_id for grant in sight.grants})


def load_news(organisation_id: OrganisationId, revision: int) -> Steps:
    """Return the Counter, and who had changes behind ``revision``.

    Who: pairs of owner and revision, in order, or None if they are too many to tell.
    """
    counter = yield from load_counter(organisation_id)
    if counter.revision <= revision:
        return counter, ()
    rows = yield Query(_NEWS, (organisation_id, revision))
    return counter, None if len(rows) > PAGE_ROWS_MAX else [tuple(row) for row in rows]
