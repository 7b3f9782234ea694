"""Seals of long clocks, and the entries whose clocks are long."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, String, Text, and_, or_
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.clock_seal import ClockSeal, Component
from daywork.core.ids import Actor, OrganisationId, TimeEntryId
from daywork.store.devices import DeviceRow
from daywork.store.organisations import SyncCounterRow
from daywork.store.row import Id, Row
from daywork.store.scopes import ScopeStore
from daywork.store.time_entries import TimeEntryRow


class ClockSealRow(Row, table=True):
    """What one seal of one entry stands for."""

    __tablename__ = "clock_seal"

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    entry_id: UUID = Field(primary_key=True, sa_type=Id)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    mark: str = Field(sa_type=String(6))
    clock: str = Field(sa_type=Text)  # JSON: actor -> sequence number


@dataclass(frozen=True, slots=True)
class Looked:
    """Which entries are worth a look: bounds in seconds since 1970, and a revision."""

    began_since: int
    began_before: int
    revision: int


class ClockSealStore:
    """Queries on seals."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def candidates(
        self, organisation_id: OrganisationId, looked: Looked, after: UUID, limit: int
    ) -> Sequence[tuple[TimeEntryId, bool]]:
        """Return the next entries behind ``after`` to look at, and whether each is settled.

        Those that became old enough since the last looks, and those that changed since;
        what was looked at and left as it was is not looked at for ever.
        """
        settled = and_(
            col(TimeEntryRow.settled_start) < looked.began_before,
            col(TimeEntryRow.posted_digest).is_not(None),
        )
        query = (
            select(TimeEntryRow.id, settled)
            .where(
                TimeEntryRow.organisation_id == organisation_id,
                col(TimeEntryRow.id) > after,
                or_(
                    and_(settled, col(TimeEntryRow.settled_start) >= looked.began_since),
                    col(TimeEntryRow.revision) > looked.revision,
                ),
            )
            .order_by(col(TimeEntryRow.id))
            .limit(limit)
        )
        return [
            (TimeEntryId(one), bool(is_settled)) for one, is_settled in self._session.execute(query)
        ]

    def clock_of(
        self, organisation_id: OrganisationId, entry_id: TimeEntryId
    ) -> Mapping[Actor, Component]:
        """Return the entry's clock as phones get it."""
        row = self._session.get(TimeEntryRow, (organisation_id, entry_id))
        assert row is not None, "only a stored entry is sealed"
        clock = json.loads(row.content)["vv"]
        return {Actor(actor): (number, mark) for actor, (number, mark) in clock.items()}

    def of_entry(
        self, organisation_id: OrganisationId, entry_id: TimeEntryId
    ) -> Sequence[ClockSeal]:
        """Return the entry's seals, the first one first."""
        query = (
            select(ClockSealRow)
            .where(
                ClockSealRow.organisation_id == organisation_id,
                ClockSealRow.entry_id == entry_id,
            )
            .order_by(col(ClockSealRow.number))
        )
        return [
            ClockSeal(entry_id, row.number, json.loads(row.clock))
            for row in self._session.scalars(query).all()
        ]

    def retired_among(
        self, organisation_id: OrganisationId, actors: Collection[Actor]
    ) -> frozenset[Actor]:
        """Return those of ``actors`` that are retired."""
        query = select(DeviceRow.actor).where(
            DeviceRow.organisation_id == organisation_id,
            col(DeviceRow.actor).in_(actors),
            col(DeviceRow.retired_at).is_not(None),
        )
        return frozenset(map(Actor, self._session.scalars(query).all()))

    def seal(
        self,
        organisation_id: OrganisationId,
        sealed: Sequence[tuple[ClockSeal, Mapping[Actor, Component]]],
    ) -> None:
        """Store seals with the shorter clocks of their entries, and tell every phone.

        Nothing is written behind it in its transaction: it gives revisions.
        """
        counter = self._session.get(SyncCounterRow, organisation_id, with_for_update=True)
        assert counter is not None, "an organisation is stored with its counter"
        revision = counter.revision
        moved: dict[TimeEntryId, int] = {}
        for seal, clock in sealed:
            row = self._session.get(TimeEntryRow, (organisation_id, seal.entry_id))
            assert row is not None, "only a stored entry is sealed"
            revision += 1
            content = json.loads(row.content)
            content["vv"] = {actor: list(part) for actor, part in clock.items()}
            row.content = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            row.revision = moved[seal.entry_id] = revision
            self._session.add(
                ClockSealRow(
                    organisation_id=organisation_id,
                    entry_id=seal.entry_id,
                    number=seal.number,
                    mark=seal.mark,
                    clock=json.dumps(dict(seal.clock)),
                )
            )
        self._session.flush()
        ScopeStore(self._session).move_entries(organisation_id, moved)
        # Last of all: see the order of revisions in daywork.store.push_saving.
        counter.revision = revision
        self._session.flush()
