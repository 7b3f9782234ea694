"""Whether an error is the database being away, and no fault of what was asked.

A full disk, a broken one, a lock held by somebody else, a server that restarts: nothing
was stored, and the same request can be tried again. All other errors are bugs.
"""

import sqlite3
from collections.abc import Iterator

import asyncpg
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

RETRY_AFTER_SECONDS = 5

_SQLITE_AWAY = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    )
)
_PRIMARY_CODE = 0xFF

# Classes and codes of PostgreSQL (its manual, appendix A): connection, resources,
# operator intervention, system error; serialisation failure and deadlock.
_POSTGRESQL_AWAY = ("08", "53", "57", "58", "40001", "40P01")


def is_away(error: BaseException) -> bool:
    """Whether the database could not do it now: ``error`` or what is behind it says so."""
    return any(_says_away(one) for one in _chain(error))


def _says_away(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return (code & _PRIMARY_CODE) in _SQLITE_AWAY
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_POSTGRESQL_AWAY)
    # The driver says so without a code when the connection broke under it.
    return isinstance(error, (asyncpg.InterfaceError, PoolTimeoutError, ConnectionError))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = getattr(one, "orig", None) or one.__cause__
