"""What our people and projects are called in the ledger: rows are added, never changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, String
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.ids import OrganisationId
from daywork.core.mapping import LedgerMapping, MappedReference, Subject
from daywork.store.row import Id, Instant, Row


class MappingRow(Row, table=True):
    """What one id is called from one version on. The newest row of an id counts."""

    __tablename__ = "mapping"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),)

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    subject: str = Field(sa_type=String(20))
    local_id: UUID = Field(sa_type=Id)
    reference: str = Field(sa_type=String(60))
    author: str = Field(sa_type=String(200))
    written_at: datetime = Field(sa_type=Instant)


class MappingStore:
    """Queries on the mapping of one organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, organisation_id: OrganisationId) -> Sequence[MappedReference]:
        """Return every row ever written, the oldest first."""
        query = (
            select(MappingRow)
            .where(MappingRow.organisation_id == organisation_id)
            .order_by(col(MappingRow.version))
        )
        return [
            MappedReference(
                subject=Subject(row.subject),
                local_id=row.local_id,
                reference=row.reference,
                version=row.version,
                author=row.author,
                written_at=row.written_at,
            )
            for row in self._session.scalars(query).all()
        ]

    def present(self, organisation_id: OrganisationId) -> LedgerMapping:
        """Return what counts now."""
        rows = self.rows(organisation_id)
        return LedgerMapping(
            version=rows[-1].version if rows else 0,
            references={(row.subject, row.local_id): row.reference for row in rows},
        )

    def add(self, organisation_id: OrganisationId, row: MappedReference) -> None:
        """Store a new row."""
        self._session.add(
            MappingRow(
                organisation_id=organisation_id,
                version=row.version,
                subject=str(row.subject),
                local_id=row.local_id,
                reference=row.reference,
                author=row.author,
                written_at=row.written_at,
            )
        )
        self._session.flush()
