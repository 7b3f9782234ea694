"""What is computed once, when a group of pushes has been ingested.

Flags that depend on other entries, the revision of each entry that changed, and
the results that the phones get.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from daywork.core.entry_content import content_text, text_with_flags
from daywork.core.entry_projection import approvers_of
from daywork.core.ids import Actor, Dot, PersonId, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.core.time_entry import crossing_flags, worked_seconds
from daywork.core.working_set import EntryState, LoggedOperation, WorkingSet

CROSSING_FLAGS = ("double_stop", "overlap")

_EFFECTIVE = frozenset(("applied", "amendment", "late"))


def finish(working: WorkingSet) -> dict[TimeEntryId, str]:
    """Give revisions and complete the results; return the text of each changed entry."""
    _flag_crossings(working)
    labels = {actor: device.label for actor, device in working.devices.items()}
    changed: dict[TimeEntryId, str] = {}
    for entry_id in sorted(working.touched, key=_number):
        if entry_id in working.entries:
            entry = working.entries[entry_id]
            text = content_text(entry, working.reference.names, labels)
        else:
            entry = working.neighbours[entry_id]
            text = text_with_flags(entry.before, entry.flags)
        if text == entry.before:
            continue
        working.revision += 1
        entry.revision = working.revision
        changed[entry_id] = text
    for logged in (*working.new_operations, *working.released.values()):
        _complete(working, logged)
    for owner_id in working.waiting_owner_ids:
        working.people_to_tell |= approvers_of(working, owner_id)
    return changed


def answered(
    working: WorkingSet, actor: Actor, results: Sequence[dict[str, JsonValue]]
) -> list[dict[str, JsonValue]]:
    """Return the results with the versions that are in conflict spelled out."""
    answers = []
    for result in results:
        number: Any = result["q"]
        logged = working.log.get((actor, number))
        siblings = None if logged is None else _siblings(working, logged)
        answers.append(result if siblings is None else {**result, "siblings": siblings})
    return answers


def _number(entry_id: TimeEntryId) -> int:
    """Return what the order of ids is: a UUID compares its numbers slowly itself."""
    return entry_id.int


def _siblings(working: WorkingSet, logged: LoggedOperation) -> dict[str, JsonValue] | None:
    if logged.result.get("st") not in _EFFECTIVE or logged.operation is None:
        return None
    entry = working.entries[logged.operation.entry_id]
    groups = [flag.removeprefix("conflict:") for flag in entry.flags if "conflict:" in flag]
    if not groups:
        return None
    authors = {operation.dot: operation.person_id for operation in entry.operations}
    return {
        group: [
            _sibling(working, group, dot, value, authors.get(dot), logged.person_id)
            for dot, value in sorted(entry.cells[group].items(), key=lambda item: item[0])
        ]
        for group in groups
    }


def _sibling(
    working: WorkingSet,
    group: str,
    dot: Dot,
    value: JsonValue,
    author_id: PersonId | None,
    reader_id: PersonId,
) -> JsonValue:
    device = working.devices.get(dot[0])
    name = _name(working, author_id, reader_id)
    who = f"{name}, {device.label}" if device is not None and device.label else name
    sibling: dict[str, JsonValue] = {"d": [dot[0], dot[1]], "v": value, "who": who}
    if group == "time":
        sibling["min"] = worked_seconds(cast("Mapping[str, JsonValue]", value)) // 60
    return sibling


def _name(working: WorkingSet, author_id: PersonId | None, reader_id: PersonId) -> str:
    if author_id is None:
        return ""
    return "you" if author_id == reader_id else working.reference.names.get(author_id, "")


def _complete(working: WorkingSet, logged: LoggedOperation) -> None:
    if logged.result.get("st") not in _EFFECTIVE or logged.operation is None:
        return
    entry = working.entries[logged.operation.entry_id]
    logged.result["rev"] = entry.revision
    logged.result["flags"] = list(entry.flags)


def _flag_crossings(working: WorkingSet) -> None:
    owners = {working.entries[entry_id].owner_id for entry_id in working.touched}
    near_of = _by_owner(_near(working))
    around_of = _by_owner(working.outskirts.values())
    for owner_id in owners:
        near, around = near_of[owner_id], around_of.get(owner_id, ())
        times = {e.id: e.time_values() for e in (*near, *around) if not e.is_deleted}
        flags = crossing_flags(times)
        for entry in near:
            crossings = flags.get(entry.id)
            if crossings or entry.flags:
                _set_crossings(working, entry, crossings or frozenset())


def _set_crossings(working: WorkingSet, entry: EntryState, crossings: frozenset[str]) -> None:
    kept = tuple(flag for flag in entry.flags if flag not in CROSSING_FLAGS)
    flags = kept + tuple(flag for flag in CROSSING_FLAGS if flag in crossings)
    if flags != entry.flags:
        entry.flags = flags
        working.touched.add(entry.id)


def _by_owner(entries: Iterable[EntryState]) -> dict[PersonId, list[EntryState]]:
    of_owner: dict[PersonId, list[EntryState]] = {}
    for entry in entries:
        of_owner.setdefault(entry.owner_id, []).append(entry)
    return of_owner


def _near(working: WorkingSet) -> Iterable[EntryState]:
    """Yield the entries whose flags may change: all that meet them are loaded too."""
    yield from working.entries.values()
    yield from working.neighbours.values()
