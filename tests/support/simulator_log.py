"""A server's database as it lies there: its log, its rows, and where its devices stand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from daywork.core.ids import Actor
from daywork.core.merge import Change, effective_context
from support.simulator_copies import Copies

DECISIONS = frozenset(("submit", "recall", "approve", "reject", "revoke"))


@dataclass(frozen=True, slots=True)
class Logged:
    """An operation as the server has it."""

    actor: Actor
    number: int
    chain_hash: bytes
    person: str
    held_code: str | None
    is_alias: bool
    received_at: int
    item: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def dot(self) -> tuple[Actor, int]:
        """Its place in the actor's chain."""
        return (self.actor, self.number)

    @property
    def id(self) -> str:
        """The operation's id."""
        return str(self.item["id"])

    @property
    def is_effective(self) -> bool:
        """Whether it is part of its entry."""
        return self.held_code is None and not self.is_alias

    @property
    def groups(self) -> Sequence[str]:
        """The groups that it writes."""
        return () if self.item["by"] in DECISIONS else tuple(self.item.get("s", ()))


@dataclass(frozen=True)
class Stored:
    """The server's database at the end of a story."""

    log: Sequence[Logged]
    rows: Mapping[str, Mapping[str, Any]]  # by wire id, deleted ones too
    deleted: frozenset[str]
    last_numbers: Mapping[str, int]
    revision: int  # -1: the organisation is not stored

    @cached_property
    def hashes(self) -> dict[tuple[Actor, int], bytes]:
        """The chain hash at each dot."""
        return {one.dot: one.chain_hash for one in self.log}

    def of(self, entry: str) -> list[Logged]:
        """Return the effective operations of an entry."""
        return [one for one in self.log if one.is_effective and one.item["e"] == entry]

    def change(self, one: Logged) -> Change:
        """Return what a stored operation means."""
        values = {group: one.item["s"][group]["v"] for group in one.groups}
        return Change(one.dot, values, self.context(one))

    def context(self, one: Logged) -> dict[Actor, int]:
        """Return the components of its context that count."""
        sent = {Actor(actor): (number, mark) for actor, (number, mark) in one.item["c"].items()}
        return effective_context(sent, lambda actor, number: self.hashes.get((actor, number)))


async def read_stored(copies: Copies) -> Stored:
    """Read the database as it lies there."""
    rows = copies.rows
    log = await rows(
        "SELECT actor, sequence_number, chain_hash, person_id, held_code, alias_of, received_at,"
        " item, result FROM operation WHERE organisation_id = {organisation}"
        " ORDER BY actor, sequence_number"
    )
    entries = await rows(
        "SELECT id, revision, is_deleted, content FROM time_entry"
        " WHERE organisation_id = {organisation}"
    )
    devices = await rows(
        "SELECT actor, last_sequence_number FROM device WHERE organisation_id = {organisation}"
    )
    counter = await rows("SELECT revision FROM sync_counter WHERE organisation_id = {organisation}")
    return Stored(
        log=[
            Logged(
                actor=Actor(actor),
                number=number,
                chain_hash=bytes(chain_hash),
                person=_uuid_text(person),
                held_code=held_code,
                is_alias=alias_of is not None,
                received_at=received_at,
                item=json.loads(item),
                result=json.loads(result),
            )
            for (
                actor,
                number,
                chain_hash,
                person,
                held_code,
                alias_of,
                received_at,
                item,
                result,
            ) in log
        ],
        rows={
            f"te:{_uuid_text(entry)}": {"rev": revision, **json.loads(content)}
            for entry, revision, _, content in entries
        },
        deleted=frozenset(f"te:{_uuid_text(entry)}" for entry, _, gone, _ in entries if gone),
        last_numbers=dict(devices),
        revision=counter[0][0] if counter else -1,
    )


def _uuid_text(value: Any) -> str:
    """Return the text of an id that SQLite gives as bytes and PostgreSQL as a UUID."""
    if isinstance(value, bytes):
        text = value.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return str(value)
