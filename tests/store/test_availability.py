"""A database that is away is told from a bug."""

import sqlite3
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from daywork.store.availability import is_away


def _sqlite_error(statement: str, place: str = ":memory:") -> sqlite3.Error:
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(place).execute(statement)
    return caught.value


def test_a_file_that_cannot_be_opened_is_away(tmp_path: Path) -> None:
    error = _sqlite_error("SELECT 1", str(tmp_path / "none" / "file"))

    assert is_away(error)
    assert is_away(OperationalError("SELECT 1", {}, error))


def test_a_statement_that_is_wrong_is_a_bug() -> None:
    error = _sqlite_error("SELECT * FROM nothing")

    assert not is_away(error)
    assert not is_away(OperationalError("SELECT", {}, error))
    assert not is_away(ProgrammingError("SELECT", {}, ValueError("no")))


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("starting"),
        asyncpg.AdminShutdownError("stopping"),
        asyncpg.DiskFullError("full"),
        asyncpg.DeadlockDetectedError("each waits for the other"),
        asyncpg.InterfaceError("connection is closed"),
        PoolTimeoutError("no connection left"),
        ConnectionRefusedError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_postgresql_that_restarts_or_is_full_is_away(error: Exception) -> None:
    wrapped = RuntimeError("the statement failed")
    wrapped.__cause__ = error

    assert is_away(error)
    assert is_away(wrapped)


def test_a_value_that_postgresql_refuses_is_a_bug() -> None:
    assert not is_away(asyncpg.UniqueViolationError("twice"))
    assert not is_away(ValueError("no"))
