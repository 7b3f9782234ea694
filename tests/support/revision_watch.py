"""Nothing runs between the stamping of revisions and the commit: watched in every test (I21).

Whoever moves an organisation's counter holds its row to the commit. A statement behind
it would hold up every other writer, and a row that it stamped would have a revision
that a cursor may have passed. On SQLite, where a commit serves several jobs, the rule
is each job's: its writer is alone, so the order of jobs is the order of revisions.
"""

import re
import sqlite3
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event

_STAMP = re.compile(r"\s*UPDATE sync_counter SET (?:(?! WHERE | FROM ).)*?\brevision ?=", re.DOTALL)
_WORK = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_END = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|RELEASE job)\b", re.IGNORECASE)


@dataclass
class _Line:
    """What one connection has done since its transaction began."""

    has_stamped: bool = False


@dataclass
class RevisionWatch:
    """Sees every statement of every connection that is opened after ``start``."""

    faults: list[str] = field(default_factory=list)
    _of_orm: "WeakKeyDictionary[Connection, _Line]" = field(default_factory=WeakKeyDictionary)

    def start(self) -> None:
        """Watch all engines of this process, those of tests as well."""
        event.listen(Engine, "connect", self._connected)
        event.listen(Engine, "before_cursor_execute", self._executed)
        for name in ("begin", "commit", "rollback"):
            event.listen(Engine, name, self._ended)

    def taken(self) -> list[str]:
        """Return the faults that were seen, and forget them."""
        faults, self.faults = self.faults, []
        return faults

    def _connected(self, dbapi_connection: Any, _record: Any) -> None:
        line = _Line()
        if isinstance(dbapi_connection, sqlite3.Connection):
            dbapi_connection.set_trace_callback(lambda text: self._see(line, text))
        elif hasattr(dbapi_connection, "driver_connection"):  # Not the engine's own driver.
            # What goes past SQLAlchemy; it reports here in order, a moment later.
            driver = dbapi_connection.driver_connection
            driver.add_query_logger(lambda record: self._see(line, record.query))

    def _executed(
        self,
        connection: Connection,
        _cursor: Any,
        statement: str,
        _parameters: Any,
        _context: Any,
        _many: bool,  # noqa: FBT001
    ) -> None:
        if connection.dialect.name == "postgresql":
            self._see(self._of_orm.setdefault(connection, _Line()), statement)

    def _ended(self, connection: Connection) -> None:
        self._of_orm[connection] = _Line()

    def _see(self, line: _Line, statement: str) -> None:
        if _END.match(statement):
            line.has_stamped = False
        elif line.has_stamped and _WORK.match(statement):
            self.faults.append(statement)
        elif _STAMP.match(statement):
            line.has_stamped = True


WATCH = RevisionWatch()
