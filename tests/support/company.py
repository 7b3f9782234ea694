"""A small company on a running server: its people, its projects, and links for their phones."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from support.server import RunningServer


@dataclass(frozen=True)
class Company:
    """One organisation of a server."""

    server: RunningServer
    id: str

    def add_project(self, name: str) -> str:
        """Add a project and return its id."""
        answer = self.server.office(
            "project add", name=name, organisation=self.id, billable=None, number=None
        )
        return str(answer["id"])

    def invite(self, person: str, role: str = "worker", manager: str | None = None) -> str:
        """Return a link that makes a phone one of ``person``'s; makes the person if needed."""
        answer = self.server.office(
            "invite",
            person=person,
            person_id=None,
            role=role,
            manager=manager,
            manager_id=None,
            organisation=self.id,
        )
        return str(answer["url"])

    def close_period(self, through: str) -> None:
        """Close the period that ends with that day."""
        self.server.office("period close", through=through, organisation=self.id)

    def rows(self) -> list[dict[str, Any]]:
        """Return the time entries as the server's database has them (SQLite)."""
        query = "SELECT content FROM time_entry WHERE organisation_id = ? AND NOT is_deleted"
        return [json.loads(content) for (content,) in self._asked(query)]

    def journal(self) -> str:
        """Return its journal: the first organisation of a home has the one that has no folder."""
        books = self.server.home / "ledger"
        own = books / self.id / "daywork.journal"
        return (own if own.exists() else books / "daywork.journal").read_text("utf-8")

    def operations(self) -> list[str]:
        """Return the kinds of all operations, in the order in which the server got them."""
        query = "SELECT item FROM operation WHERE organisation_id = ? ORDER BY rowid"
        return [str(json.loads(item)["by"]) for (item,) in self._asked(query)]

    def writers(self) -> dict[str, int]:
        """Return how many operations the server has of each actor."""
        query = "SELECT actor, count(*) FROM operation WHERE organisation_id = ? GROUP BY actor"
        return {str(actor): int(count) for actor, count in self._asked(query)}

    def retired(self) -> dict[str, str]:
        """Return why each retired device was retired."""
        query = (
            "SELECT actor, retired_reason FROM device"
            " WHERE organisation_id = ? AND retired_at IS NOT NULL"
        )
        return {str(actor): str(reason) for actor, reason in self._asked(query)}

    def forget_history(self) -> None:
        """Make the server remember other hashes than its phones do, as after a mixed-up restore."""
        self._change("UPDATE device SET last_chain_hash = randomblob(32) WHERE organisation_id = ?")
        self._change("UPDATE operation SET chain_hash = randomblob(32) WHERE organisation_id = ?")

    def _change(self, statement: str) -> None:
        with closing(sqlite3.connect(self.server.home / "daywork.sqlite")) as database:
            database.execute(statement, (UUID(self.id).bytes,))
            database.commit()

    def _asked(self, query: str) -> list[Any]:
        file = self.server.home / "daywork.sqlite"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(query, (UUID(self.id).bytes,)).fetchall()


def found_company(server: RunningServer, name: str, time_zone: str) -> Company:
    """Make an organisation on ``server``."""
    answer = server.office("org create", name=name, time_zone=time_zone, currency="EUR")
    return Company(server, str(answer["id"]))
