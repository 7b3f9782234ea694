"""An entry's state as one JSON text: what phones pull, and what the store keeps.

The text is the row of a pull without ``id`` and ``rev``, so that a pull of ten
thousand rows joins texts instead of building objects. It is a cache: every part
of it can be computed again from the operation log.
"""

import json
from collections.abc import Mapping
from typing import cast
from uuid import UUID

from daywork.core.canonical_json import compact
from daywork.core.ids import Actor, Dot, PersonId, TimeEntryId
from daywork.core.instant import epoch_seconds, instant_text
from daywork.core.json_value import JsonValue
from daywork.core.working_set import Approved, EntryState, LoggedOperation

Content = dict[str, JsonValue]

_RETURNED = frozenset(("rejected", "decision_conflict"))


def content_text(
    entry: EntryState, names: Mapping[PersonId, str], labels: Mapping[Actor, str]
) -> str:
    """Return the row of ``entry``, with names of people and labels of devices in it."""
    values: Content = {}
    dots: Content = {}
    for group in sorted(entry.cells):
        live = entry.cells[group]
        if not live:
            continue
        ordered = sorted(live) if len(live) > 1 else list(live)
        values[group] = [live[dot] for dot in ordered]
        if ordered != [entry.first_dot]:
            dots[group] = [[actor, number] for actor, number in ordered]
    content: Content = {
        "owner": str(entry.owner_id),
        "d": list(entry.first_dot),
        "dots": dots,
        "vv": {actor: [number, mark] for actor, (number, mark) in entry.clock.items()},
        "v": values,
        "status": entry.status,
        "flags": list(entry.flags),
        "approved": _approved_content(entry.approved, names),
        "posted": entry.posted_digest,
    }
    if entry.status in _RETURNED:
        content["returned"] = _returned_content(entry, names)
    if entry.flags and any(flag.startswith("conflict:") for flag in entry.flags):
        content["authors"] = _authors_content(entry, names, labels)
    return compact(content)


def text_with_flags(text: str, flags: tuple[str, ...]) -> str:
    """Return the row with other flags: all that a near entry's change may do to it."""
    content = json.loads(text)
    content["flags"] = list(flags)
    return compact(content)


def entry_from_content(
    entry_id: TimeEntryId, text: str, revision: int, operations: list[LoggedOperation]
) -> EntryState:
    """Return the state that ``text`` spells, with the entry's effective operations."""
    content = json.loads(text)
    first: Dot = (Actor(content["d"][0]), content["d"][1])
    dots = content["dots"]
    cells = {
        group: dict(zip(_dots(dots[group]) if group in dots else [first], values, strict=True))
        for group, values in content["v"].items()
    }
    return EntryState(
        id=entry_id,
        owner_id=PersonId(UUID(content["owner"])),
        first_dot=first,
        cells=cells,
        clock={Actor(actor): (number, mark) for actor, (number, mark) in content["vv"].items()},
        operations=operations,
        status=content["status"],
        flags=tuple(content["flags"]),
        approved=_approved(content["approved"]),
        posted_digest=content["posted"],
        is_erased=bool(content.get("erased")),
        revision=revision,
        before=text,
    )


def erased_content(text: str) -> str:
    """Return what is left of a row when its entry is erased: whose it was, and its place."""
    content = json.loads(text)
    kept = {name: content[name] for name in ("owner", "d", "posted")}
    return compact(
        {
            **kept,
            "dots": {},
            "vv": {},
            "v": {},
            "status": "draft",
            "flags": [],
            "approved": None,
            "erased": True,
        }
    )


def _returned_content(entry: EntryState, names: Mapping[PersonId, str]) -> JsonValue:
    """Who sent the entry back, and why: the worker reads it without a network."""
    rejections = [
        logged
        for logged in entry.operations
        if logged.operation is not None and logged.operation.kind == "reject"
    ]
    if not rejections:
        return None
    last = max(rejections, key=lambda logged: (logged.received_at, logged.dot))
    assert last.operation is not None, "only readable operations belong to an entry"
    return {
        "who": names.get(last.person_id, ""),
        "by": str(last.person_id),
        "at": instant_text(last.received_at // 1000),
        "reason": last.operation.values.get("reason"),
    }


def _authors_content(
    entry: EntryState, names: Mapping[PersonId, str], labels: Mapping[Actor, str]
) -> JsonValue:
    """Who wrote the versions that are in conflict, and on which device."""
    live = {dot[0] for cell in entry.cells.values() for dot in cell}
    people = {logged.actor: logged.person_id for logged in entry.operations}
    return {
        actor: {
            "person": str(people[actor]),
            "who": names.get(people[actor], ""),
            "label": labels.get(actor, ""),
        }
        for actor in sorted(live)
        if actor in people
    }


def _approved_content(
    approved: Approved | None, names: Mapping[PersonId, str]
) -> dict[str, JsonValue] | None:
    if approved is None:
        return None
    return {
        "dg": approved.digest,
        "v": dict(approved.values),
        "who": names.get(approved.approver_id, ""),
        "by": str(approved.approver_id),
        "at": instant_text(approved.approved_at // 1000),
    }


def _approved(content: Mapping[str, JsonValue] | None) -> Approved | None:
    if content is None:
        return None
    return Approved(
        digest=str(content["dg"]),
        values=cast("Mapping[str, JsonValue]", content["v"]),
        approver_id=PersonId(UUID(str(content["by"]))),
        approved_at=(epoch_seconds(content["at"]) or 0) * 1000,
    )


def _dots(pairs: list[tuple[str, int]]) -> list[Dot]:
    return [(Actor(actor), number) for actor, number in pairs]
