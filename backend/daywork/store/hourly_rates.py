"""What an hour costs or earns, by the day from which it does."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, String
from sqlalchemy.orm import Session
from sqlmodel import Field, select

from daywork.core.ids import OrganisationId
from daywork.core.money import Money
from daywork.core.posting import HourlyRate
from daywork.store.row import Id, Row


class HourlyRateRow(Row, table=True):
    """A rate from a day on."""

    __tablename__ = "hourly_rate"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),)

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    kind: str = Field(primary_key=True, sa_type=String(10))
    subject_id: UUID = Field(primary_key=True, sa_type=Id)
    from_date: str = Field(primary_key=True, sa_type=String(10))
    minor_units_per_hour: int = Field(sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))


class HourlyRateStore:
    """Queries on the rates of one organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self, organisation_id: OrganisationId) -> Sequence[HourlyRate]:
        """Return every rate."""
        query = select(HourlyRateRow).where(HourlyRateRow.organisation_id == organisation_id)
        return [
            HourlyRate(
                kind=row.kind,
                subject_id=row.subject_id,
                per_hour=Money(row.minor_units_per_hour, row.currency),
                from_date=date.fromisoformat(row.from_date),
            )
            for row in self._session.scalars(query).all()
        ]

    def set(self, organisation_id: OrganisationId, rate: HourlyRate) -> None:
        """Store a rate; one of the same day is replaced."""
        self._session.merge(
            HourlyRateRow(
                organisation_id=organisation_id,
                kind=rate.kind,
                subject_id=rate.subject_id,
                from_date=rate.from_date.isoformat(),
                minor_units_per_hour=rate.per_hour.minor_units,
                currency=rate.per_hour.currency,
            )
        )
        self._session.flush()
