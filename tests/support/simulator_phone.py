"""A phone of the simulator: what it has written, what it has seen, how it syncs.

It speaks the wire as the app does. Beside that it keeps what no phone has: which
operations its person had really seen, on the screen or behind a value whose author had
seen them. That is the truth by which the server's clocks are judged.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from daywork.core.hash_chain import GENESIS, decode_base64url, encode_base64url
from daywork.core.ids import Actor
from daywork.core.operation import recomputed_hash
from support.crew import Key
from support.door import row_digest

# By operation and group: the operations of that group which its author had really seen.
Seen: TypeAlias = frozenset[str]
Truth: TypeAlias = dict[tuple[str, str], Seen]
Context: TypeAlias = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Written:
    """One operation as it was written; ``item`` is its wire form with its hash."""

    actor: Actor
    item: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The operation's id, the same under any number."""
        return str(self.item["id"])

    @property
    def entry(self) -> str:
        """The entry's wire id."""
        return str(self.item["e"])

    @property
    def number(self) -> int:
        """The sequence number."""
        return int(self.item["q"])

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups it writes: none if it is a decision."""
        return () if "dg" in self.item else tuple(self.item["s"])


@dataclass
class Form:
    """An entry as it stood on the screen when its form was opened."""

    entry: str
    row: Mapping[str, Any] | None
    seen: dict[str, Seen]  # by group


@dataclass
class Phone:
    """An installed app: its chains, the rows it shows and where its pull stands."""

    name: str
    person: str
    actor: Actor
    key: Key
    cookie: str
    signed: dict[tuple[str, int, str], Written]  # of all phones, by dot and hash
    chains: dict[Actor, tuple[Written, ...]] = field(default_factory=dict)
    keys: dict[Actor, Key] = field(default_factory=dict)
    rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)  # by entry and group
    form: Form | None = None
    cursor: str | None = None
    epoch: str | None = None
    clock_skew_seconds: int = 0

    def __post_init__(self) -> None:
        self.keys[self.actor] = self.key
        self.chains.setdefault(self.actor, ())

    def clone(self) -> "Phone":
        """Return a second phone, restored from a backup of this one."""
        other = copy.copy(self)
        other.name += "'"
        other.chains, other.keys = dict(self.chains), dict(self.keys)
        other.rows, other.seen = dict(self.rows), dict(self.seen)
        return other

    def become(self, actor: Actor, key: Key, cookie: str | None) -> None:
        """Go on under a fresh actor; the former ones stay for what they wrote."""
        self.actor, self.key = actor, key
        self.cookie = cookie or self.cookie
        self.keys[actor] = key
        self.chains[actor] = ()

    @property
    def archive(self) -> Sequence[Written]:
        """All operations of this phone, of former actors too."""
        return [one for chain in self.chains.values() for one in chain]

    def open_form(self, entry: str) -> Form:
        """Return the entry as the person sees it now."""
        seen = {group: ids for (one, group), ids in self.seen.items() if one == entry}
        self.form = Form(entry, self.rows.get(entry), seen)
        return self.form

    def write(
        self, form: Form, kind: str, values: Mapping[str, Any], more: "WrittenDown", truth: Truth
    ) -> Written:
        """Append an operation on the form's entry; ``truth`` keeps what was really seen."""
        item: dict[str, Any] = {
            "id": more.id,
            "e": form.entry,
            "by": kind,
            "c": {} if kind == "new" else self._context(form),
            "s": {group: {"v": value, "n": more.salt} for group, value in values.items()},
            "w": more.written_at,
        }
        if more.digest is not None:
            item["dg"] = more.digest
        own = [one for one in self.archive if one.entry == form.entry]
        written = self._append(self.actor, item)
        for group in written.groups:
            seen = form.seen.get(group, frozenset())
            for other in own:
                if group in other.groups:
                    seen |= {other.id} | truth[(other.id, group)]
            truth[(more.id, group)] = Seen() if kind == "new" else seen
            known = self.seen.get((form.entry, group), frozenset())
            self.seen[(form.entry, group)] = known | seen | {more.id}
        return written

    def learn(
        self, row: Mapping[str, Any], ids: Mapping[tuple[str, int], str], truth: Truth
    ) -> None:
        """Show ``row``; ``ids`` names the operations behind its dots."""
        entry = row["id"]
        self.rows[entry] = row
        for group, values in row["v"].items():
            dots = row["dots"].get(group, [row["d"]] * len(values))
            shown = [ids[(actor, number)] for actor, number in dots]
            known = self.seen.get((entry, group), frozenset())
            self.seen[(entry, group)] = known.union(shown, *(truth[(i, group)] for i in shown))

    def forget_rows(self) -> None:
        """Begin the pull anew; forms that are open stay open."""
        self.rows, self.cursor, self.epoch = {}, None, None

    def mend_fork(self, forked: Actor, shared: int, fresh: Actor) -> None:
        """Move what is behind ``shared`` of a forked chain to the actor ``fresh``.

        The operations keep their ids. What they had seen of the forked chain is cut at
        the last shared operation; the rest are operations of the branch itself, under
        their new numbers.
        """
        chain = self.chains[forked]
        kept, branch = chain[:shared], chain[shared:]
        self.chains[forked] = kept
        first = len(self.chains[fresh])
        for written in branch:
            item = dict(written.item)
            context = dict(item["c"])
            number = context.pop(forked, [0, ""])[0]
            if min(number, shared):
                context[forked] = mark(kept[min(number, shared) - 1])
            if number > shared:
                context[fresh] = mark(self.chains[fresh][first + number - shared - 1])
            item["c"] = context
            self._append(fresh, item)
        self.forget_rows()

    def batch(self, chain: Sequence[Written]) -> dict[str, Any]:
        """Return a signed push of these operations of one actor."""
        actor = chain[0].actor
        return {
            "proto": 1,
            "schema": 1,
            "actor": actor,
            "alg": "ES256",
            "ops": [one.item for one in chain],
            "sig": self.keys[actor].signed(decode_base64url(chain[-1].item["h"])),
        }

    def heads(self) -> list[dict[str, Any]]:
        """Return where each chain stands, as hello tells it."""
        return [head(actor, chain) for actor, chain in self.chains.items()]

    def _context(self, form: Form) -> Context:
        context = {} if form.row is None else {a: list(c) for a, c in form.row["vv"].items()}
        for written in self.archive:
            known = context.get(written.actor, [0])[0]
            if written.entry == form.entry and known < written.number:
                context[written.actor] = mark(written)
        return context

    def _append(self, actor: Actor, item: dict[str, Any]) -> Written:
        chain = self.chains[actor]
        previous = decode_base64url(chain[-1].item["h"]) if chain else GENESIS
        item["q"] = len(chain) + 1
        chain_hash = recomputed_hash(actor, item, previous)
        assert chain_hash is not None, "what a phone writes has a hash"
        written = Written(actor, item | {"h": encode_base64url(chain_hash)})
        self.chains[actor] = (*chain, written)
        self.signed[(actor, written.number, written.item["h"])] = written
        return written


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """What an operation carries beside its values. ``digest`` only if it decides."""

    id: str
    salt: str
    written_at: str
    digest: str | None = None


def mark(written: Written) -> list[Any]:
    """Return the context component that names ``written``."""
    return [written.number, written.item["h"][:6]]


def head(actor: Actor, chain: Sequence[Written]) -> dict[str, Any]:
    """Return where a chain stands, as hello tells it."""
    return {"a": actor, "q": len(chain), "h": chain[-1].item["h"] if chain else None}


def shown_digest(row: Mapping[str, Any]) -> str:
    """Return what is signed when somebody decides about ``row``."""
    return row_digest(row)
