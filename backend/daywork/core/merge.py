"""How the changes of one time entry become its row, and rows become one.

The set of changes is the truth; the row is a cache of its projection. A value
stays live until a change of the same group covers it, that is, until somebody
who had seen it wrote another. Values that did not know each other stay side by
side, and a person chooses. Nothing here reads a clock, so no skew of a phone can
change a result.

Rejected: the last writer wins (loses a side, breaks on skew); one clock per
field (invents intervals from one person's start and another's end); folding a
change's context into the row's clock (loses hours after a server rollback).

Source: N. Preguiça et al., "Dotted Version Vectors", 2010 (dots and contexts);
M. Shapiro et al., "A comprehensive study of CRDTs", INRIA RR-7506, 2011 (the
multi-value register).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from daywork.core.canonical_json import canonical
from daywork.core.hash_chain import MATERIAL_GROUPS, anchor, digest
from daywork.core.ids import Actor, Dot
from daywork.core.json_value import JsonValue
from daywork.core.time_entry import own_flags, worked_seconds
from daywork.core.vector_clock import VectorClock, covers
from daywork.core.vector_clock import joined as joined_clocks

Cells: TypeAlias = dict[str, dict[Dot, JsonValue]]
Row: TypeAlias = tuple[Mapping[str, Mapping[Dot, JsonValue]], VectorClock]

GROUPS: Final = ("alloc", "life", "note", "time")


@dataclass(frozen=True, slots=True)
class Change:
    """What one operation writes, and what its author had seen.

    ``context`` is the effective one (see ``effective_context``).
    """

    dot: Dot
    values: Mapping[str, JsonValue]
    context: VectorClock

    @property
    def is_material(self) -> bool:
        """Whether it writes a group that an approval binds."""
        return any(group in self.values for group in MATERIAL_GROUPS)


def effective_context(
    context: Mapping[Actor, tuple[int, str]],
    chain_hash_at: Callable[[Actor, int], bytes | None],
) -> dict[Actor, int]:
    """Return the components of ``context`` whose anchor fits the stored history.

    ``chain_hash_at`` gives the chain hash stored for an actor's sequence number,
    None if there is none. A component of another branch counts as not seen: at
    worst a conflict that is none, never a silent overwrite.
    """
    effective: dict[Actor, int] = {}
    for actor, (sequence_number, sent_anchor) in context.items():
        stored = chain_hash_at(actor, sequence_number)
        if stored is not None and anchor(stored) == sent_anchor:
            effective[actor] = sequence_number
    return effective


def applied(
    cells: Mapping[str, Mapping[Dot, JsonValue]],
    dot: Dot,
    values: Mapping[str, JsonValue],
    context: VectorClock,
) -> Cells:
    """Return the cells after the change at ``dot``; ``cells`` stay as they are.

    Changes are applied in causal order. Applying one twice changes nothing only
    if nothing has covered it since, so the caller drops what it knows.
    """
    if not cells:
        return {group: {dot: value} for group, value in values.items()}
    result = {group: dict(live) for group, live in cells.items()}
    for group, value in values.items():
        live = {
            other: kept
            for other, kept in result.get(group, {}).items()
            if not covers(context, other)
        }
        live[dot] = value
        result[group] = live
    return result


def projected(changes: Iterable[Change]) -> Cells:
    """Return the cells that a set of changes means, in whatever order it comes.

    This is the specification; ``applied`` must agree with it.
    """
    known = tuple(changes)
    seen_by_writers: dict[str, dict[Actor, int]] = {}
    for change in known:
        for group in change.values:
            seen = seen_by_writers.get(group, {})
            seen_by_writers[group] = joined_clocks(seen, change.context)
    cells: Cells = {}
    for change in sorted(known, key=_dot_of):
        for group, value in change.values.items():
            if not covers(seen_by_writers[group], change.dot):
                cells.setdefault(group, {})[change.dot] = value
    return cells


def joined(left: Row, right: Row) -> tuple[Cells, dict[Actor, int]]:
    """Return the row of both rows' changes together.

    A row is its cells and its clock, which holds the entry's own dots only. A
    value that one side lacks stays if that side has not seen its operation.
    """
    left_cells, left_clock = left
    right_cells, right_clock = right
    cells: Cells = {}
    for group in sorted(left_cells.keys() | right_cells.keys()):
        mine, theirs = left_cells.get(group, {}), right_cells.get(group, {})
        kept = {d: v for d, v in mine.items() if d in theirs or not covers(right_clock, d)}
        kept |= {d: v for d, v in theirs.items() if d in mine or not covers(left_clock, d)}
        if kept:
            cells[group] = kept
    return cells, joined_clocks(left_clock, right_clock)


def live_values(
    cells: Mapping[str, Mapping[Dot, JsonValue]],
) -> dict[str, tuple[tuple[Dot, JsonValue], ...]]:
    """Return each group's live values with their dots, in ascending order of dots.

    Equal values are all listed: each dot is one the reader has now seen.
    """
    return {
        group: tuple((dot, live[dot]) for dot in sorted(live))
        for group, live in sorted(cells.items())
        if live
    }


def distinct_values(live: Mapping[Dot, JsonValue]) -> tuple[JsonValue, ...]:
    """Return the values that differ canonically, each at its smallest dot's place."""
    if len(live) <= 1:
        return tuple(live.values())
    found: dict[bytes, JsonValue] = {}
    for dot in sorted(live):
        found.setdefault(canonical(live[dot]), live[dot])
    return tuple(found.values())


def conflict_flags(cells: Mapping[str, Mapping[Dot, JsonValue]]) -> tuple[str, ...]:
    """Return ``conflict:<group>`` for each group with more than one distinct value."""
    return tuple(
        f"conflict:{group}"
        for group in sorted(cells)
        if len(cells[group]) > 1 and len(distinct_values(cells[group])) > 1
    )


def entry_flags(
    cells: Mapping[str, Mapping[Dot, JsonValue]],
    contexts: Mapping[Dot, VectorClock],
) -> tuple[str, ...]:
    """Return the flags that follow from one entry alone, in ascending order.

    ``contexts`` as for ``delete_counts``. Flags that need other entries come from
    ``crossing_flags``.
    """
    flags = set(conflict_flags(cells))
    if has_deletion(cells) and not delete_counts(cells, contexts):
        flags.add("delete_vs_edit")
    for value in cells.get("time", {}).values():
        flags |= own_flags(_as_object(value))
    return tuple(sorted(flags))


def ranked_times(live: Mapping[Dot, JsonValue]) -> tuple[Dot, ...]:
    """Return the dots of live ``time`` values, most worked seconds first.

    Ties go to the smallest dot. The first one is shown while a conflict is open.
    """
    return tuple(sorted(live, key=lambda dot: (-worked_seconds(_as_object(live[dot])), dot)))


def single_values(
    cells: Mapping[str, Mapping[Dot, JsonValue]],
) -> dict[str, JsonValue] | None:
    """Return the one value of each material group, None if one has several."""
    values: dict[str, JsonValue] = {}
    for group in MATERIAL_GROUPS:
        distinct = distinct_values(cells.get(group, {}))
        if len(distinct) > 1:
            return None
        if distinct:
            values[group] = distinct[0]
    return values


def digest_of(cells: Mapping[str, Mapping[Dot, JsonValue]]) -> str | None:
    """Return the digest of the material groups, None if one has several values."""
    values = single_values(cells)
    return None if values is None else digest(values)


def has_deletion(cells: Mapping[str, Mapping[Dot, JsonValue]]) -> bool:
    """Whether a live ``life`` value says deleted, be it disputed or not."""
    return "life" in cells and any(map(_says_deleted, cells["life"].values()))


def delete_counts(
    cells: Mapping[str, Mapping[Dot, JsonValue]],
    contexts: Mapping[Dot, VectorClock],
) -> bool:
    """Whether the entry is deleted: nobody says otherwise, and the author knew all.

    ``contexts`` holds the effective context of each live ``life`` value. One of
    them must cover every live ``time`` and ``alloc`` value (its own dot counts as
    covered). With a deletion that does not count, the row has the flag
    ``delete_vs_edit`` and the entry lives.
    """
    life = cells.get("life", {})
    if not life or not all(_says_deleted(value) for value in life.values()):
        return False
    at_stake = [*cells.get("time", {}), *cells.get("alloc", {})]
    return any(_knew_all(dot, contexts.get(dot, {}), at_stake) for dot in life)


def _knew_all(dot: Dot, context: VectorClock, at_stake: Sequence[Dot]) -> bool:
    return all(other == dot or covers(context, other) for other in at_stake)


def _says_deleted(value: JsonValue) -> bool:
    return _as_object(value)["deleted"] is True


def _as_object(value: JsonValue) -> Mapping[str, JsonValue]:
    return cast("Mapping[str, JsonValue]", value)


def _dot_of(change: Change) -> Dot:
    return change.dot
