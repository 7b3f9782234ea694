"""Save what a group of pushes changed, in whole columns; the counter comes last."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from daywork.core.canonical_json import canonical, compact
from daywork.core.ids import OperationId, OrganisationId, TimeEntryId
from daywork.core.operation import without_values
from daywork.core.time_entry import interval
from daywork.core.window import settled_start
from daywork.core.working_set import (
    EntryState,
    LoggedOperation,
    WorkingSet,
    allocated_projects,
)
from daywork.store import push_statements as sql
from daywork.store.statements import Change, Steps

_LONG_SECONDS = 48 * 3600


def save(
    organisation_id: OrganisationId,
    working: WorkingSet,
    changed: Mapping[TimeEntryId, str],
    now_milliseconds: int,
) -> Steps:
    """Write the log, the entries in ``changed`` and what follows from approvals.

    Moving the counter is the last statement: its row lock is held to the commit,
    so the order of revisions is the order in which they become visible.
    """
    if working.new_operations:
        rows = [_operation_row(organisation_id, logged) for logged in working.new_operations]
        yield Change(sql.ADD_OPERATIONS, rows)
    if working.released:
        new = {logged.dot for logged in working.new_operations}
        released = [logged for dot, logged in working.released.items() if dot not in new]
        yield from _save_released(organisation_id, working, released)
    if working.changed_devices:
        yield Change(
            sql.MOVE_DEVICES,
            [
                _device_row(organisation_id, working, actor, now_milliseconds)
                for actor in sorted(working.changed_devices)
            ],
        )
    yield from _save_approvals(organisation_id, working)
    if changed:
        rows = [
            _entry_row(organisation_id, _entry(working, entry_id), text)
            for entry_id, text in changed.items()
        ]
        yield Change(sql.SAVE_ENTRIES, rows)
        if working.reference.approvers:
            scopes = [_entry(working, entry_id) for entry_id in changed]
            yield Change(sql.SAVE_SCOPES, _scope_rows(organisation_id, working, scopes))
        yield Change(sql.MOVE_COUNTER, [(organisation_id, working.revision)])


def _save_released(
    organisation_id: OrganisationId, working: WorkingSet, released: Sequence[LoggedOperation]
) -> Steps:
    waited = [logged for logged in released if logged.dot not in working.judged_again]
    if waited:
        rows = [
            (organisation_id, *logged.dot, logged.held_code, compact(logged.result))
            for logged in waited
        ]
        yield Change(sql.CHANGE_RESULTS, rows)
    judged = [logged for logged in released if logged.dot in working.judged_again]
    if judged:
        yield Change(
            sql.CHANGE_OPERATIONS,
            [
                (
                    organisation_id,
                    *logged.dot,
                    *_names(logged),
                    logged.held_code,
                    _alias_text(logged),
                    _item_text(logged),
                    compact(logged.result),
                )
                for logged in judged
            ],
        )


def _save_approvals(organisation_id: OrganisationId, working: WorkingSet) -> Steps:
    if working.new_versions:
        yield Change(
            sql.ADD_VERSIONS,
            [
                (
                    organisation_id,
                    entry_id,
                    digest,
                    working.entries[entry_id].owner_id,
                    approved.approver_id,
                    approved.approved_at,
                    canonical(dict(approved.values)).decode(),
                )
                for (entry_id, digest), approved in working.new_versions.items()
            ],
        )
    if working.changed_postings:
        yield Change(
            sql.SAVE_POSTINGS,
            [
                (
                    organisation_id,
                    posting.id,
                    entry_id,
                    posting.digest,
                    posting.state,
                    posting.reason,
                    posting.approved_at,
                )
                for entry_id, posting in working.changed_postings.values()
            ],
        )


def _scope_rows(
    organisation_id: OrganisationId, working: WorkingSet, changed: Sequence[EntryState]
) -> list[tuple[Any, ...]]:
    """Return which approved projects each changed entry belongs to, and which it has left."""
    approved = working.reference.approvers.keys()
    rows: list[tuple[Any, ...]] = []
    for entry in changed:
        inside = entry.project_ids() & approved
        before = _projects_before(entry) & approved
        rows += [
            (organisation_id, entry.id, UUID(project), entry.revision, project in inside)
            for project in sorted(inside | before)
        ]
    return rows


def _projects_before(entry: EntryState) -> frozenset[str]:
    if not entry.before:
        return frozenset()
    return allocated_projects(json.loads(entry.before)["v"].get("alloc", ()))


def _operation_row(organisation_id: OrganisationId, logged: LoggedOperation) -> tuple[Any, ...]:
    return (
        organisation_id,
        logged.actor,
        logged.sequence_number,
        logged.chain_hash,
        *_names(logged),
        logged.person_id,
        _roles_text(logged.roles),
        logged.schema,
        logged.received_at,
        logged.held_code,
        _alias_text(logged),
        _item_text(logged),
        compact(logged.result),
    )


@lru_cache(maxsize=64)
def _roles_text(roles: frozenset[str]) -> str:
    return " ".join(sorted(roles))


def _names(logged: LoggedOperation) -> tuple[OperationId | None, TimeEntryId | None]:
    """Return the ids of the operation and its entry, as far as they name anything."""
    operation = logged.operation
    if operation is None or logged.is_aside:
        return None, None
    # An id that somebody else has used already goes on naming that operation only.
    is_taken = logged.held_code == "malformed"
    return None if is_taken else operation.id, operation.entry_id


def _alias_text(logged: LoggedOperation) -> str | None:
    return None if logged.alias_of is None else f"{logged.alias_of[0]}/{logged.alias_of[1]}"


def _item_text(logged: LoggedOperation) -> str:
    """Return the item without the values of dropped groups; their leaves stay."""
    operation = logged.operation
    if operation is None or not operation.dropped:
        return logged.text
    item = without_values(logged.item, operation.dropped, operation.leaves)
    return compact(item)


def _device_row(
    organisation_id: OrganisationId, working: WorkingSet, actor: Any, now_milliseconds: int
) -> tuple[Any, ...]:
    device = working.devices[actor]
    return (
        organisation_id,
        actor,
        device.last_sequence_number,
        device.last_chain_hash,
        now_milliseconds,
        device.pending_count,
    )


def _entry(working: WorkingSet, entry_id: TimeEntryId) -> EntryState:
    return working.entries.get(entry_id) or working.neighbours[entry_id]


def _entry_row(organisation_id: OrganisationId, entry: EntryState, text: str) -> tuple[Any, ...]:
    spans = [span for time in entry.time_values() if (span := interval(time)) is not None]
    started_at = min([start for start, _ in spans], default=None)
    ends = [end for _, end in spans if end is not None]
    ended_at = max(ends, default=None) if len(ends) == len(spans) else None
    length = 0 if started_at is None or ended_at is None else ended_at - started_at
    return (
        organisation_id,
        entry.id,
        entry.owner_id,
        entry.revision,
        entry.status,
        entry.is_deleted,
        started_at,
        ended_at,
        length > _LONG_SECONDS,
        settled_start(entry),
        entry.posted_digest,
        text,
    )
