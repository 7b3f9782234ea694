"""Where a time entry stands: a pure function of its changes and decisions.

A decision is bound to what its author saw: the context and the digest of the
content under it. So it never approves what nobody looked at, and the result is
the same in whatever order changes and decisions arrive. Order among decisions is
causal; clocks of phones play no part, and the time of receipt only names the
earliest of several equal approvals.

Rejected: a status field where the last writer wins (the result depends on the
order of arrival, and an approval can cover an edit that its author never saw).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias, cast

from daywork.core.ids import Actor, Dot, PersonId
from daywork.core.json_value import JsonValue
from daywork.core.merge import (
    Cells,
    Change,
    delete_counts,
    digest_of,
    projected,
    single_values,
)
from daywork.core.time_entry import is_running
from daywork.core.vector_clock import VectorClock, covers, joined

# Notes of decisions that have no effect, and of those that came too late.
NOT_AUTHORISED: Final = "not_authorised"
MULTI_VALUED: Final = "multi_valued"
DIGEST_MISMATCH: Final = "digest_mismatch"
RUNNING: Final = "running"
DELETED: Final = "deleted"
SUPERSEDED: Final = "superseded"
SUBMIT_SUPERSEDED: Final = "submit_superseded"

# A decision with one of these is stored and held; it never has an effect.
VOID_NOTES: Final = frozenset((NOT_AUTHORISED, MULTI_VALUED, DIGEST_MISMATCH, RUNNING, DELETED))


class Status(StrEnum):
    """Where a time entry stands, in the words of the wire."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    APPROVED_WITH_AMENDMENT = "approved+amendment"
    REJECTED = "rejected"
    APPROVAL_CONFLICT = "approval_conflict"
    DECISION_CONFLICT = "decision_conflict"


# Somebody has approved a version that nobody took back.
APPROVED_ONCE: Final = frozenset(
    (
        Status.APPROVED,
        Status.APPROVED_WITH_AMENDMENT,
        Status.APPROVAL_CONFLICT,
        Status.DECISION_CONFLICT,
    )
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A submit, recall, approve, reject or revoke of one time entry.

    ``context`` is the effective one. ``is_authorised`` says whether the person
    held the right at receipt. ``received_at`` is the server's time of receipt in
    seconds since 1970 UTC.
    """

    dot: Dot
    kind: str
    context: VectorClock
    digest: str
    person: PersonId
    is_authorised: bool
    received_at: int


@dataclass(frozen=True, slots=True)
class Approved:
    """The version that is approved, and payable: what the approver saw."""

    digest: str
    values: Mapping[str, JsonValue]
    dot: Dot
    person: PersonId
    received_at: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The status, the approved version if there is one, and what waits behind it.

    ``pending`` are the dots of material changes that the approval had not seen;
    ``notes`` says of each ineffective or overtaken decision why it is one. While
    approvals or decisions conflict, nothing is approved.
    """

    status: Status
    approved: Approved | None = None
    pending: tuple[Dot, ...] = ()
    notes: Mapping[Dot, str] = field(default_factory=dict)


Seen: TypeAlias = frozenset[Dot]


def standing(changes: Sequence[Change], decisions: Sequence[Decision]) -> Standing:
    """Return where the entry stands after these changes and decisions.

    Both are sets: their order plays no part.
    """
    ordered = sorted(decisions, key=lambda decision: decision.dot)
    notes = {
        decision.dot: note
        for decision in ordered
        if (note := _note(decision, changes, ordered)) is not None
    }
    valid = [d for d in ordered if notes.get(d.dot) not in VOID_NOTES]
    approvals = [
        approval
        for approval in valid
        if approval.kind == "approve" and not _is_taken_back(approval, valid)
    ]
    if not approvals:
        return Standing(_undecided_status(changes, valid), notes=notes)
    newest = _newest(approvals, changes)
    if len({approval.digest for approval in newest}) > 1:
        return Standing(Status.APPROVAL_CONFLICT, notes=notes)
    if any(_is_disputed(approval, valid, approvals) for approval in newest):
        return Standing(Status.DECISION_CONFLICT, notes=notes)
    pending = _unseen(changes, newest)
    status = Status.APPROVED_WITH_AMENDMENT if pending else Status.APPROVED
    return Standing(status, _approved(newest, changes), pending, notes)


def why_ineffective(
    decision: Decision, changes: Sequence[Change], decisions: Sequence[Decision] = ()
) -> str | None:
    """Return why ``decision`` has no effect, or only on an older version.

    None if it stands for the newest content. ``decisions`` are the entry's other
    ones: a revoke is measured against the approvals that it takes back.
    ``superseded`` and ``submit_superseded`` are notes of an applied decision, the
    others (``VOID_NOTES``) of a held one.
    """
    return _note(decision, changes, decisions)


def content_under(changes: Sequence[Change], context: VectorClock) -> Cells:
    """Return the cells as somebody with ``context`` saw them."""
    return projected(change for change in changes if covers(context, change.dot))


def _note(
    decision: Decision, changes: Sequence[Change], decisions: Sequence[Decision]
) -> str | None:
    if not decision.is_authorised:
        return NOT_AUTHORISED
    if decision.kind in ("approve", "reject"):
        return _note_of_judgement(decision, changes)
    if decision.kind == "revoke":
        names_one = any(_revokes(decision, other) for other in decisions)
        return None if names_one else DIGEST_MISMATCH
    if decision.kind == "submit" and digest_of(projected(changes)) != decision.digest:
        return SUBMIT_SUPERSEDED
    return None


def _note_of_judgement(decision: Decision, changes: Sequence[Change]) -> str | None:
    cells = content_under(changes, decision.context)
    digest = digest_of(cells)
    if digest is None:
        return MULTI_VALUED
    if digest != decision.digest:
        return DIGEST_MISMATCH
    if decision.kind == "approve":
        # Without a time there is no end either: nothing that could be paid.
        times = [cast("Mapping[str, JsonValue]", v) for v in cells.get("time", {}).values()]
        if not times or any(is_running(time) for time in times):
            return RUNNING
        if delete_counts(cells, {change.dot: change.context for change in changes}):
            return DELETED
    return SUPERSEDED if _unseen(changes, (decision,)) else None


def _is_taken_back(approval: Decision, valid: Sequence[Decision]) -> bool:
    return any(
        _revokes(other, approval)
        or (other.kind == "reject" and covers(other.context, approval.dot))
        for other in valid
    )


def _revokes(revoke: Decision, approval: Decision) -> bool:
    return (
        revoke.kind == "revoke"
        and approval.kind == "approve"
        and revoke.digest == approval.digest
        and covers(revoke.context, approval.dot)
    )


def _undecided_status(changes: Sequence[Change], valid: Sequence[Decision]) -> Status:
    current_digest = digest_of(projected(changes))
    submits = [
        submit
        for submit in valid
        if submit.kind == "submit"
        and submit.digest == current_digest
        and not _is_covered_by(submit, valid, "recall")
    ]
    rejects = [
        reject
        for reject in valid
        if reject.kind == "reject"
        and not _unseen(changes, (reject,))
        and not any(covers(submit.context, reject.dot) for submit in submits)
    ]
    if rejects:
        return Status.REJECTED
    return Status.SUBMITTED if submits else Status.DRAFT


def _is_covered_by(decision: Decision, valid: Sequence[Decision], kind: str) -> bool:
    return any(other.kind == kind and covers(other.context, decision.dot) for other in valid)


def _newest(approvals: Sequence[Decision], changes: Sequence[Change]) -> Sequence[Decision]:
    """Return the approvals that no other one is causally behind.

    One approval is before another if what it saw of the material changes is
    contained in what the other saw, or if the other saw the approval itself.
    """
    seen = {approval.dot: _seen(approval, changes) for approval in approvals}

    def is_before(one: Decision, other: Decision) -> bool:
        return seen[one.dot] <= seen[other.dot] or covers(other.context, one.dot)

    newest = [
        approval
        for approval in approvals
        if not any(
            is_before(approval, other) and not is_before(other, approval) for other in approvals
        )
    ]
    # Contexts that lost components may go in a circle: then none is the newest.
    return newest or approvals


def _is_disputed(
    approval: Decision, valid: Sequence[Decision], approvals: Sequence[Decision]
) -> bool:
    """Whether somebody rejected the same content without knowing the approval."""
    return any(
        reject.kind == "reject"
        and reject.digest == approval.digest
        and not any(covers(other.context, reject.dot) for other in approvals)
        for reject in valid
    )


def _approved(newest: Sequence[Decision], changes: Sequence[Change]) -> Approved:
    first = min(newest, key=lambda approval: (approval.received_at, approval.dot))
    values = single_values(content_under(changes, first.context))
    return Approved(first.digest, values or {}, first.dot, first.person, first.received_at)


def _seen(decision: Decision, changes: Sequence[Change]) -> Seen:
    return frozenset(
        change.dot
        for change in changes
        if change.is_material and covers(decision.context, change.dot)
    )


def _unseen(changes: Sequence[Change], decisions: Sequence[Decision]) -> tuple[Dot, ...]:
    """Return the dots of the material changes that none of the decisions covers."""
    union: dict[Actor, int] = {}
    for decision in decisions:
        union = joined(union, decision.context)
    return tuple(
        sorted(
            change.dot for change in changes if change.is_material and not covers(union, change.dot)
        )
    )
