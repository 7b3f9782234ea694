"""A phone of a recorded history, as the documents say that it is.

What it shows are the changes of the row it pulled last and its own that have not
come back, projected together. The phone's own code lays operations over a row
instead; both must come to the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from daywork.core.ids import Actor, Dot
from daywork.core.json_value import JsonValue
from daywork.core.merge import Cells, Change
from daywork.core.operation import DECISION_KINDS
from daywork.core.vector_clock import covers
from support.chain import Chain
from support.history_words import Clock, outcome

ANCHOR_SHOWN = 6


@dataclass
class Own:
    """An operation of the phone that its record of the entry still remembers."""

    actor: Actor
    item: dict[str, Any]
    answer: dict[str, Any] | None = None

    @property
    def number(self) -> int:
        """Its place in the chain."""
        return cast("int", self.item["q"])

    @property
    def dot(self) -> Dot:
        """Its name."""
        return (self.actor, self.number)

    @property
    def is_decision(self) -> bool:
        """Whether it writes nothing into the entry."""
        return self.item["by"] in DECISION_KINDS

    def is_in(self, clock: Clock) -> bool:
        """Whether a row with this clock has it."""
        return clock.get(self.actor, (0, ""))[0] >= self.number

    @property
    def is_refused(self) -> bool:
        """Whether the server holds it for a reason that a person has to mend."""
        return (
            self.answer is not None
            and self.answer["st"] == "held"
            and self.answer["code"] != "causal_gap"
        )


@dataclass(frozen=True)
class PulledRow:
    """The row as a phone has it: its changes as the server counts them, and its clock."""

    changes: tuple[Change, ...]
    clock: Clock
    approved_digest: str | None


@dataclass
class Phone:
    """One installed app: its chain, its rows and what it has not seen come back."""

    chain: Chain
    archive: list[Own] = field(default_factory=list)
    own: dict[str, list[Own]] = field(default_factory=dict)
    rows: dict[str, PulledRow] = field(default_factory=dict)
    wrote: set[Dot] = field(default_factory=set)

    @property
    def actor(self) -> Actor:
        """Under whose name it writes now."""
        return self.chain.actor

    def view(self, entry: str) -> dict[str, Any] | None:
        """Return what it shows of the entry, None if it has no time of it."""
        row = self.rows.get(entry, PulledRow((), {}, None))
        known = dict(row.clock)
        remembered = self.own.get(entry, [])
        for own in remembered:
            if own.number > known.get(own.actor, (0, ""))[0]:
                known[own.actor] = (own.number, own.item["h"][:ANCHOR_SHOWN])
        written = [
            own
            for own in remembered
            if not own.is_decision and (own.is_refused or not own.is_in(row.clock))
        ]
        changes = [*row.changes, *(_change(own, known) for own in written)]
        refused = frozenset(own.dot for own in written if own.is_refused)
        accepted = {change.dot for change in row.changes} | {
            own.dot for own in written if own.answer is not None and own.answer["st"] != "held"
        }
        cells = seen_by_author(changes, refused, frozenset(accepted), frozenset(self.wrote))
        if not cells.get("time"):
            return None
        return outcome(cells, {change.dot: change.context for change in changes}, known)

    def trim(self, entry: str) -> None:
        """Forget own operations that the row has, or whose refusal is settled."""
        row = self.rows.get(entry)
        clock = {} if row is None else row.clock
        remembered = self.own.get(entry, [])
        self.own[entry] = [
            own
            for own in remembered
            if (
                not _is_rewritten(own, remembered, clock)
                if own.is_refused
                else own.answer is None or not own.is_in(clock)
            )
        ]

    def hear(self, answer: Mapping[str, Any]) -> None:
        """Take the server's answer for one operation."""
        said = answer["result"] if answer["st"] == "duplicate" else answer
        self.archive[answer["q"] - 1].answer = dict(said)
        for entry in self.own:
            self.trim(entry)

    def go_on_as(self, name: Actor, fork: int) -> None:
        """Write anew, under a fresh name, what came behind the fork."""
        former, items = self.actor, self.chain.items
        kept = items[:fork]
        self.wrote = {dot for dot in self.wrote if dot[0] != former or dot[1] <= fork}
        self.chain = Chain(name)
        moved: dict[str, Own] = {}
        for old in items[fork:]:
            item = {member: part for member, part in old.items() if member != "h"}
            item["q"] = cast("int", old["q"]) - fork
            item["c"] = _moved(cast("Mapping[str, Any]", old["c"]), former, kept, self.chain)
            moved[str(old["id"])] = Own(name, self.chain.append(item))
            self.wrote.add(moved[str(old["id"])].dot)
        self.archive = list(moved.values())
        for entry, remembered in self.own.items():
            self.own[entry] = [moved.get(own.item["id"], own) for own in remembered]


def seen_by_author(
    changes: list[Change], refused: frozenset[Dot], accepted: frozenset[Dot], own: frozenset[Dot]
) -> Cells:
    """Return what the changes mean to somebody who sees own refused ones too.

    Nobody else has ever seen those, whatever number a clock names: only their
    author's later changes replace them. Once such a one is accepted, the value it
    replaced has no part in anything any more.
    """
    cells: Cells = {}
    for group in sorted({group for change in changes for group in change.values}):
        writers = [change for change in changes if group in change.values]
        settled = {
            change.dot
            for change in writers
            if change.dot in refused
            and any(
                covers(other.context, change.dot) and other.dot in own & accepted
                for other in writers
            )
        }
        standing = [change for change in writers if change.dot not in settled]
        for change in standing:
            if not any(
                covers(other.context, change.dot)
                for other in standing
                if change.dot not in refused or other.dot in own
            ):
                cells.setdefault(group, {})[change.dot] = change.values[group]
    return cells


def _change(own: Own, known: Clock) -> Change:
    """Return an own change; of another branch than the row's is what the anchor disproves."""
    seen = {
        who: number
        for who, (number, mark) in own.item["c"].items()
        if known.get(who, (0, ""))[0] != number or known[who][1] == mark
    }
    values = {group: part["v"] for group, part in own.item.get("s", {}).items()}
    return Change((own.actor, own.number), values, seen)


def _is_rewritten(held: Own, remembered: Sequence[Own], clock: Clock) -> bool:
    later = [
        own
        for own in remembered[remembered.index(held) + 1 :]
        if not own.is_refused
        and (own.is_in(clock) or (own.answer is not None and own.answer["st"] != "held"))
        and own.is_decision == held.is_decision
    ]
    if held.is_decision:
        return bool(later)
    return all(any(group in own.item.get("s", {}) for own in later) for group in held.item["s"])


def _moved(
    context: Mapping[str, Any], former: Actor, kept: list[dict[str, JsonValue]], chain: Chain
) -> dict[str, JsonValue]:
    """Return a context whose author's own part is cut at the fork, and goes on in the branch."""
    result = {who: seen for who, seen in context.items() if who != former}
    number = context.get(former, [0])[0]
    if kept and number > 0:
        at = min(number, len(kept))
        result[former] = [at, cast("str", kept[at - 1]["h"])[:ANCHOR_SHOWN]]
    if number > len(kept):
        result[chain.actor] = chain.mark(number - len(kept))
    return result
