"""Seals: one component in the place of many, where a clock has grown long.

A seal says what an entry's clock covered when the server wrote it down. A context that
names the seal has seen all of that, and one that names the actors themselves is judged
as ever, since the operations stay in the log: sealing takes nothing from what is known
and adds nothing to it. Clocks are never shortened by age or size alone.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from daywork.core.canonical_json import canonical
from daywork.core.hash_chain import anchor
from daywork.core.ids import SERVER, Actor, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.core.merge import effective_context
from daywork.core.vector_clock import joined

SEALED_DAYS: Final = 60  # since a settled, posted entry began
SEALED_COMPONENTS_MIN: Final = 4  # fewer are not worth another row on every phone
COMPONENTS_MAX: Final = 24  # of any entry: more, and retired devices are folded

Component = tuple[int, str]


@dataclass(frozen=True, slots=True)
class ClockSeal:
    """The ``number``-th seal of an entry (1, 2, ...) and all that it stands for."""

    entry_id: TimeEntryId
    number: int
    clock: Mapping[Actor, int]

    @property
    def mark(self) -> str:
        """The six characters by which a context names this seal and no other."""
        clock: dict[str, JsonValue] = {str(a): number for a, number in self.clock.items()}
        said: JsonValue = {"e": f"te:{self.entry_id}", "n": self.number, "c": clock}
        return anchor(hashlib.sha256(canonical(said)).digest())


def unsealed_context(
    context: Mapping[Actor, Component],
    chain_hash_at: Callable[[Actor, int], bytes | None],
    seals: Sequence[ClockSeal],
) -> dict[Actor, int]:
    """Return what a context covers: its own components that fit, and what its seal stands for.

    A seal that is not known, or carries another mark, counts as not seen.
    """
    effective = effective_context(context, chain_hash_at)
    named = context.get(SERVER)
    for seal in seals:
        if named is not None and (seal.number, seal.mark) == named:
            return joined(effective, seal.clock)
    return effective


def sealed(
    entry_id: TimeEntryId,
    clock: Mapping[Actor, Component],
    folded: Sequence[Actor],
    seals: Sequence[ClockSeal],
) -> tuple[ClockSeal, dict[Actor, Component]]:
    """Return a new seal over ``folded`` and all earlier seals, and the clock that names it."""
    before = seals[-1] if seals else None
    covered = {actor: clock[actor][0] for actor in folded}
    if before is not None:
        covered = joined(covered, before.clock)
    seal = ClockSeal(entry_id, 1 if before is None else before.number + 1, covered)
    rest = {a: part for a, part in clock.items() if a not in covered and a != SERVER}
    rest |= {a: clock[a] for a in covered if a in clock and clock[a][0] > covered[a]}
    return seal, {SERVER: (seal.number, seal.mark), **rest}
