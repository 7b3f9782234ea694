"""Approved versions: what somebody signed, kept as it was."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.approved_version import ApprovedVersion
from daywork.core.ids import OrganisationId, PersonId, TimeEntryId
from daywork.store.row import Id, Instant, Row


class ApprovedVersionRow(Row, table=True):
    """The content that an approval was bound to. Written once, never changed."""

    __tablename__ = "approved_version"

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    entry_id: UUID = Field(primary_key=True, sa_type=Id)
    digest: str = Field(primary_key=True, sa_type=String(50))
    owner_id: UUID = Field(sa_type=Id)
    approver_id: UUID = Field(sa_type=Id)
    approved_at: datetime = Field(sa_type=Instant)
    content: str = Field(sa_type=Text)  # canonical JSON: time, alloc, life


class ApprovalStore:
    """Reads approved versions; the push path writes them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def version(
        self, organisation_id: OrganisationId, entry_id: TimeEntryId, digest: str
    ) -> ApprovedVersion | None:
        """Return what was approved under ``digest``, or None."""
        row = self._session.get(ApprovedVersionRow, (organisation_id, entry_id, digest))
        return None if row is None else _from_row(row)

    def versions(
        self, organisation_id: OrganisationId, entry_ids: Collection[TimeEntryId]
    ) -> Mapping[tuple[TimeEntryId, str], ApprovedVersion]:
        """Return every version ever approved of these entries, by entry and digest."""
        query = select(ApprovedVersionRow).where(
            ApprovedVersionRow.organisation_id == organisation_id,
            col(ApprovedVersionRow.entry_id).in_(entry_ids),
        )
        found = [_from_row(row) for row in self._session.scalars(query).all()]
        return {(version.entry_id, version.digest): version for version in found}


def _from_row(row: ApprovedVersionRow) -> ApprovedVersion:
    return ApprovedVersion(
        entry_id=TimeEntryId(row.entry_id),
        digest=row.digest,
        owner_id=PersonId(row.owner_id),
        approver_id=PersonId(row.approver_id),
        approved_at=row.approved_at,
        content=json.loads(row.content),
    )
