"""How far back the feed goes: marks in time, and the horizon behind which tombstones may be gone.

Rows carry revisions and no date. A mark says at which revision the counter stood at an
instant; a tombstone below a mark is at least as old as the mark.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, func
from sqlalchemy.orm import Session
from sqlmodel import Field, col, delete, select

from daywork.core.ids import OrganisationId
from daywork.store.organisations import SyncCounterRow
from daywork.store.row import Id, Instant, Row
from daywork.store.scopes import TimeEntryScopeRow
from daywork.store.time_entries import TimeEntryRow


class FeedMarkRow(Row, table=True):
    """Where an organisation's counter stood at an instant."""

    __tablename__ = "feed_mark"

    organisation_id: UUID = Field(primary_key=True, sa_type=Id, foreign_key="organisation.id")
    noted_at: datetime = Field(primary_key=True, sa_type=Instant)
    revision: int = Field(sa_type=BigInteger)


class FeedMarkStore:
    """Queries on one organisation's marks and its horizon."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def note(self, organisation_id: OrganisationId, now: datetime) -> None:
        """Note where the counter stands, once for an instant and only if it has moved."""
        revision = self._counter(organisation_id).revision
        query = (
            select(FeedMarkRow)
            .where(FeedMarkRow.organisation_id == organisation_id)
            .order_by(col(FeedMarkRow.noted_at).desc())
            .limit(1)
        )
        last = self._session.scalars(query).first()
        if last is None or (last.noted_at < now and last.revision < revision):
            self._session.add(
                FeedMarkRow(organisation_id=organisation_id, noted_at=now, revision=revision)
            )
            self._session.flush()

    def mark_before(self, organisation_id: OrganisationId, moment: datetime) -> int | None:
        """Return the revision of the newest mark that is no younger than ``moment``."""
        query = (
            select(FeedMarkRow.revision)
            .where(
                FeedMarkRow.organisation_id == organisation_id,
                col(FeedMarkRow.noted_at) <= moment,
            )
            .order_by(col(FeedMarkRow.noted_at).desc())
            .limit(1)
        )
        return self._session.scalars(query).first()

    def newest_tombstone(self, organisation_id: OrganisationId, revision: int) -> int | None:
        """Return the revision of the newest tombstone up to ``revision``, None without any."""
        deleted = select(func.max(TimeEntryRow.revision)).where(
            TimeEntryRow.organisation_id == organisation_id,
            col(TimeEntryRow.is_deleted),
            col(TimeEntryRow.revision) <= revision,
        )
        moved = select(func.max(TimeEntryScopeRow.revision)).where(
            TimeEntryScopeRow.organisation_id == organisation_id,
            col(TimeEntryScopeRow.is_inside).is_(False),
            col(TimeEntryScopeRow.revision) <= revision,
        )
        found = (self._session.scalar(deleted), self._session.scalar(moved))
        return max((number for number in found if number is not None), default=None)

    def horizon(self, organisation_id: OrganisationId) -> int:
        """Return the revision up to which tombstones may be gone."""
        row = self._session.get(SyncCounterRow, organisation_id)
        assert row is not None, "an organisation is stored with its counter"
        return row.horizon_revision

    def move_horizon(self, organisation_id: OrganisationId, revision: int) -> None:
        """Let cursors below ``revision`` expire, and forget what only they would be told."""
        self._counter(organisation_id).horizon_revision = revision
        self._session.flush()
        self._session.execute(
            delete(TimeEntryScopeRow).where(
                col(TimeEntryScopeRow.organisation_id) == organisation_id,
                col(TimeEntryScopeRow.is_inside).is_(False),
                col(TimeEntryScopeRow.revision) <= revision,
            )
        )

    def forget_marks(self, organisation_id: OrganisationId, revision: int) -> None:
        """Forget marks below ``revision``: a newer one says more."""
        self._session.execute(
            delete(FeedMarkRow).where(
                col(FeedMarkRow.organisation_id) == organisation_id,
                col(FeedMarkRow.revision) < revision,
            )
        )

    def _counter(self, organisation_id: OrganisationId) -> SyncCounterRow:
        row = self._session.get(SyncCounterRow, organisation_id, with_for_update=True)
        assert row is not None, "an organisation is stored with its counter"
        return row
