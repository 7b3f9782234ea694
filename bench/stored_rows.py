"""The rows that the product stored, read back to be written again bare."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bench.raw_database import RawDatabase, Rows
from daywork.store.push_statements import ADD_OPERATIONS, SAVE_ENTRIES
from daywork.store.statements import Change, Upsert

ADD_POSTINGS = Upsert(
    "posting",
    {
        "organisation_id": "uuid",
        "id": "uuid",
        "entry_id": "uuid",
        "digest": "text",
        "state": "text",
        "reason": "text",
        "approved_at": "bigint",
        "person_id": "uuid",
        "project_id": "uuid",
        "work_date": "text",
        "worked_seconds": "bigint",
        "trace": "text",
        "batch_id": "uuid",
        "posted_at": "bigint",
    },
    key=(),
)


@dataclass(frozen=True, slots=True)
class PushedRange:
    """What one push brought: operations ``first`` to ``last`` of ``actor``, both included."""

    actor: str
    first: int
    last: int


async def pushed_changes(
    database: RawDatabase, organisation_id: UUID, pushes: Sequence[PushedRange]
) -> list[list[Change]]:
    """Return the operations and entries of each push, as the statements take them."""
    columns = list(ADD_OPERATIONS.columns)
    actor, number, entry = (columns.index(n) for n in ("actor", "sequence_number", "entry_id"))
    operations = {
        (row[actor], row[number]): row
        for row in await _whole(database, ADD_OPERATIONS, organisation_id)
    }
    place = list(SAVE_ENTRIES.columns).index("id")
    entries = {row[place]: row for row in await _whole(database, SAVE_ENTRIES, organisation_id)}
    batches = []
    for push in pushes:
        batch = [operations[(push.actor, q)] for q in range(push.first, push.last + 1)]
        touched = {row[entry]: entries[row[entry]] for row in batch}
        batches.append(
            [Change(ADD_OPERATIONS, batch), Change(SAVE_ENTRIES, list(touched.values()))]
        )
    return batches


async def posted_changes(
    database: RawDatabase, organisation_id: UUID, project_id: UUID, rows_a_batch: int
) -> list[list[Change]]:
    """Return the postings of a project, cut into batches."""
    place = list(ADD_POSTINGS.columns).index("project_id")
    rows = [
        row
        for row in await _whole(database, ADD_POSTINGS, organisation_id)
        if row[place] == database.key(project_id)
    ]
    return [
        [Change(ADD_POSTINGS, rows[first : first + rows_a_batch])]
        for first in range(0, len(rows), rows_a_batch)
    ]


async def _whole(database: RawDatabase, statement: Upsert, organisation_id: UUID) -> Rows:
    """Return an organisation's rows with the columns that ``statement`` writes."""
    text = (
        f"SELECT {', '.join(statement.columns)} FROM {statement.table} WHERE organisation_id = $1"
    )
    rows: list[tuple[Any, ...]] = [
        tuple(row) for row in await database.fetch(text, database.key(organisation_id))
    ]
    return rows
