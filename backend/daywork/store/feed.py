"""The feed that phones pull: changed entries behind a revision, in one snapshot.

Written as raw statements: a phone asks at every contact, mostly for nothing or a
few rows, and objects of the mapper cost more there than the database does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from daywork.core.ids import OrganisationId, PersonId
from daywork.core.roles import Member, Role
from daywork.store.push_statements import MEMBERS
from daywork.store.statements import Query, Select, Steps

PAGE_ROWS_MAX = 500

_COUNTER = Select(
    {"epoch": "text", "revision": "bigint", "reference_revision": "bigint"},
    "sync_counter",
    "organisation_id = {0}",
    scalars=1,
)
_COLUMNS = {"id": "uuid", "revision": "bigint", "is_deleted": "boolean", "content": "text"}
# From the beginning deleted ones are left out: nobody has them.
_BEHIND = "organisation_id = {0} AND revision > {1} AND (NOT is_deleted OR {2} > CAST(0 AS bigint))"
_FIRST_ROWS = f"ORDER BY revision LIMIT {PAGE_ROWS_MAX + 1}"
_OF_ALL = Select(_COLUMNS, "time_entry", _BEHIND, scalars=3, ending=_FIRST_ROWS)
_OF_OWNERS = Select(
    _COLUMNS, "time_entry", _BEHIND, scalars=3, keys={"owner_id": "uuid"}, ending=_FIRST_ROWS
)


@dataclass(frozen=True, slots=True)
class Counter:
    """Where an organisation's history stands."""

    epoch: str  # the mark of this history; it changes when a backup is restored
    revision: int  # of the newest change
    reference_revision: int  # of projects, tasks and people


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Changed entries in the order of their revisions."""

    rows: Sequence[tuple[UUID, int, bool, str]]  # id, revision, is deleted, content
    has_more: bool


def load_counter(organisation_id: OrganisationId) -> Steps:
    """Return the organisation's Counter."""
    ((epoch, revision, reference_revision),) = yield Query(_COUNTER, (organisation_id,))
    return Counter(epoch, revision, reference_revision)


def load_members(organisation_id: OrganisationId) -> Steps:
    """Return everybody as a Member."""
    rows = yield Query(MEMBERS, (organisation_id,))
    return [
        Member(PersonId(person_id), frozenset(map(Role, roles.split())), manager_id)
        for person_id, _, roles, manager_id in rows
    ]


def load_changes(
    organisation_id: OrganisationId,
    revision: int,
    owner_ids: Collection[PersonId] | None,
    limit: int,
) -> Steps:
    """Return the FeedPage of at most ``limit`` entries behind ``revision``.

    None means all owners'; ``limit`` is 1 to ``PAGE_ROWS_MAX``.
    """
    scalars = (organisation_id, revision, revision)
    if owner_ids is None:
        rows = yield Query(_OF_ALL, scalars)
    else:
        # Of very many owners SQLite answers in parts, each with its own first rows.
        rows = yield Query(_OF_OWNERS, scalars, [(owner_id,) for owner_id in sorted(owner_ids)])
        rows = sorted(rows, key=lambda row: row[1])
    page = [(entry_id, number, gone, content) for entry_id, number, gone, content in rows[:limit]]
    return FeedPage(page, len(rows) > limit)
