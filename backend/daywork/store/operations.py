"""The operation log: the truth from which every entry can be computed again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.ids import Actor, Dot, OrganisationId, PersonId, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.store.row import Id, Instant, Row

_OF_ONE_MEANING = text("alias_of IS NULL AND id IS NOT NULL")
_HELD = text("held_code IS NOT NULL")
_WAITING = text("held_code = 'causal_gap'")


class OperationRow(Row, table=True):
    """One signed operation of one device, whatever its verdict was."""

    __tablename__ = "operation"
    __table_args__ = (
        Index(
            "uq_operation_id",
            "organisation_id",
            "id",
            unique=True,
            sqlite_where=_OF_ONE_MEANING,
            postgresql_where=_OF_ONE_MEANING,
        ),
        Index("ix_operation_entry", "organisation_id", "entry_id"),
        Index(
            "ix_operation_held",
            "organisation_id",
            "actor",
            "sequence_number",
            sqlite_where=_HELD,
            postgresql_where=_HELD,
        ),
        Index(
            "ix_operation_waiting",
            "organisation_id",
            "held_code",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    actor: str = Field(primary_key=True, sa_type=String(10))
    sequence_number: int = Field(primary_key=True, sa_type=BigInteger)
    chain_hash: bytes = Field(sa_type=LargeBinary(32))
    id: UUID | None = Field(sa_type=Id)  # None where the item had no readable one
    entry_id: UUID | None = Field(sa_type=Id)
    person_id: UUID = Field(sa_type=Id)  # the author
    roles: str = Field(sa_type=String(100))  # the author's, at receipt
    schema_number: int
    received_at: datetime = Field(sa_type=Instant)
    held_code: str | None = Field(sa_type=String(32))
    alias_of: str | None = Field(sa_type=String(40))  # "actor/sequence number"
    item: str = Field(sa_type=Text)  # canonical JSON as sent, without what minimal data drops
    result: str = Field(sa_type=Text)  # JSON: what was answered, or the present result


@dataclass(frozen=True, slots=True)
class HistoryOperation:
    """One operation of an entry, as its history shows it."""

    actor: Actor
    sequence_number: int
    person_id: PersonId
    received_at: datetime
    item: Mapping[str, JsonValue]
    result: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class HeldOperation:
    """One that is stored and does not count (yet)."""

    actor: Actor
    sequence_number: int
    person_id: PersonId
    entry_id: TimeEntryId | None  # None while it is set aside
    received_at: datetime
    schema: int
    held_code: str
    item: Mapping[str, JsonValue]
    result: Mapping[str, JsonValue]

    @property
    def dot(self) -> Dot:
        """The operation's place in its actor's chain."""
        return (self.actor, self.sequence_number)


class OperationStore:
    """Reads the log; the push path writes it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def chain_hash(
        self, organisation_id: OrganisationId, actor: Actor, sequence_number: int
    ) -> bytes | None:
        """Return the hash of that operation, or None if it is not stored."""
        row = self._session.get(OperationRow, (organisation_id, actor, sequence_number))
        return None if row is None else row.chain_hash

    def waiting(self, organisation_id: OrganisationId) -> Sequence[HeldOperation]:
        """Return what waits for a cause that has not come, the oldest first."""
        query = (
            select(OperationRow)
            .where(
                OperationRow.organisation_id == organisation_id,
                OperationRow.held_code == "causal_gap",
            )
            .order_by(col(OperationRow.received_at), *_CHAIN)
        )
        return [_held(row) for row in self._session.scalars(query).all()]

    def of_unknown_schema(self, organisation_id: OrganisationId) -> Sequence[HeldOperation]:
        """Return what was sealed because of its schema, in the order of the chains."""
        query = (
            select(OperationRow)
            .where(
                OperationRow.organisation_id == organisation_id,
                col(OperationRow.held_code).is_not(None),
                OperationRow.held_code == "schema_unknown",
            )
            .order_by(*_CHAIN)
        )
        return [_held(row) for row in self._session.scalars(query).all()]

    def held(self, organisation_id: OrganisationId, actor: Actor) -> Sequence[HeldOperation]:
        """Return the actor's operations that do not count, in the order of its chain."""
        query = (
            select(OperationRow)
            .where(
                OperationRow.organisation_id == organisation_id,
                OperationRow.actor == actor,
                col(OperationRow.held_code).is_not(None),
            )
            .order_by(*_CHAIN)
        )
        return [_held(row) for row in self._session.scalars(query).all()]

    def history(
        self, organisation_id: OrganisationId, entry_id: TimeEntryId
    ) -> Sequence[HistoryOperation]:
        """Return all operations of the entry, held ones too, by receipt."""
        query = (
            select(OperationRow)
            .where(
                OperationRow.organisation_id == organisation_id, OperationRow.entry_id == entry_id
            )
            .order_by(
                col(OperationRow.received_at),
                col(OperationRow.actor),
                col(OperationRow.sequence_number),
            )
        )
        return [
            HistoryOperation(
                actor=Actor(row.actor),
                sequence_number=row.sequence_number,
                person_id=PersonId(row.person_id),
                received_at=row.received_at,
                item=json.loads(row.item),
                result=json.loads(row.result),
            )
            for row in self._session.scalars(query).all()
        ]


_CHAIN = (col(OperationRow.actor), col(OperationRow.sequence_number))


def _held(row: OperationRow) -> HeldOperation:
    assert row.held_code is not None, "the query asks for held ones"
    return HeldOperation(
        actor=Actor(row.actor),
        sequence_number=row.sequence_number,
        person_id=PersonId(row.person_id),
        entry_id=None if row.entry_id is None else TimeEntryId(row.entry_id),
        received_at=row.received_at,
        schema=row.schema_number,
        held_code=row.held_code,
        item=json.loads(row.item),
        result=json.loads(row.result),
    )
