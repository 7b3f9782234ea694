"""The server of the model: a log, rows projected from it, and open transactions.

It merges with the product's own core. Five mistakes can be switched on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256

from daywork.core.hash_chain import GENESIS, anchor
from daywork.core.ids import Actor, Dot
from daywork.core.merge import Cells, Change, applied, effective_context, projected
from daywork.core.vector_clock import VectorClock

Context = Mapping[Actor, tuple[int, str]]


class Mistake(Enum):
    """What each makes wrong, and what goes wrong by it."""

    CONTEXT_FOLDED_INTO_CLOCK = "the row claims operations that a rollback has lost"
    ANCHORS_IGNORED = "a number of another branch passes for one that was seen"
    REISSUED_ONTO_CURRENT_ACTOR = "a branch seems to have seen the current chain"
    COMPARED_ONLY_AT_SERVERS_LAST = "a fork of a former actor is never noticed"
    REVISION_TAKEN_EARLY = "a page passes over a row that commits later"


@dataclass(frozen=True, slots=True)
class Write:
    """One operation. Its id is also the value that it writes into its groups."""

    actor: Actor
    sequence_number: int
    id: str
    entry: str
    context: Context
    groups: tuple[str, ...]
    previous: bytes

    @property
    def dot(self) -> Dot:
        """The operation's place in the actor's chain."""
        return (self.actor, self.sequence_number)

    @property
    def chain_hash(self) -> bytes:
        """The hash over the operation and all before it."""
        content = (self.actor, self.sequence_number, self.id, self.entry, self.groups)
        context = sorted(self.context.items())
        return sha256(self.previous + repr((content, context)).encode()).digest()


@dataclass(frozen=True, slots=True)
class Row:
    """What the server shows of an entry; never changed, only replaced."""

    cells: Cells = field(default_factory=dict)
    clock: Context = field(default_factory=dict)


@dataclass(slots=True)
class Log:
    """What the server keeps on disk, and loses when set back to a backup."""

    writes: dict[Dot, Write] = field(default_factory=dict)
    hashes: dict[Dot, bytes] = field(default_factory=dict)
    last: dict[Actor, int] = field(default_factory=dict)
    known_ids: set[str] = field(default_factory=set)
    aliases: set[Dot] = field(default_factory=set)
    held: tuple[Write, ...] = ()
    changes: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    forced: set[str] = field(default_factory=set)  # entries in which a cause was given up
    rows: dict[str, Row] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    revision: int = 0

    def copy(self) -> "Log":
        """Return a backup."""
        return Log(
            dict(self.writes),
            dict(self.hashes),
            dict(self.last),
            set(self.known_ids),
            set(self.aliases),
            self.held,
            dict(self.changes),
            set(self.forced),
            dict(self.rows),
            dict(self.revisions),
            self.revision,
        )

    def hash_at(self, actor: Actor, sequence_number: int) -> bytes | None:
        """Return the stored chain hash, None if there is none."""
        return self.hashes.get((actor, sequence_number))


@dataclass(frozen=True, slots=True)
class OpenPush:
    """A transaction that has taken its locks and not yet committed."""

    writes: tuple[Write, ...]
    reserved_revision: int | None


class Server:
    """The one place where logs meet."""

    def __init__(self, mistakes: frozenset[Mistake]) -> None:
        self.mistakes = mistakes
        self.log = Log()
        self.epoch = 1
        self.open_pushes: list[OpenPush] = []
        self.given_up = 0  # operations applied without a cause that never came
        self._actors = 0

    def enrol(self) -> Actor:
        """Return a fresh actor; a rollback never gives one out twice."""
        self._actors += 1
        return Actor(f"{self._actors:010}")

    def restore(self, backup: Log) -> None:
        """Go back to ``backup``; transactions under way are lost."""
        self.log = backup.copy()
        self.open_pushes.clear()
        self.epoch += 1

    def begin(self, writes: tuple[Write, ...]) -> OpenPush:
        """Open a transaction, after those whose locks it needs."""
        entries = {write.entry for write in writes}
        for other in list(self.open_pushes):
            if any(w.entry in entries or w.actor == writes[0].actor for w in other.writes):
                self.commit(other)
        reserved = None
        if Mistake.REVISION_TAKEN_EARLY in self.mistakes:
            self.log.revision += 1
            reserved = self.log.revision
        push = OpenPush(writes, reserved)
        self.open_pushes.append(push)
        return push

    def commit(self, push: OpenPush) -> bool:
        """Ingest and commit; False on a fork, with nothing stored."""
        self.open_pushes.remove(push)
        if not self._fits(push.writes):
            return False
        touched: set[str] = set()
        for write in push.writes:
            if write.sequence_number > self.log.last.get(write.actor, 0):
                self._ingest(write, touched)
        if touched:
            self._stamp(touched, push.reserved_revision)
        return True

    def commit_all(self) -> None:
        """Commit what is under way."""
        while self.open_pushes:
            self.commit(self.open_pushes[0])

    def give_up_waiting(self) -> None:
        """Apply what is held without the causes that never came.

        In causal order: one that another held one waits for goes first.
        """
        touched: set[str] = set()
        while self.log.held:
            unblocked = [write for write in self.log.held if not self._is_blocked(write)]
            first = min(unblocked or self.log.held, key=lambda write: write.dot)
            self.log.forced.add(first.entry)
            self._release(first, touched)
            self.given_up += 1
            self._drain(touched)
        if touched:
            self._stamp(touched, None)

    def _fits(self, writes: tuple[Write, ...]) -> bool:
        for write in writes:
            last = self.log.last.get(write.actor, 0)
            if write.sequence_number <= last:
                if self.log.hashes[write.dot] != write.chain_hash:
                    return False
            elif write.sequence_number == last + 1:
                before = self.log.hash_at(write.actor, last) or GENESIS
                if write.previous != before:
                    return False
        return True

    def _ingest(self, write: Write, touched: set[str]) -> None:
        log = self.log
        own_seen = write.context.get(write.actor, (0, ""))[0]
        assert own_seen < write.sequence_number, "own component"
        log.writes[write.dot] = write
        log.hashes[write.dot] = write.chain_hash
        log.last[write.actor] = write.sequence_number
        if write.id in log.known_ids:
            log.aliases.add(write.dot)
            return
        log.known_ids.add(write.id)
        log.held = (*log.held, write)
        self._drain(touched)

    def _drain(self, touched: set[str]) -> None:
        while ready := [write for write in self.log.held if self._is_ready(write)]:
            self._release(min(ready, key=lambda write: write.dot), touched)

    def _is_ready(self, write: Write) -> bool:
        last = self.log.last
        has_all_causes = all(last.get(actor, 0) >= q for actor, (q, _) in write.context.items())
        return has_all_causes and not self._is_blocked(write)

    def _is_blocked(self, write: Write) -> bool:
        return any(
            held is not write
            and held.entry == write.entry
            and (
                (held.actor == write.actor and held.sequence_number < write.sequence_number)
                or write.context.get(held.actor, (0, ""))[0] >= held.sequence_number
            )
            for held in self.log.held
        )

    def _release(self, write: Write, touched: set[str]) -> None:
        log = self.log
        log.held = tuple(held for held in log.held if held is not write)
        context = self._effective_context(write)
        change = Change(write.dot, dict.fromkeys(write.groups, write.id), context)
        row = log.rows.get(write.entry, Row())
        log.rows[write.entry] = Row(
            applied(row.cells, change.dot, change.values, context),
            self._clock_after(row.clock, write),
        )
        log.changes[write.entry] = (*log.changes.get(write.entry, ()), change)
        if write.entry in log.forced:
            # Forked histories may wait for each other in a circle: no order is causal then.
            log.rows[write.entry] = Row(
                projected(log.changes[write.entry]), log.rows[write.entry].clock
            )
        touched.add(write.entry)

    def _effective_context(self, write: Write) -> VectorClock:
        if Mistake.ANCHORS_IGNORED in self.mistakes:
            return {
                actor: q for actor, (q, _) in write.context.items() if (actor, q) in self.log.hashes
            }
        return effective_context(write.context, self.log.hash_at)

    def _clock_after(self, clock: Context, write: Write) -> Context:
        after = dict(clock)
        steps = [(write.actor, (write.sequence_number, anchor(write.chain_hash)))]
        if Mistake.CONTEXT_FOLDED_INTO_CLOCK in self.mistakes:
            steps += write.context.items()
        for actor, component in steps:
            if after.get(actor, (0, ""))[0] < component[0]:
                after[actor] = component
        return after

    def _stamp(self, touched: set[str], reserved_revision: int | None) -> None:
        log = self.log
        if reserved_revision is None:
            log.revision += 1
            reserved_revision = log.revision
        for entry in touched:
            log.revisions[entry] = reserved_revision
