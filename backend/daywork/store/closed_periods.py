"""Up to which day an organisation's time is closed, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.ids import OrganisationId
from daywork.store.row import Id, Instant, Row


class ClosedPeriodRow(Row, table=True):
    """All days up to one of them were closed at an instant."""

    __tablename__ = "closed_period"

    organisation_id: UUID = Field(primary_key=True, sa_type=Id, foreign_key="organisation.id")
    through_date: str = Field(primary_key=True, sa_type=String(10))
    closed_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """Days up to ``through``, that day included, are closed since ``closed_at``."""

    through: date
    closed_at: datetime


class ClosedPeriodStore:
    """Queries on closed periods."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, organisation_id: OrganisationId, through: date, now: datetime) -> None:
        """Close all days up to ``through``."""
        self._session.add(
            ClosedPeriodRow(
                organisation_id=organisation_id, through_date=through.isoformat(), closed_at=now
            )
        )
        self._session.flush()

    def all(self, organisation_id: OrganisationId) -> Sequence[ClosedPeriod]:
        """Return each closing, the newest day first."""
        query = (
            select(ClosedPeriodRow)
            .where(ClosedPeriodRow.organisation_id == organisation_id)
            .order_by(col(ClosedPeriodRow.through_date).desc())
        )
        return [
            ClosedPeriod(date.fromisoformat(row.through_date), row.closed_at)
            for row in self._session.scalars(query).all()
        ]
