"""From operations to the entry that people see, and what follows from it.

Each function takes one operation that is ready: its causes are there, its values
have form. The entry's state after it depends on the set of operations alone.
"""

from collections.abc import Mapping
from uuid import uuid5

from daywork.core.approval import (
    APPROVED_ONCE,
    SUPERSEDED,
    VOID_NOTES,
    Decision,
    Standing,
    Status,
    content_under,
    standing,
    why_ineffective,
)
from daywork.core.hash_chain import MATERIAL_GROUPS, anchor
from daywork.core.ids import PersonId, PostingId
from daywork.core.json_value import JsonValue
from daywork.core.merge import (
    Change,
    applied,
    conflict_flags,
    delete_counts,
    has_deletion,
    projected,
)
from daywork.core.operation import Operation
from daywork.core.roles import Member, Role, deciders, may_decide, may_edit, may_see
from daywork.core.time_entry import is_running, own_flags, work_date, worked_seconds
from daywork.core.verdict import Amendment, Applied, Held, Late
from daywork.core.working_set import (
    Approved,
    EntryState,
    LoggedOperation,
    PostingState,
    WorkingSet,
    allocated_projects,
)

SIBLINGS_MAX = 8  # live values of one group; more is a flood, not a conflict
REVOKE_SECONDS_MAX = 600  # the approver's own second thought

_HELD_FIELD = {"running": "time.end", "deleted": "life"}
_JUDGEMENTS = frozenset(("approve", "reject", "revoke"))
_APPLIED = Applied()
_UNDECIDED = Standing(Status.DRAFT)


def start_entry(working: WorkingSet, logged: LoggedOperation, operation: Operation) -> EntryState:
    """Return a new entry of the author's, without content yet."""
    entry = EntryState(
        id=operation.entry_id,
        owner_id=logged.person_id,
        first_dot=logged.dot,
        cells={},
        clock={},
        operations=[],
    )
    working.entries[entry.id] = entry
    return entry


def add_change(
    working: WorkingSet, entry: EntryState, logged: LoggedOperation, operation: Operation
) -> Applied | Amendment | Late | Held:
    """Write the operation's values into the entry, or say why it may not."""
    if logged.person_id != entry.owner_id:
        refusal = _refused_stranger(working, entry, logged, operation)
        if refusal is not None:
            return refusal
    context = working.effective_context(operation)
    was_closed = _is_closed(working, entry)
    cells = applied(entry.cells, logged.dot, operation.values, context)
    if max(map(len, cells.values()), default=0) > SIBLINGS_MAX:
        return Held("quota", dropped=operation.dropped)
    entry.cells = cells
    _advance(entry, logged)
    if any(other.is_forced for other in entry.operations):
        # The cause of a forced one may have come: its context has grown since.
        entry.cells = projected(history(working, entry)[0])
    if logged.person_id != entry.owner_id:
        working.people_to_tell.add(entry.owner_id)
    is_material = any(group in operation.values for group in MATERIAL_GROUPS)
    if is_material and (was_closed or _is_closed(working, entry)):
        return Late(dropped=operation.dropped)
    if is_material and entry.approved is not None:
        return Amendment(dropped=operation.dropped)
    return Applied(dropped=operation.dropped) if operation.dropped else _APPLIED


def add_decision(
    working: WorkingSet, entry: EntryState, logged: LoggedOperation, operation: Operation
) -> Applied | Held:
    """Record the decision if it is the author's to take and fits what it says it saw."""
    is_seen = _is_in_sight(working, entry, logged, operation)
    if not is_seen or not _is_authorised(working, entry, logged, operation):
        # Who decided may have lost the right meanwhile: those who have it should know.
        working.people_to_tell |= approvers_of(working, entry.owner_id)
        return Held("not_authorised") if is_seen else Held("unknown_ref", "e")
    decision = _decision(working, logged, operation)
    changes, decisions = history(working, entry)
    note = why_ineffective(decision, changes, decisions)
    if note in VOID_NOTES:
        return Held("value_invalid", _HELD_FIELD.get(note or "", "dg"), note)
    if operation.kind == "revoke" and _is_late_revoke(working, entry, logged):
        return Held("not_authorised", note="too_late")
    _advance(entry, logged)
    if operation.kind == "reject" or note == SUPERSEDED:
        working.people_to_tell.add(entry.owner_id)
    return Applied(note=note)


def _is_closed(working: WorkingSet, entry: EntryState) -> bool:
    """Whether one of the entry's days, as it stands or as it was approved, is closed."""
    closed = working.reference.closed_through
    if closed is None:
        return False
    times = entry.time_values()
    approved = None if entry.approved is None else entry.approved.values.get("time")
    if isinstance(approved, dict):
        times.append(approved)
    return any(work_date(time) <= closed for time in times)


def refresh(working: WorkingSet, entry: EntryState) -> None:
    """Compute all that follows from the entry's operations."""
    working.touched.add(entry.id)
    times = entry.time_values()
    flags = list(conflict_flags(entry.cells))
    is_disputed = has_deletion(entry.cells)
    # A history is gone through only where something follows from it: most are one change.
    is_decided = any(logged.is_decision for logged in entry.operations)
    changes, decisions = history(working, entry) if is_disputed or is_decided else ((), ())
    contexts = {change.dot: change.context for change in changes}
    is_void = is_disputed and delete_counts(entry.cells, contexts)
    if is_disputed and not is_void:
        flags.append("delete_vs_edit")
    for time in times:
        flags += [flag for flag in sorted(own_flags(time)) if flag not in flags]
    if any(logged.is_forced for logged in entry.operations):
        flags.append("forced")
    entry.flags = tuple(flags)
    stands = standing(changes, decisions) if decisions else _UNDECIDED
    entry.status = str(stands.status)
    # What was approved stays in sight: its deletion is a wish that somebody decides about.
    entry.is_deleted = is_void and stands.status not in APPROVED_ONCE
    _follow_approval(working, entry, stands)
    if stands.approved is not None and not stands.pending:
        return
    if not entry.is_deleted and not any(map(is_running, times)):
        working.waiting_owner_ids.add(entry.owner_id)
        approvers = working.reference.approvers
        for project in entry.project_ids() if approvers else ():
            working.people_to_tell |= approvers.get(project, frozenset()) - {entry.owner_id}


def approvers_of(working: WorkingSet, owner_id: PersonId) -> frozenset[PersonId]:
    """Return who decides about that person's time."""
    reference = working.reference
    found = reference.deciders.get(owner_id)
    if found is None:
        owner = reference.members.get(owner_id)
        members = tuple(reference.members.values())
        found = frozenset() if owner is None else deciders(owner, members)
        reference.deciders[owner_id] = found
    return found


def displayed_time(entry: EntryState) -> Mapping[str, JsonValue] | None:
    """Return the live time value with most worked seconds; of equal ones the first."""
    return max(entry.time_values(), key=worked_seconds, default=None)


def _advance(entry: EntryState, logged: LoggedOperation) -> None:
    entry.clock[logged.actor] = (logged.sequence_number, anchor(logged.chain_hash))
    entry.operations.append(logged)


def _member(working: WorkingSet, logged: LoggedOperation) -> Member:
    """Return the author with the rights at receipt."""
    known = working.reference.members.get(logged.person_id)
    roles = frozenset(Role(role) for role in logged.roles)
    return Member(logged.person_id, roles, None if known is None else known.manager_id)


def _is_in_sight(
    working: WorkingSet, entry: EntryState, logged: LoggedOperation, operation: Operation
) -> bool:
    if logged.person_id == entry.owner_id or _approves(working, entry, logged, operation):
        return True
    owner = working.reference.members.get(entry.owner_id)
    members = tuple(working.reference.members.values())
    return owner is not None and may_see(_member(working, logged), owner, members)


def _refused_stranger(
    working: WorkingSet, entry: EntryState, logged: LoggedOperation, operation: Operation
) -> Held | None:
    if operation.kind == "new":
        return Held("not_authorised", dropped=operation.dropped)
    if not _is_in_sight(working, entry, logged, operation):
        return Held("unknown_ref", "e", dropped=operation.dropped)
    owner = working.reference.members[entry.owner_id]
    members = tuple(working.reference.members.values())
    if not may_edit(_member(working, logged), owner, members):
        return Held("not_authorised", dropped=operation.dropped)
    return None


def _is_authorised(
    working: WorkingSet, entry: EntryState, logged: LoggedOperation, operation: Operation
) -> bool:
    if operation.kind not in _JUDGEMENTS:
        return logged.person_id == entry.owner_id
    if _approves(working, entry, logged, operation):
        return True
    owner = working.reference.members.get(entry.owner_id)
    members = tuple(working.reference.members.values())
    return owner is not None and may_decide(_member(working, logged), owner, members)


def _approves(
    working: WorkingSet, entry: EntryState, logged: LoggedOperation, operation: Operation
) -> bool:
    """Whether the author approves a project of the entry, as it was when they saw it.

    What they saw counts, not what the entry is by now: else the order of arrival would
    decide whether an approval stands. Nobody decides about their own time.
    """
    approvers = working.reference.approvers
    if not approvers or logged.person_id == entry.owner_id:
        return False
    changes, _ = history(working, entry)
    seen = working.effective_context(operation)
    projects = allocated_projects(content_under(changes, seen).get("alloc", {}).values())
    return any(logged.person_id in approvers.get(project, ()) for project in projects)


def _is_late_revoke(working: WorkingSet, entry: EntryState, logged: LoggedOperation) -> bool:
    """A revoke is the approver's own, within ten minutes, before a batch holds it."""
    approved = entry.approved
    if approved is None:
        return False
    is_sent = any(
        posting.is_sent and posting.digest == approved.digest
        for posting in working.postings.get(entry.id, ())
    )
    age_milliseconds = logged.received_at - approved.approved_at
    is_own = approved.approver_id == logged.person_id
    return is_sent or not is_own or age_milliseconds > REVOKE_SECONDS_MAX * 1000


def history(
    working: WorkingSet, entry: EntryState
) -> tuple[tuple[Change, ...], tuple[Decision, ...]]:
    """Return the entry's effective changes and decisions, with the contexts that count."""
    changes = []
    decisions = []
    for logged in entry.operations:
        operation = logged.operation
        assert operation is not None, "an entry is made of readable operations"
        if operation.is_decision:
            decisions.append(_decision(working, logged, operation))
        else:
            context = working.effective_context(operation)
            changes.append(Change(logged.dot, operation.values, context))
    return tuple(changes), tuple(decisions)


def _decision(working: WorkingSet, logged: LoggedOperation, operation: Operation) -> Decision:
    assert operation.digest is not None, "a decision without a digest is malformed"
    return Decision(
        dot=logged.dot,
        kind=operation.kind,
        context=working.effective_context(operation),
        digest=operation.digest,
        person=logged.person_id,
        is_authorised=True,  # Those that were not are held and never part of the entry.
        received_at=logged.received_at,
    )


def _follow_approval(working: WorkingSet, entry: EntryState, stands: Standing) -> None:
    """Keep the approved version, and the postings that may follow from it."""
    version = stands.approved
    if version is None:
        entry.approved = None
    else:
        entry.approved = Approved(
            digest=version.digest,
            values=version.values,
            approver_id=version.person,
            approved_at=version.received_at,
        )
        working.new_versions[(entry.id, version.digest)] = entry.approved
    _follow_postings(working, entry)


def _follow_postings(working: WorkingSet, entry: EntryState) -> None:
    if entry.approved is None and entry.id not in working.postings:
        return
    postings = working.postings.setdefault(entry.id, [])
    digest = None if entry.approved is None else entry.approved.digest
    for posting in postings:
        if posting.digest != digest and not posting.is_sent and posting.state != "withdrawn":
            _change_posting(working, entry, posting, "withdrawn", None)
    if entry.approved is None or digest is None:
        return
    is_correction = any(posting.is_sent and posting.digest != digest for posting in postings)
    state, reason = ("held", "correction") if is_correction else ("computed", None)
    known = next((posting for posting in postings if posting.digest == digest), None)
    if known is None:
        known = PostingState(PostingId(uuid5(entry.id, digest)), digest, "withdrawn")
        postings.append(known)
    if known.state == "withdrawn":
        known.approved_at = entry.approved.approved_at
        _change_posting(working, entry, known, state, reason)


def _change_posting(
    working: WorkingSet, entry: EntryState, posting: PostingState, state: str, reason: str | None
) -> None:
    posting.state = state
    posting.reason = reason
    working.changed_postings[posting.id] = (entry.id, posting)
