"""A phone's chain of operations, for tests that need no network."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from daywork.core.hash_chain import GENESIS, encode_base64url
from daywork.core.ids import Actor
from daywork.core.json_value import JsonValue
from daywork.core.operation import recomputed_hash

NAMESPACE = UUID("6f1c0000-0000-7000-8000-000000000000")


def entry_id(name: str) -> str:
    """Return the wire id of the entry that the test calls ``name``."""
    return f"te:{uuid5(NAMESPACE, name)}"


def interval(start: str, end: str | None, **changes: JsonValue) -> dict[str, JsonValue]:
    """Return an interval of 2 March 2026 between two ``HH:MM`` in UTC."""
    value: dict[str, JsonValue] = {
        "start": f"2026-03-02T{start}:00Z",
        "end": None if end is None else f"2026-03-02T{end}:00Z",
        "brk": [],
        "tz": "Europe/Berlin",
        "src": "manual",
        "elapsed": None,
    }
    return value | changes


def allocation(project: str | None = None) -> dict[str, JsonValue]:
    """Return work on ``project``, billable."""
    return {"project": project, "task": None, "billable": True, "kind": "work"}


@dataclass
class Chain:
    """Operations of one actor, in order, each with its hash."""

    actor: Actor
    items: list[dict[str, JsonValue]] = field(default_factory=list)
    last_hash: bytes = GENESIS

    def write(
        self,
        kind: str,
        entry: str,
        values: Mapping[str, JsonValue] | None = None,
        context: Mapping[str, JsonValue] | None = None,
        **members: JsonValue,
    ) -> dict[str, JsonValue]:
        """Append an operation on ``entry`` (a name) and return it."""
        number = len(self.items) + 1
        item: dict[str, JsonValue] = {
            "q": number,
            "id": str(uuid5(NAMESPACE, f"{self.actor}/{number}")),
            "e": entry_id(entry),
            "by": kind,
            "c": dict(context or {}),
            "w": "2026-03-02T15:31:08Z",
        }
        if values:
            item["s"] = {
                group: {"v": value, "n": self._salt(number, group)}
                for group, value in values.items()
            }
        item |= members
        return self.append(item)

    def append(self, item: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Put ``item`` behind the last one, with the hash that belongs there."""
        chain_hash = recomputed_hash(self.actor, item, self.last_hash)
        assert chain_hash is not None, "give an h yourself to an item without a hash"
        item["h"] = encode_base64url(chain_hash)
        self.last_hash = chain_hash
        self.items.append(item)
        return item

    def mark(self, number: int | None = None) -> list[JsonValue]:
        """Return the context component of operation ``number``, by default the last."""
        item = self.items[(number or len(self.items)) - 1]
        return [item["q"], str(item["h"])[:6]]

    def seen(self, number: int | None = None) -> dict[str, JsonValue]:
        """Return a context that has seen this chain up to ``number``."""
        return {self.actor: self.mark(number)}

    def _salt(self, number: int, group: str) -> str:
        return encode_base64url(
            hashlib.sha256(f"{self.actor}{number}{group}".encode()).digest()[:16]
        )
