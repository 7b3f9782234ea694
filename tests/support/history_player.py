"""Plays a recorded history: some phones, one server, and what each of them makes of it.

The server is the real ingestion without a database; the phones are those of
``history_phone``. The form of histories, events and outcomes is in
``tests/vectors/README.md``.
"""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from daywork.core.errors import Forked
from daywork.core.hash_chain import encode_base64url
from daywork.core.ids import Actor
from daywork.core.instant import instant_text
from daywork.core.merge import Change, effective_context
from daywork.core.time_entry import checked_values
from daywork.core.working_set import EntryState
from support.chain import Chain
from support.histories import actor
from support.history_phone import Own, Phone, PulledRow
from support.history_words import (
    dots_text,
    outcome,
    read_clock,
    salt,
    short,
    word,
    written,
)
from support.working import ANA, MAX, Office

# Ana's phone and tablet, the names that branches of their histories take, Max's two phones.
PEOPLE = {"a": ANA, "c": ANA, "d": ANA, "e": ANA, "f": ANA, "m": MAX, "o": MAX}
WRITTEN_FROM = 1_772_452_800  # 2 March 2026, 12:00 UTC
SECONDS_PER_DAY = 86_400
DECIDED = ("status", "approved")
NEAR_FLAGS = frozenset(("overlap", "double_stop"))  # They follow from other entries.

Event = dict[str, Any]


class Player:
    """Plays events one after the other; each returns what it makes of them."""

    def __init__(self, number: int, phones: str) -> None:
        self.number = number
        self.written = 0
        self.office = _office()
        self.phones = {name: Phone(Chain(actor(name))) for name in phones}
        self.now = WRITTEN_FROM
        self.backup: Office | None = None

    def play(self, event: Event) -> dict[str, Any]:
        """Do what ``event`` says and return the outcome."""
        match event["do"]:
            case "push":
                return self._push(event)
            case "pull":
                return self._pull(self.phones[event["p"]])
            case "clone":
                self.phones[event["as"]] = deepcopy(self.phones[event["p"]])
                return {}
            case "branch":
                return self._branch(event)
            case "destroyed":
                del self.phones[event["p"]]
                return {}
            case "back up":
                self.backup = deepcopy(self.office)
                return {}
            case "roll back":
                assert self.backup is not None, "nothing was backed up"
                self.office = deepcopy(self.backup)
                return {}
            case _:
                return self._write(event)

    def seen(self, phone: Phone, entry: str) -> str:
        """Return the clock of what the phone shows now."""
        shown = phone.view(entry)
        return "" if shown is None else str(shown["vv"])

    def row(self, entry: str) -> dict[str, Any] | None:
        """Return what the server has of the entry, None if it has it not."""
        state = self.state(entry)
        if state is None:
            return None
        contexts = {change.dot: change.context for change in self.changes(state)}
        said = outcome(state.cells, contexts, state.clock)
        flags = [flag for flag in sorted(state.flags) if flag not in NEAR_FLAGS]
        said |= short({"flags": " ".join(flags), "deleted": state.is_deleted})
        said["status"] = state.status
        if state.approved is not None:
            said["approved"] = state.approved.digest
        return said

    def state(self, entry: str) -> EntryState | None:
        """Return the server's entry."""
        wire_id = self.entry_id(entry)
        found = [e for e in self.office.working.entries.values() if f"te:{e.id}" == wire_id]
        return found[0] if found else None

    def changes(self, state: EntryState) -> tuple[Change, ...]:
        """Return the entry's changes with the contexts that the server takes them to have."""
        working = self.office.working
        return tuple(
            Change(
                logged.dot,
                logged.operation.values,
                effective_context(logged.operation.context, working.chain_hash_at),
            )
            for logged in state.operations
            if logged.operation is not None and not logged.operation.is_decision
        )

    def entry_id(self, entry: str) -> str:
        """Return the wire's id of an entry that the history calls by a letter."""
        return f"te:00000000-0000-7000-9{self.number:03x}-{ord(entry):012x}"

    def fork_point(self, phone: Phone) -> int | None:
        """Return where the server's history leaves the phone's, None if it does not."""
        last = self._last(phone.actor)
        items = phone.chain.items
        for position, item in enumerate(items[:last]):
            stored = self.office.working.chain_hash_at(phone.actor, position + 1)
            if stored is None or encode_base64url(stored) != item["h"]:
                return position
        return None if last <= len(items) else len(items)

    def _write(self, event: Event) -> dict[str, Any]:
        phone, entry = self.phones[event["p"]], event["e"]
        self.written += 1
        identity = f"00000000-0000-7000-8{self.number:03x}-{self.written:012x}"
        item: dict[str, Any] = {
            "q": len(phone.chain.items) + 1,
            "id": identity,
            "e": self.entry_id(entry),
            "by": event["do"],
            "c": read_clock(event["c"] if "c" in event else self.seen(phone, entry)),
            "w": instant_text(WRITTEN_FROM + 60 * self.written),
        }
        if "s" in event:
            item["s"] = {
                group: {"v": value, "n": salt(identity, group)}
                for group, value in event["s"].items()
            }
        if "dg" in event:
            item["dg"] = event["dg"]
        own = Own(phone.actor, phone.chain.append(item))
        phone.archive.append(own)
        phone.wrote.add(own.dot)
        held = checked_values(event.get("s", {}))
        said = written(item)
        if held is not None:
            return {**said, "fault": held.field}
        phone.own.setdefault(entry, []).append(own)
        return said | short({"view": phone.view(entry)})

    def _push(self, event: Event) -> dict[str, Any]:
        """Send what the server has not, be it news or what a restored server forgot."""
        phone = self.phones[event["p"]]
        self.now += SECONDS_PER_DAY * event.get("days", 0) + 60
        fork = self.fork_point(phone)
        first = self._last(phone.actor) if fork is None else fork
        items = phone.chain.items[first:][: event.get("n")]
        working = self.office.working
        working.released.clear()
        try:
            answers = self.office.push(phone.chain, items, now=self.now * 1000) if items else []
        except Forked as refusal:
            return {"refused": "forked", "at": refusal.match_at}
        for answer in answers:
            phone.hear(answer)
        said = {"st": [word(answer) for answer in answers]}
        freed = [dot for dot, logged in working.released.items() if logged.is_effective]
        said |= short({"released": dots_text(freed)})
        touched = {item["e"] for item in items} | {
            f"te:{logged.operation.entry_id}"
            for logged in working.released.values()
            if logged.operation is not None
        }
        rows = {e: self.row(e) for e in "xy" if self.entry_id(e) in touched}
        return said | {"rows": {e: row for e, row in rows.items() if row is not None}}

    def _pull(self, phone: Phone) -> dict[str, Any]:
        views = {}
        for entry in "xy":
            state = self.state(entry)
            if state is None or state.is_deleted:
                if not phone.own.get(entry):
                    phone.rows.pop(entry, None)
                continue
            digest = None if state.approved is None else state.approved.digest
            phone.rows[entry] = PulledRow(self.changes(state), dict(state.clock), digest)
            phone.trim(entry)
            view, row = phone.view(entry), self.row(entry)
            views[entry] = "row" if view == _content(row) else view
        return {"views": views}

    def _branch(self, event: Event) -> dict[str, Any]:
        """Write anew, under a fresh name, what came behind the fork."""
        phone, letter, fork = self.phones[event["p"]], event["as"], event["at"]
        phone.go_on_as(actor(letter), fork)
        hashes = [item["h"] for item in phone.chain.items]
        views = {e: view for e in phone.own if (view := phone.view(e)) is not None}
        return {"hs": hashes, "views": views}

    def _last(self, who: Actor) -> int:
        return self.office.working.devices[who].last_sequence_number


def _office() -> Office:
    """Return a server that knows all devices from the start."""
    office = Office()
    devices = office.working.devices
    model = next(iter(devices.values()))
    for letter, person in PEOPLE.items():
        devices[actor(letter)] = replace(model, actor=actor(letter), person_id=person)
    return office


def _content(row: dict[str, Any] | None) -> dict[str, Any]:
    """Return the row without what only a server can say."""
    said = {name: part for name, part in (row or {}).items() if name not in DECIDED}
    flags = [flag for flag in said.get("flags", "").split() if flag != "forced"]
    return short(said | {"flags": " ".join(flags)})
