"""The phones of the model: each keeps an archive, edits, syncs and mends forks."""

import random
from dataclasses import replace

from daywork.core.hash_chain import GENESIS, anchor
from daywork.core.ids import Actor
from support.sync_model_server import Context, Mistake, Row, Server, Write

GROUPS = ("time", "alloc", "note")
ENTRIES = ("first", "second")
RESPONSE_LOSS_PERCENT = 25
RESEND_PERCENT = 30
SLOW_COMMIT_PERCENT = 15

# By operation and group: the operations of that group which its author had really
# seen, on the screen or behind a value whose author had seen them.
Truth = dict[tuple[str, str], frozenset[str]]


class Device:
    """An installed app: its archive of own operations and its view of the rows."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name
        self.actor = server.enrol()
        self.archive: tuple[Write, ...] = ()
        self.really_seen: Truth = {}  # by entry and group
        self.view: dict[str, Row] = {}
        self.cursor = 0
        self.epoch = 0

    def clone(self) -> "Device":
        """Return a second phone restored from a backup of this one."""
        other = Device(self.server, self.name + "'")
        other.actor = self.actor
        other.archive = self.archive
        other.really_seen = dict(self.really_seen)
        other.view, other.cursor, other.epoch = dict(self.view), self.cursor, self.epoch
        return other

    def chain(self, actor: Actor) -> list[Write]:
        """Return the archived operations of one of this device's actors."""
        return [write for write in self.archive if write.actor == actor]

    def edit(self, chance: random.Random, truth: Truth) -> None:
        """Write one or two groups of an entry; ``truth`` keeps what was really seen."""
        entry = chance.choice(ENTRIES)
        groups = tuple(chance.sample(GROUPS, chance.randint(1, 2)))
        own = self.chain(self.actor)
        write = Write(
            actor=self.actor,
            sequence_number=len(own) + 1,
            id=f"{self.name}-{chance.randrange(10**12)}",
            entry=entry,
            context=self._context(entry),
            groups=groups,
            previous=own[-1].chain_hash if own else GENESIS,
        )
        self.archive = (*self.archive, write)
        for group in groups:
            seen = self.really_seen.get((entry, group), frozenset())
            truth[(write.id, group)] = seen
            self.really_seen[(entry, group)] = seen | {write.id}

    def sync(self, chance: random.Random, truth: Truth, *, is_healthy: bool) -> None:
        """Say hello, push what the server lacks, pull. Any step may be cut off."""
        for actor in sorted({write.actor for write in self.archive}):
            own = self.chain(actor)
            if self._is_forked(actor, own):
                self._reissue(actor)
                return
            last = self.server.log.last.get(actor, 0)
            again = 2 if chance.randrange(100) < RESEND_PERCENT else 0
            writes = tuple(own[max(0, last - again) :])
            if writes and not self._push(chance, writes, is_healthy=is_healthy):
                return
        self._pull(chance, truth, is_healthy=is_healthy)

    def _push(self, chance: random.Random, writes: tuple[Write, ...], *, is_healthy: bool) -> bool:
        """Push; False if the sync ends here."""
        push = self.server.begin(writes)
        if not is_healthy and chance.randrange(100) < SLOW_COMMIT_PERCENT:
            return False
        if not self.server.commit(push):
            self._reissue(writes[0].actor)
            return False
        return is_healthy or chance.randrange(100) >= RESPONSE_LOSS_PERCENT

    def _pull(self, chance: random.Random, truth: Truth, *, is_healthy: bool) -> None:
        log, epoch = self.server.log, self.server.epoch
        if not is_healthy and chance.randrange(100) < RESPONSE_LOSS_PERCENT:
            return
        if self.epoch != epoch:
            self._forget_view()
        for entry, revision in log.revisions.items():
            if revision > self.cursor:
                self.view[entry] = log.rows[entry]
                self._learn(entry, log.rows[entry], truth)
        self.cursor, self.epoch = log.revision, epoch
        own_last = len(self.chain(self.actor))
        if any(row.clock.get(self.actor, (0, ""))[0] > own_last for row in self.view.values()):
            self._reissue(self.actor)  # A clone has gone on under our name.

    def _learn(self, entry: str, row: Row, truth: Truth) -> None:
        for group, live in row.cells.items():
            ids = [str(value) for value in live.values()]
            seen = self.really_seen.get((entry, group), frozenset())
            self.really_seen[(entry, group)] = seen.union(ids, *(truth[(i, group)] for i in ids))

    def _context(self, entry: str) -> Context:
        context = dict(self.view.get(entry, Row()).clock)
        for write in self.archive:
            seen, _ = context.get(write.actor, (0, ""))
            if write.entry == entry and seen < write.sequence_number:
                context[write.actor] = (write.sequence_number, anchor(write.chain_hash))
        return context

    def _is_forked(self, actor: Actor, own: list[Write]) -> bool:
        log = self.server.log
        last = log.last.get(actor, 0)
        if last > len(own) and actor == self.actor:
            return True
        compared_at = min(last, len(own))
        if Mistake.COMPARED_ONLY_AT_SERVERS_LAST in self.server.mistakes and last > len(own):
            return False
        if compared_at == 0:
            return False
        return log.hashes[(actor, compared_at)] != own[compared_at - 1].chain_hash

    def _reissue(self, forked: Actor) -> None:
        """Keep what the server shares and move the own branch to a fresh actor."""
        own = self.chain(forked)
        hashes = self.server.log.hashes
        shared = max(
            (w.sequence_number for w in own if hashes.get(w.dot) == w.chain_hash), default=0
        )
        branch = own[shared:]
        kept = tuple(w for w in self.archive if w.actor != forked or w.sequence_number <= shared)
        actor = self.server.enrol()
        first = 1
        previous = GENESIS
        onto_current = Mistake.REISSUED_ONTO_CURRENT_ACTOR in self.server.mistakes
        if onto_current and forked != self.actor:
            actor = self.actor
            current = self.chain(actor)
            first = len(current) + 1
            previous = current[-1].chain_hash if current else GENESIS
        moved = _rechained(branch, actor, first, previous, own[:shared])
        self.archive = (*kept, *moved)
        if forked == self.actor:
            self.actor = actor
        self._forget_view()

    def _forget_view(self) -> None:
        self.view = {}
        self.cursor = 0
        self.epoch = 0


def _rechained(
    branch: list[Write], actor: Actor, first: int, previous: bytes, shared: list[Write]
) -> list[Write]:
    """Return the branch as operations of ``actor`` with the same ids.

    What they had seen of the forked actor is cut at the last shared operation; the
    rest of it are operations of the branch itself, under their new numbers.
    """
    moved: list[Write] = []
    for write in branch:
        context = dict(write.context)
        seen_of_forked, _ = context.pop(write.actor, (0, ""))
        seen_of_shared = min(seen_of_forked, len(shared))
        if seen_of_shared:
            seen_hash = shared[seen_of_shared - 1].chain_hash
            context[write.actor] = (seen_of_shared, anchor(seen_hash))
        seen_of_branch = seen_of_forked - len(shared)
        if seen_of_branch > 0:
            last_seen = moved[seen_of_branch - 1]
            context[actor] = (last_seen.sequence_number, anchor(last_seen.chain_hash))
        again = replace(
            write,
            actor=actor,
            sequence_number=first + len(moved),
            context=context,
            previous=previous,
        )
        previous = again.chain_hash
        moved.append(again)
    return moved
