"""The operation log: the truth from which every entry can be computed again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, text
from sqlmodel import Field

from daywork.store.row import Id, Instant, Row

_OF_ONE_MEANING = text("alias_of IS NULL AND id IS NOT NULL")
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
