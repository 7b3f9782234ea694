"""Fill a working set with all that a group of pushes may touch.

What an unread item refers to is collected without judging it: a reference of the
wrong form simply finds nothing, and the core says why.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from daywork.core import schema as schemas
from daywork.core.clock_seal import ClockSeal
from daywork.core.entry_content import entry_from_content
from daywork.core.ids import (
    SERVER,
    Actor,
    Dot,
    OperationId,
    OrganisationId,
    PersonId,
    PostingId,
    TimeEntryId,
)
from daywork.core.ingestion import is_set_aside
from daywork.core.instant import epoch_seconds
from daywork.core.operation import Operation, kept_leaves, read_operation
from daywork.core.push_batch import Purpose, PushedBatch, sequence_number
from daywork.core.roles import Member, Role
from daywork.core.time_entry import interval
from daywork.core.working_set import (
    DeviceHead,
    EntryState,
    LoggedOperation,
    PostingState,
    ProjectState,
    Reference,
    WorkingSet,
)
from daywork.store import push_statements as sql
from daywork.store.statements import Query, Steps

_TWO_DAYS_SECONDS = 2 * 86_400
_NEVER = 2**53


@dataclass(slots=True)
class ReferenceCache:
    """People and projects as of a revision; read again only when that moves on."""

    revision: int = -1
    reference: Reference = field(default_factory=lambda: Reference({}, {}, {}))


@dataclass(slots=True)
class _Mentioned:
    """What the new items of a group speak of."""

    has_new: bool = False
    entry_ids: set[TimeEntryId] = field(default_factory=set)
    operation_ids: set[OperationId] = field(default_factory=set)
    actors: set[Actor] = field(default_factory=set)
    dots: set[Dot] = field(default_factory=set)
    spans: dict[PersonId, tuple[int, int]] = field(default_factory=dict)

    def widen(self, owner_id: PersonId, start: int, end: int | None) -> None:
        """Make the span in which ``owner_id``'s entries may meet include this one."""
        low, high = self.spans.get(owner_id, (start, start))
        self.spans[owner_id] = (min(low, start), max(high, _NEVER if end is None else end))


def load(
    organisation_id: OrganisationId, batches: Sequence[PushedBatch], cache: ReferenceCache
) -> Steps:
    """Return the working set of ``batches``. The counter's lock is held from here on."""
    ((revision, reference_revision),) = yield Query(sql.COUNTER, (organisation_id,))
    if cache.revision != reference_revision:
        cache.reference = yield from _load_reference(organisation_id)
        cache.revision = reference_revision
    working = WorkingSet(revision=revision, reference=cache.reference)
    yield from _load_devices(organisation_id, working, {batch.actor for batch in batches})
    yield from _load_known(organisation_id, working, batches)
    is_release = yield from _load_released(organisation_id, working, batches)
    mentioned = _mentioned(working, batches)
    if not (mentioned.has_new or is_release):
        return working  # Everything is known: nothing will be written.
    rows = yield Query(sql.WAITING_OPERATIONS, (organisation_id,))
    working.waiting = [_remember(working, row) for row in rows]
    for logged in working.waiting:
        assert logged.operation is not None, "only readable operations wait"
        _mention(mentioned, logged.operation, logged.person_id)
        mentioned.actors.add(logged.actor)
        working.by_id[logged.operation.id] = logged
    yield from _load_entries(organisation_id, working, mentioned)
    yield from _load_devices(organisation_id, working, mentioned.actors - working.devices.keys())
    yield from _load_references(organisation_id, working, mentioned)
    yield from _load_neighbours(organisation_id, working, mentioned)
    return working


def load_entries(organisation_id: OrganisationId, entry_ids: Collection[TimeEntryId]) -> Steps:
    """Return a working set of these entries with their operations, to look at only."""
    working, mentioned = WorkingSet(), _Mentioned(entry_ids=set(entry_ids))
    yield from _load_entries(organisation_id, working, mentioned)
    yield from _load_references(organisation_id, working, mentioned)
    return working


def load_entry_ids(organisation_id: OrganisationId, after: UUID) -> Steps:
    """Return the ids of the next entries behind ``after``, in their order; none at the end."""
    rows = yield Query(sql.NEXT_ENTRIES, (organisation_id, after))
    return [TimeEntryId(entry_id) for (entry_id,) in rows]


def load_held(organisation_id: OrganisationId, after: Dot) -> Steps:
    """Return the next operations behind ``after`` that do not count, in the order of chains."""
    rows = yield Query(sql.NEXT_HELD, (organisation_id, *after))
    return [_logged(row, with_leaves=False) for row in rows]


def load_effective_count(organisation_id: OrganisationId) -> Steps:
    """Return how many operations of the log are part of entries."""
    ((count,),) = yield Query(sql.EFFECTIVE_COUNT, (organisation_id,))
    return count


def _load_reference(organisation_id: OrganisationId) -> Steps:
    people = yield Query(sql.MEMBERS, (organisation_id,))
    projects = yield Query(sql.PROJECTS, (organisation_id,))
    tasks = yield Query(sql.TASKS, (organisation_id,))
    approving = yield Query(sql.APPROVERS, (organisation_id,))
    approvers: dict[str, set[PersonId]] = {}
    for project_id, person_id in approving:
        approvers.setdefault(str(project_id), set()).add(PersonId(person_id))
    closed = yield Query(sql.CLOSED_PERIODS, (organisation_id,))
    tasks_of: dict[UUID, set[str]] = {}
    for task_id, project_id in tasks:
        tasks_of.setdefault(project_id, set()).add(str(task_id))
    return Reference(
        members={
            person_id: Member(person_id, frozenset(Role(r) for r in roles.split()), manager_id)
            for person_id, _, roles, manager_id in people
        },
        names={person_id: name for person_id, name, _, _ in people},
        projects={
            str(project_id): ProjectState(
                is_closed=bool(is_closed), task_ids=frozenset(tasks_of.get(project_id, ()))
            )
            for project_id, is_closed in projects
        },
        approvers={project: frozenset(people) for project, people in approvers.items()},
        closed_through=max((date.fromisoformat(through) for (through,) in closed), default=None),
    )


def _load_entries(
    organisation_id: OrganisationId, working: WorkingSet, mentioned: _Mentioned
) -> Steps:
    keys = _keys(mentioned.entry_ids)
    rows = yield Query(sql.ENTRIES, (organisation_id,), keys)
    for entry_id, revision, content in rows:
        working.entries[entry_id] = entry_from_content(entry_id, content, revision, [])
    if not rows:
        return
    sealed = [(entry.id,) for entry in working.entries.values() if SERVER in entry.clock]
    if sealed:
        for entry_id, number, clock in (yield Query(sql.CLOCK_SEALS, (organisation_id,), sealed)):
            seal = ClockSeal(TimeEntryId(entry_id), number, json.loads(clock))
            working.seals.setdefault(seal.entry_id, []).append(seal)
    known = _keys(working.entries)
    for row in (yield Query(sql.OPERATIONS_OF_ENTRIES, (organisation_id,), known)):
        logged = _remember(working, row)
        mentioned.actors.add(logged.actor)
        if logged.is_effective and logged.operation is not None:
            working.entries[logged.operation.entry_id].operations.append(logged)
            mentioned.dots |= _dots_of(logged.operation.context)
    for entry in working.entries.values():
        _mention_times(mentioned, entry)
    for entry_id, *posting in (yield Query(sql.POSTINGS, (organisation_id,), known)):
        posting_id, digest, state, reason, approved_at = posting
        state_of = PostingState(PostingId(posting_id), digest, state, reason, approved_at)
        working.postings.setdefault(entry_id, []).append(state_of)


def _load_devices(
    organisation_id: OrganisationId, working: WorkingSet, actors: Collection[Actor]
) -> Steps:
    rows = (yield Query(sql.DEVICES, (organisation_id,), _keys(actors))) if actors else ()
    for actor, person_id, label, public_key, retired_at, retired, last, last_hash, pending in rows:
        working.devices[actor] = DeviceHead(
            actor=actor,
            person_id=PersonId(person_id),
            label=label,
            public_key=public_key,
            is_retired=retired_at is not None,
            last_sequence_number=last,
            last_chain_hash=bytes(last_hash),
            retired_sequence_number=retired or 0,
            pending_count=pending or 0,
        )


def _load_known(
    organisation_id: OrganisationId, working: WorkingSet, batches: Sequence[PushedBatch]
) -> Steps:
    """Load hash and result of what was pushed before."""
    known: set[Dot] = set()
    for batch in batches:
        last = _last_known(working, batch)
        for item in batch.items:
            number = item["q"]
            if isinstance(number, int) and 1 <= number <= last:
                known |= {(batch.actor, number), (batch.actor, number - 1)}
    if known:
        rows = yield Query(sql.KNOWN_OPERATIONS, (organisation_id,), sorted(known))
        for actor, number, chain_hash, result in rows:
            working.chain_hashes[(actor, number)] = bytes(chain_hash)
            working.known_results[(actor, number)] = json.loads(result)


def _load_released(
    organisation_id: OrganisationId, working: WorkingSet, batches: Sequence[PushedBatch]
) -> Steps:
    """Load what is to be judged again, and say whether anything may be."""
    releases = [batch for batch in batches if batch.purpose is Purpose.RELEASE]
    dots = {(batch.actor, sequence_number(item)) for batch in releases for item in batch.items}
    if dots:
        for row in (yield Query(sql.OPERATIONS_AT, (organisation_id,), sorted(dots))):
            _remember(working, row)
    return bool(releases)


def _load_references(
    organisation_id: OrganisationId, working: WorkingSet, mentioned: _Mentioned
) -> Steps:
    """Load operations that go by the same ids, and the hashes that contexts name."""
    ids = _keys(mentioned.operation_ids)
    for row in (yield Query(sql.OPERATIONS_BY_ID, (organisation_id,), ids)):
        logged = _remember(working, row, with_leaves=True)
        if logged.operation is not None:
            working.by_id[logged.operation.id] = logged
    unresolved = sorted(mentioned.dots - working.log.keys())
    if unresolved:
        rows = yield Query(sql.CHAIN_HASHES, (organisation_id,), unresolved)
        for actor, number, chain_hash in rows:
            working.chain_hashes[(actor, number)] = bytes(chain_hash)


def _load_neighbours(
    organisation_id: OrganisationId, working: WorkingSet, mentioned: _Mentioned
) -> Steps:
    """Load the entries that may meet the touched ones, and those around them."""
    near = yield from _near(organisation_id, mentioned.spans)
    found = {entry.id: entry for entry in near if entry.id not in working.entries}
    working.neighbours |= found
    around = _Mentioned(spans={e.owner_id: mentioned.spans[e.owner_id] for e in found.values()})
    for entry in found.values():
        _mention_times(around, entry)
    wider = {
        owner_id: span
        for owner_id, span in around.spans.items()
        if span != mentioned.spans[owner_id]
    }
    for entry in (yield from _near(organisation_id, wider)):
        if entry.id not in working.entries and entry.id not in working.neighbours:
            working.outskirts[entry.id] = entry


def _near(organisation_id: OrganisationId, spans: Mapping[PersonId, tuple[int, int]]) -> Steps:
    each = [
        (owner_id, max(end, start + 1), start - _TWO_DAYS_SECONDS, start - 1)
        for owner_id, (start, end) in sorted(spans.items())
    ]
    if not each:
        return []
    rows: list[Sequence[Any]] = []
    for statement in (sql.NEAR_ENTRIES, sql.LONG_ENTRIES):
        rows += yield Query(statement, (organisation_id,), each)
    return [entry_from_content(row[0], row[2], row[1], []) for row in rows]


def _last_known(working: WorkingSet, batch: PushedBatch) -> int:
    device = working.devices.get(batch.actor)
    return 0 if device is None else device.last_sequence_number


def _mentioned(working: WorkingSet, batches: Sequence[PushedBatch]) -> _Mentioned:
    """Return what the new items speak of; one that has no form is held and finds nothing."""
    mentioned = _Mentioned()
    for batch in batches:
        last = 0 if batch.purpose is Purpose.RELEASE else _last_known(working, batch)
        for position, item in enumerate(batch.items):
            if sequence_number(item) <= last:
                continue
            mentioned.has_new = True
            operation = batch.reading(position).operation
            if isinstance(operation, Operation):
                _mention(mentioned, operation, batch.person_id)
    return mentioned


def _mention(mentioned: _Mentioned, operation: Operation, person_id: PersonId) -> None:
    mentioned.entry_ids.add(operation.entry_id)
    mentioned.operation_ids.add(operation.id)
    if operation.context:
        mentioned.actors.update(operation.context)
        mentioned.dots |= _dots_of(operation.context)
    time = operation.values.get("time")
    if isinstance(time, dict):
        start = epoch_seconds(time.get("start"))
        if start is not None:
            mentioned.widen(person_id, start, epoch_seconds(time.get("end")))


def _mention_times(mentioned: _Mentioned, entry: EntryState) -> None:
    for time in entry.time_values():
        span = interval(time)
        if span is not None:
            mentioned.widen(entry.owner_id, *span)


def _remember(
    working: WorkingSet, row: Sequence[Any], *, with_leaves: bool = False
) -> LoggedOperation:
    logged = _logged(row, with_leaves=with_leaves)
    return (
        working.log.setdefault(logged.dot, logged) if not with_leaves else _renew(working, logged)
    )


def _renew(working: WorkingSet, logged: LoggedOperation) -> LoggedOperation:
    """Give an operation that is loaded already the leaves it lacked."""
    present = working.log.setdefault(logged.dot, logged)
    present.operation = logged.operation
    return present


def _logged(row: Sequence[Any], *, with_leaves: bool) -> LoggedOperation:
    (actor, number, chain_hash, operation_id, _, person_id, roles, schema) = row[:8]
    (received_at, held_code, alias_of, item_text, result_text) = row[8:]
    item = json.loads(item_text)
    operation = None
    if operation_id is not None:
        leaves = kept_leaves(item) if with_leaves else {}
        read = read_operation(actor, item, leaves)
        if isinstance(read, Operation):
            operation = schemas.SHIPPED.current(read, schema)
    result = json.loads(result_text)
    return LoggedOperation(
        actor=actor,
        sequence_number=number,
        chain_hash=bytes(chain_hash),
        person_id=PersonId(person_id),
        roles=frozenset(roles.split()),
        received_at=received_at,
        schema=schema,
        operation=operation,
        item=item,
        text=item_text,
        result=result,
        held_code=held_code,
        alias_of=None if alias_of is None else _dot(alias_of),
        is_forced=bool(result.get("forced")),
        is_aside=is_set_aside(held_code, result),
    )


def _dot(text: str) -> Dot:
    actor, number = text.split("/")
    return Actor(actor), int(number)


def _dots_of(context: Mapping[Actor, tuple[int, str]]) -> set[Dot]:
    return {(actor, number) for actor, (number, _) in context.items()}


def _keys(values: Iterable[Any]) -> list[tuple[Any]]:
    return [(value,) for value in values]
