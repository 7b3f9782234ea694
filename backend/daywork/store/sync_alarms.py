"""What looked forged or broken at the door of the protocol: one row a kind and device.

Counted, not listed: whoever knocks a million times must not fill the disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.ids import Actor, OrganisationId
from daywork.store.row import Id, Instant, Row


class SyncAlarmRow(Row, table=True):
    """How often one kind of thing came from one device."""

    __tablename__ = "sync_alarm"

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    kind: str = Field(primary_key=True, sa_type=String(20))
    actor: str = Field(primary_key=True, sa_type=String(10))
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)
    count: int = Field(sa_type=BigInteger)


@dataclass(frozen=True, slots=True)
class SyncAlarm:
    """One line of what an operator should look at."""

    kind: str
    actor: Actor
    first_at: datetime
    last_at: datetime
    count: int


class SyncAlarmStore:
    """Queries on alarms."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count(
        self, organisation_id: OrganisationId, kind: str, actor: Actor, now: datetime, times: int
    ) -> None:
        """Count ``times`` more of ``kind`` from ``actor``."""
        row = self._session.get(SyncAlarmRow, (organisation_id, kind, actor), with_for_update=True)
        if row is None:
            row = SyncAlarmRow(
                organisation_id=organisation_id,
                kind=kind,
                actor=actor,
                first_at=now,
                last_at=now,
                count=0,
            )
            self._session.add(row)
        row.last_at, row.count = now, row.count + times
        self._session.flush()

    def all(self, organisation_id: OrganisationId) -> Sequence[SyncAlarm]:
        """Return all alarms of the organisation, the newest first."""
        query = (
            select(SyncAlarmRow)
            .where(SyncAlarmRow.organisation_id == organisation_id)
            .order_by(col(SyncAlarmRow.last_at).desc(), SyncAlarmRow.kind, SyncAlarmRow.actor)
        )
        return [
            SyncAlarm(row.kind, Actor(row.actor), row.first_at, row.last_at, row.count)
            for row in self._session.scalars(query).all()
        ]
