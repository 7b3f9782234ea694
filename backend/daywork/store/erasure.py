"""What is taken out of the tables when an entry is lawfully erased."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col, select

from daywork.core.canonical_json import compact
from daywork.core.entry_content import erased_content
from daywork.core.ids import OrganisationId, TimeEntryId
from daywork.core.operation import kept_leaves, without_values
from daywork.store.approvals import ApprovedVersionRow
from daywork.store.operations import OperationRow
from daywork.store.organisations import SyncCounterRow
from daywork.store.scopes import ScopeStore
from daywork.store.time_entries import TimeEntryRow

ERASED = "too_old_erased"


class ErasureStore:
    """Takes values out and leaves hashes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def erase(self, organisation_id: OrganisationId, entry_id: TimeEntryId) -> int:
        """Erase the entry; return how many operations lost their values.

        Salts go with the values: leaves and chain hashes stay and still verify.
        Nothing is written behind it in its transaction: it gives a revision.
        """
        rows = self._operations(organisation_id, entry_id)
        for row in rows:
            item = json.loads(row.item)
            leaves = kept_leaves(item)
            row.item = compact(without_values(item, sorted(item.get("s", {})), leaves))
            row.held_code = ERASED
            row.result = compact(
                {
                    "q": row.sequence_number,
                    "st": "held",
                    "code": ERASED,
                    "msg": f"sync.held.{ERASED}",
                }
            )
        self._session.execute(
            delete(ApprovedVersionRow).where(
                col(ApprovedVersionRow.organisation_id) == organisation_id,
                col(ApprovedVersionRow.entry_id) == entry_id,
            )
        )
        self._session.flush()
        self._bury(organisation_id, entry_id)
        return len(rows)

    def _operations(
        self, organisation_id: OrganisationId, entry_id: TimeEntryId
    ) -> Sequence[OperationRow]:
        """Return the entry's operations, and those that are set aside and speak of it."""
        of_entry = select(OperationRow).where(
            OperationRow.organisation_id == organisation_id, OperationRow.entry_id == entry_id
        )
        aside = select(OperationRow).where(
            OperationRow.organisation_id == organisation_id,
            col(OperationRow.held_code).is_not(None),
            col(OperationRow.entry_id).is_(None),
        )
        named = [
            row
            for row in self._session.scalars(aside).all()
            if json.loads(row.item).get("e") == f"te:{entry_id}"
        ]
        return [*self._session.scalars(of_entry).all(), *named]

    def _bury(self, organisation_id: OrganisationId, entry_id: TimeEntryId) -> None:
        counter = self._session.get(SyncCounterRow, organisation_id, with_for_update=True)
        row = self._session.get(TimeEntryRow, (organisation_id, UUID(int=entry_id.int)))
        assert counter is not None, "an organisation is stored with its counter"
        assert row is not None, "only a stored entry is erased"
        revision = counter.revision + 1
        row.content = erased_content(row.content)
        row.revision, row.status, row.is_deleted = revision, "draft", True
        row.started_at = row.ended_at = row.settled_start = None
        row.is_long = False
        self._session.flush()
        ScopeStore(self._session).move_entries(organisation_id, {entry_id: revision})
        # Last of all: see the order of revisions in daywork.store.push_saving.
        counter.revision = revision
        self._session.flush()
