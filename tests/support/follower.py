"""What a phone makes of the feed, by the rules of the protocol and no others."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from daywork.usecases.read_time_entries import Pull, PullPage, ScopeSum, checksum, pull_changes
from support.chain import entry_id
from support.crew import Phone

KEY = bytes(32)
NOON = 1_772_539_200  # 3 March 2026: the instant of every test, in seconds since 1970


@dataclass
class Follower:
    """What a phone makes of the feed, by the rules of the protocol."""

    phone: Phone
    cursor: str | None = None
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    purged: list[str] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)
    sums: dict[str, ScopeSum] = field(default_factory=dict)

    async def pull(self, limit: int = 500, now: int = NOON) -> PullPage:
        """Take one page."""
        pull = Pull(self.cursor, limit, wants_sums=True, now=now)
        page: PullPage = await self.phone.database.scan(
            pull_changes(self.phone.principal, pull, KEY)
        )
        assert len(page.rows) + len(page.gone) <= limit
        for scope in page.purge:
            self.purged.append(scope)
            for key in [key for key, row in self.rows.items() if scope in scopes(row)]:
                del self.rows[key]
        for text in page.rows:
            row = json.loads(text)
            self.rows[row["id"]] = row
        for text in page.gone:
            self.gone.append(json.loads(text))
            self.rows.pop(self.gone[-1]["id"], None)
        self.cursor = page.cursor
        self.sums = {one.scope: one for one in page.sums}
        return page

    async def pull_all(self, limit: int = 2, now: int = NOON) -> int:
        """Take pages to the end; return how many there were."""
        count = 1
        while (await self.pull(limit, now)).has_more:
            count += 1
        return count

    def has(self, *names: str) -> set[str]:
        """Return which of these entries, as the test calls them, this phone has."""
        return {name for name in names if entry_id(name) in self.rows}

    def drop_old(self) -> None:
        """Drop the rows that left the windows of all their scopes, as the last sums tell them."""
        for key, row in list(self.rows.items()):
            told = [self.sums[scope] for scope in scopes(row) if scope in self.sums]
            if told and not any(is_within(row, one) for one in told):
                del self.rows[key]

    def checksums(self) -> dict[str, tuple[int, str]]:
        """Return count and checksum of each scope that was told, from the rows that are here."""
        found = {}
        for scope, told in self.sums.items():
            mine = [row for row in self.rows.values() if scope in scopes(row)]
            rows = [row for row in mine if is_within(row, told)]
            found[scope] = (
                len(rows),
                checksum((UUID(row["id"].removeprefix("te:")), row["rev"]) for row in rows),
            )
        return found

    def told_checksums(self) -> dict[str, tuple[int, str]]:
        """Return count and checksum of each scope as the server told them."""
        return {scope: (one.count, one.checksum) for scope, one in self.sums.items()}


def scopes(row: dict[str, Any]) -> set[str]:
    """Return the scopes of a row as the phone sees them."""
    projects = {f"p:{value['project']}" for value in row["v"].get("alloc", ())}
    return {f"w:{row['owner']}"} | projects


def is_within(row: dict[str, Any], told: ScopeSum) -> bool:
    """Whether a row is in a scope's window; written from the wire's words, not the server's."""
    is_open = any(flag.startswith("conflict:") or flag == "delete_vs_edit" for flag in row["flags"])
    if row["status"] != "approved" or is_open:
        return True
    starts = [time.get("start") or f"{time['date']}T00:00:00Z" for time in row["v"]["time"]]
    return min(starts) >= told.window_start
