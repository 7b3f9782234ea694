"""Small histories of one time entry, told in few words.

They are recorded with their outcome in ``tests/vectors`` (see ``record_vectors``),
where the phone's core reads them too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from daywork.core.approval import Decision, content_under
from daywork.core.hash_chain import digest
from daywork.core.ids import Actor, Dot, PersonId
from daywork.core.json_value import JsonValue
from daywork.core.merge import Change, single_values
from daywork.core.vector_clock import VectorClock

# Each device is one letter here and ten of them on the wire.
ACTOR_CHARACTERS = 10
DAY = "2026-03-02"


def actor(letter: str) -> Actor:
    """Return the actor of the device called ``letter``."""
    return Actor(letter * ACTOR_CHARACTERS)


def person(letter: str) -> PersonId:
    """Return the person who holds the device called ``letter``."""
    return PersonId(UUID(int=ord(letter)))


def clock(seen: str) -> dict[Actor, int]:
    """Return the clock spelled ``"a2 b1"``."""
    return {actor(part[0]): int(part[1:]) for part in seen.split()}


def shift(start: str, end: str | None, /, **other: JsonValue) -> dict[str, JsonValue]:
    """Return an interval on one day; ``other`` replaces members."""
    value: dict[str, JsonValue] = {
        "start": f"{DAY}T{start}:00Z",
        "end": None if end is None else f"{DAY}T{end}:00Z",
        "brk": [],
        "tz": "Europe/Berlin",
        "src": "timer",
        "elapsed": None,
    }
    return value | other


def work_on(project: str | None, *, billable: bool = True) -> dict[str, JsonValue]:
    """Return an ``alloc`` value."""
    return {"project": project, "task": None, "billable": billable, "kind": "work"}


def deleted(reason: str | None = None) -> dict[str, JsonValue]:
    """Return the ``life`` value of a deletion."""
    return {"deleted": True, "reason": reason}


RESTORED: dict[str, JsonValue] = {"deleted": False, "reason": None}


@dataclass(slots=True)
class History:
    """Changes and decisions of one entry, in the order in which they were made."""

    name: str
    changes: list[Change] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    kinds: dict[Dot, str] = field(default_factory=dict)

    def change(
        self, device: str, seen: str = "", by: str = "edit", **values: JsonValue
    ) -> "History":
        """Add a change by ``device``, whose author had seen ``seen``."""
        dot = self._next_dot(device)
        self.kinds[dot] = by
        self.changes.append(Change(dot, values, clock(seen)))
        return self

    def decide(
        self,
        device: str,
        kind: str,
        seen: str,
        *,
        digest_sent: str | None = None,
        is_authorised: bool = True,
    ) -> "History":
        """Add a decision, with the digest of what was seen unless one is given."""
        context = clock(seen)
        dot = self._next_dot(device)
        self.kinds[dot] = kind
        self.decisions.append(
            Decision(
                dot=dot,
                kind=kind,
                context=context,
                digest=digest_sent or self.digest_under(context),
                person=person(device),
                is_authorised=is_authorised,
                received_at=1_772_463_600 + 60 * len(self.decisions),
            )
        )
        return self

    def digest_under(self, context: VectorClock) -> str:
        """Return the digest of what ``context`` saw; of nothing if it has several."""
        return digest(single_values(content_under(self.changes, context)) or {})

    @property
    def contexts(self) -> Mapping[Dot, VectorClock]:
        """What each change's author had seen."""
        return {change.dot: change.context for change in self.changes}

    def _next_dot(self, device: str) -> Dot:
        return (actor(device), 1 + sum(a == actor(device) for a, _ in self.kinds))
