"""What every table shares: own metadata, names of constraints, column types.

Two column types exist because the databases differ: an id is 16 bytes on SQLite
and a native uuid on PostgreSQL; an instant is integer milliseconds on both,
because SQLite forgets time zones.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, LargeBinary, MetaData, Uuid
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel):
    """A row of a table. Rows never leave the store."""

    metadata = METADATA


class Id(TypeDecorator[UUID]):
    """A UUID: 16 bytes on SQLite, ``uuid`` on PostgreSQL."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database itself knows."""
        kind: TypeEngine[Any] = LargeBinary(16) if dialect.name == "sqlite" else Uuid()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Return what the driver wants."""
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Return the UUID that was stored."""
        if value is None or isinstance(value, UUID):
            return value
        return UUID(bytes=value)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as integer milliseconds since 1970 (UTC)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return milliseconds. Raises: ValueError for a naive instant."""
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        return None if value is None else instant(value)


def milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970 of an aware ``moment``.

    Raises: ValueError if ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        msg = f"an instant needs a time zone, got {moment.isoformat()}"
        raise ValueError(msg)
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000


def instant(epoch_milliseconds: int) -> datetime:
    """Return the aware UTC instant of ``epoch_milliseconds``."""
    seconds, rest = divmod(epoch_milliseconds, 1_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1_000)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
