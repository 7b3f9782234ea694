"""The last count of where every recorded hour is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Session
from sqlmodel import Field, select

from daywork.core.ids import OrganisationId
from daywork.store.row import Id, Instant, Row


class ConservationTallyRow(Row, table=True):
    """How many operations and worked seconds were in one place at the last count."""

    __tablename__ = "conservation_tally"

    organisation_id: UUID = Field(primary_key=True, sa_type=Id, foreign_key="organisation.id")
    bucket: str = Field(primary_key=True, sa_type=String(20))
    counted_at: datetime = Field(sa_type=Instant)
    operations: int = Field(sa_type=BigInteger)
    worked_seconds: int = Field(sa_type=BigInteger)


@dataclass(frozen=True, slots=True)
class BucketTally:
    """One place at the last count; ``bucket`` is also ``unaccounted`` or ``wrong_rows``."""

    organisation_id: OrganisationId
    bucket: str
    counted_at: datetime
    operations: int
    worked_seconds: int


class ConservationTallyStore:
    """Queries on counts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, tallies: Sequence[BucketTally]) -> None:
        """Replace the counts of the same organisation and places."""
        for tally in tallies:
            self._session.merge(
                ConservationTallyRow(
                    organisation_id=tally.organisation_id,
                    bucket=tally.bucket,
                    counted_at=tally.counted_at,
                    operations=tally.operations,
                    worked_seconds=tally.worked_seconds,
                )
            )
        self._session.flush()

    def all(self) -> Sequence[BucketTally]:
        """Return the last counts of every organisation."""
        query = select(ConservationTallyRow).order_by(
            ConservationTallyRow.organisation_id,  # type: ignore[arg-type]
            ConservationTallyRow.bucket,
        )
        return [
            BucketTally(
                organisation_id=OrganisationId(row.organisation_id),
                bucket=row.bucket,
                counted_at=row.counted_at,
                operations=row.operations,
                worked_seconds=row.worked_seconds,
            )
            for row in self._session.scalars(query).all()
        ]
