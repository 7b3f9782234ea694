"""Organisations and their revision counters."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Session
from sqlmodel import Field, select

from daywork.core.ids import OrganisationId
from daywork.core.organisation import Organisation
from daywork.store.row import Id, Instant, Row


class OrganisationRow(Row, table=True):
    """A company with its own people, projects and ledger."""

    __tablename__ = "organisation"
    __table_args__ = (Index("uq_organisation_books", "books", unique=True),)

    id: UUID = Field(primary_key=True, sa_type=Id)
    name: str = Field(sa_type=String(200), unique=True)
    time_zone: str = Field(sa_type=String(64))
    currency: str = Field(sa_type=String(3))
    is_practice: bool = False
    created_at: datetime = Field(sa_type=Instant)
    books: str = Field(default="", sa_type=String(36))  # which books; the first has the unnamed


class SyncCounterRow(Row, table=True):
    """The last revision given out; its row lock orders an organisation's writes."""

    __tablename__ = "sync_counter"

    organisation_id: UUID = Field(primary_key=True, sa_type=Id, foreign_key="organisation.id")
    revision: int = Field(default=0, sa_type=BigInteger)
    reference_revision: int = Field(default=0, sa_type=BigInteger)
    epoch: str = Field(sa_type=String(16))
    horizon_revision: int = Field(default=0, sa_type=BigInteger)  # tombstones up to it may be gone


class OrganisationStore:
    """Queries on organisations. These are the only ones without an organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, organisation: Organisation, *, epoch: str, now: datetime) -> None:
        """Store a new organisation with a counter at 0.

        The first one of a home gets the unnamed books, each further one its own.
        """
        is_first = self._session.scalars(select(OrganisationRow.id).limit(1)).first() is None
        self._session.add(
            OrganisationRow(
                id=organisation.id,
                name=organisation.name,
                time_zone=organisation.time_zone,
                currency=organisation.currency,
                is_practice=organisation.is_practice,
                created_at=now,
                books="" if is_first else str(organisation.id),
            )
        )
        self._session.flush()
        self._session.add(SyncCounterRow(organisation_id=organisation.id, epoch=epoch))
        self._session.flush()

    def all(self) -> Sequence[Organisation]:
        """Return every organisation, by name."""
        rows = self._session.scalars(select(OrganisationRow).order_by(OrganisationRow.name)).all()
        return [_from_row(row) for row in rows]

    def get(self, organisation_id: OrganisationId) -> Organisation | None:
        """Return the organisation, or None."""
        row = self._session.get(OrganisationRow, organisation_id)
        return None if row is None else _from_row(row)

    def books(self, organisation_id: OrganisationId) -> str:
        """Return the name of the organisation's books; the first organisation's is empty."""
        row = self._session.get(OrganisationRow, organisation_id)
        assert row is not None, "only a stored organisation posts"
        return row.books

    def epoch(self, organisation_id: OrganisationId) -> str:
        """Return the mark of this history; it changes when a backup is restored."""
        return self._counter(organisation_id).epoch

    def progress(self, organisation_id: OrganisationId) -> tuple[str, int]:
        """Return the mark of this history and the last revision given out."""
        counter = self._counter(organisation_id)
        return counter.epoch, counter.revision

    def begin_epoch(self, organisation_id: OrganisationId, epoch: str) -> None:
        """Give this history a new mark: cursors of the one before are good no more."""
        self.lock(organisation_id)
        self._counter(organisation_id).epoch = epoch
        self._session.flush()

    def reference_revision(self, organisation_id: OrganisationId) -> int:
        """Return the revision of projects, tasks and people."""
        return self._counter(organisation_id).reference_revision

    def lock(self, organisation_id: OrganisationId) -> None:
        """Keep pushes of this organisation waiting until the commit, as they keep others.

        A use case that changes postings outside a push takes this lock first: else a
        push and it could each decide by what the other is about to change.
        """
        self._session.get(SyncCounterRow, organisation_id, with_for_update=True)

    def reference_changed(self, organisation_id: OrganisationId) -> int:
        """Count one change of projects, tasks or people; return its reference revision."""
        # Locked: of two changes at once none may be counted as the other's.
        self.lock(organisation_id)
        counter = self._counter(organisation_id)
        counter.reference_revision += 1
        self._session.flush()
        return counter.reference_revision

    def _counter(self, organisation_id: OrganisationId) -> SyncCounterRow:
        row = self._session.get(SyncCounterRow, organisation_id)
        assert row is not None, "an organisation is stored with its counter"
        return row


def _from_row(row: OrganisationRow) -> Organisation:
    return Organisation(
        id=OrganisationId(row.id),
        name=row.name,
        time_zone=row.time_zone,
        currency=row.currency,
        is_practice=row.is_practice,
    )
