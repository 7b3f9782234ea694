"""Ids and instants come back as they went in, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, Uuid, create_engine

from daywork.store.row import Id, instant, milliseconds
from support.strategies import law

moments = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))


@law
@given(moments)
def test_an_instant_keeps_its_milliseconds(moment: datetime) -> None:
    kept = instant(milliseconds(moment))

    assert timedelta(0) <= moment - kept < timedelta(milliseconds=1)
    assert milliseconds(kept) == milliseconds(moment)


def test_an_instant_is_the_same_in_any_zone() -> None:
    here = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    assert instant(milliseconds(here)) == datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        milliseconds(datetime(2026, 3, 2))


def test_an_id_is_what_each_database_knows() -> None:
    kind, value = Id(), UUID(int=5)

    on_sqlite = create_engine("sqlite://").dialect
    on_postgresql = create_engine("postgresql+asyncpg://").dialect
    assert isinstance(kind.load_dialect_impl(on_sqlite), LargeBinary)
    assert isinstance(kind.load_dialect_impl(on_postgresql), Uuid)
    assert kind.process_bind_param(value, on_sqlite) == value.bytes
    assert kind.process_bind_param(value, on_postgresql) == value
    for stored in (value, value.bytes):
        assert kind.process_result_value(stored, on_sqlite) == value
    assert kind.process_bind_param(None, on_sqlite) is None
    assert kind.process_result_value(None, on_sqlite) is None
