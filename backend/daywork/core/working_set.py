"""What a group of pushes touches, in memory.

The store fills it, the pure rules of ``ingestion`` change it, the store saves
what changed: one load, one decision, one save for many phones at once. Nothing
here is shared between transactions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from daywork.core.clock_seal import ClockSeal, unsealed_context
from daywork.core.ids import Actor, Dot, OperationId, PersonId, PostingId, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.core.merge import Cells
from daywork.core.operation import Operation
from daywork.core.roles import Member


@dataclass(slots=True)
class DeviceHead:
    """Where a device's chain stands."""

    actor: Actor
    person_id: PersonId
    label: str
    public_key: str  # JWK
    is_retired: bool
    last_sequence_number: int
    last_chain_hash: bytes
    retired_sequence_number: int = 0  # where its chain stood when it was retired
    pending_count: int = 0  # what it announced and has not sent since


@dataclass(slots=True)
class LoggedOperation:
    """An operation in the log, stored long ago or in this very group.

    ``operation`` is None where the item had no readable form. ``result`` is what
    was answered, or the present result of one that was held and released.
    """

    actor: Actor
    sequence_number: int
    chain_hash: bytes
    person_id: PersonId
    roles: frozenset[str]  # of the author, at receipt
    received_at: int  # milliseconds since 1970
    schema: int
    operation: Operation | None
    item: Mapping[str, JsonValue]
    text: str  # the item, compact, its members in the order in which they came
    result: dict[str, JsonValue]
    held_code: str | None = None
    alias_of: Dot | None = None
    is_forced: bool = False
    is_aside: bool = False  # kept for later: its ids name nothing yet

    @property
    def dot(self) -> Dot:
        """The operation's place in the actor's chain."""
        return (self.actor, self.sequence_number)

    @property
    def is_effective(self) -> bool:
        """Whether the entry's state follows from this one, among others."""
        return self.operation is not None and self.held_code is None and self.alias_of is None

    @property
    def is_decision(self) -> bool:
        """Whether it decides about a time entry."""
        return self.operation is not None and self.operation.is_decision


@dataclass(slots=True)
class Approved:
    """The approved content as phones see it."""

    digest: str
    values: Mapping[str, JsonValue]
    approver_id: PersonId
    approved_at: int  # milliseconds since 1970, the server's receipt


@dataclass(slots=True)
class EntryState:
    """One time entry, projected from its operations."""

    id: TimeEntryId
    owner_id: PersonId
    first_dot: Dot
    cells: Cells
    clock: dict[Actor, tuple[int, str]]  # actor -> last sequence number and its anchor
    operations: list[LoggedOperation]
    status: str = "draft"
    flags: tuple[str, ...] = ()
    approved: Approved | None = None
    posted_digest: str | None = None
    is_deleted: bool = False
    is_erased: bool = False  # lawfully: nothing but its id is left
    is_forced: bool = False
    revision: int = 0
    before: str = ""  # what was stored: an unchanged entry is not written again

    def time_values(self) -> list[Mapping[str, JsonValue]]:
        """The live ``time`` values, in ascending order of their dots."""
        live = cast("dict[Dot, Mapping[str, JsonValue]]", self.cells.get("time", {}))
        return [live[dot] for dot in sorted(live)] if len(live) > 1 else list(live.values())

    def project_ids(self) -> frozenset[str]:
        """The projects of the live ``alloc`` values."""
        return allocated_projects(self.cells.get("alloc", {}).values())


def allocated_projects(allocations: Iterable[JsonValue]) -> frozenset[str]:
    """Return the projects that these ``alloc`` values name."""
    named = (value.get("project") for value in allocations if isinstance(value, dict))
    return frozenset(project for project in named if isinstance(project, str))


@dataclass(slots=True)
class PostingState:
    """A version on its way to the ledger, or there already."""

    id: PostingId
    digest: str
    state: str
    reason: str | None = None
    approved_at: int = 0  # milliseconds since 1970

    @property
    def is_sent(self) -> bool:
        """Whether a batch holds it: it can no longer be withdrawn silently."""
        return self.state not in {"computed", "held", "withdrawn"}


@dataclass(frozen=True, slots=True)
class ProjectState:
    """What an allocation may refer to."""

    is_closed: bool
    task_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reference:
    """The organisation's people and projects, which change rarely."""

    members: Mapping[PersonId, Member]
    names: Mapping[PersonId, str]
    projects: Mapping[str, ProjectState]
    approvers: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)  # of projects
    closed_through: date | None = None  # all days up to this one are closed
    # Who decides about whom, remembered as it is asked for: it follows from the members.
    deciders: dict[PersonId, frozenset[PersonId]] = field(default_factory=dict, compare=False)


@dataclass(slots=True)
class WorkingSet:
    """Everything a group of pushes reads and writes, of one organisation."""

    revision: int = 0  # the last one given out
    failed: frozenset[Dot] = frozenset()  # items that met a bug when tried before
    devices: dict[Actor, DeviceHead] = field(default_factory=dict)
    reference: Reference = field(default_factory=lambda: Reference({}, {}, {}))
    log: dict[Dot, LoggedOperation] = field(default_factory=dict)
    chain_hashes: dict[Dot, bytes] = field(default_factory=dict)
    known_results: dict[Dot, dict[str, JsonValue]] = field(default_factory=dict)
    by_id: dict[OperationId, LoggedOperation] = field(default_factory=dict)
    entries: dict[TimeEntryId, EntryState] = field(default_factory=dict)
    # Entries of the same people that only lie near: loaded to find overlaps.
    neighbours: dict[TimeEntryId, EntryState] = field(default_factory=dict)
    outskirts: dict[TimeEntryId, EntryState] = field(default_factory=dict)  # around those
    seals: dict[TimeEntryId, list[ClockSeal]] = field(default_factory=dict)
    waiting: list[LoggedOperation] = field(default_factory=list)  # held for a causal gap
    postings: dict[TimeEntryId, list[PostingState]] = field(default_factory=dict)
    # What the store has to save.
    new_operations: list[LoggedOperation] = field(default_factory=list)
    released: dict[Dot, LoggedOperation] = field(default_factory=dict)
    judged_again: set[Dot] = field(default_factory=set)  # among those
    changed_devices: set[Actor] = field(default_factory=set)
    touched: set[TimeEntryId] = field(default_factory=set)
    new_versions: dict[tuple[TimeEntryId, str], Approved] = field(default_factory=dict)
    changed_postings: dict[PostingId, tuple[TimeEntryId, PostingState]] = field(
        default_factory=dict
    )
    people_to_tell: set[PersonId] = field(default_factory=set)
    waiting_owner_ids: set[PersonId] = field(default_factory=set)  # whose entries wait

    def effective_context(self, operation: Operation) -> dict[Actor, int]:
        """Return what the operation's author had seen, as far as the history bears it out."""
        seals = self.seals.get(operation.entry_id, ())
        return unsealed_context(operation.context, self.chain_hash_at, seals)

    def chain_hash_at(self, actor: Actor, sequence_number: int) -> bytes | None:
        """Return the stored hash of that operation, or None if there is none."""
        logged = self.log.get((actor, sequence_number))
        if logged is not None:
            return logged.chain_hash
        return self.chain_hashes.get((actor, sequence_number))
