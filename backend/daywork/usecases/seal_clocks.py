"""Clocks that have grown long are sealed: of settled entries, and of those with many devices."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from daywork.core.clock_seal import (
    COMPONENTS_MAX,
    SEALED_COMPONENTS_MIN,
    SEALED_DAYS,
    Component,
    sealed,
)
from daywork.core.ids import SERVER, Actor, OrganisationId
from daywork.store.clock_seals import Looked
from daywork.store.row import milliseconds
from daywork.store.unit_of_work import UnitOfWork

LOOKED_AT_ONCE = 500
LOOKED_BACK_DAYS = 30  # a server that was away for longer leaves some clocks long


def seal_clocks(
    unit: UnitOfWork, organisation_id: OrganisationId, now: datetime, after: UUID
) -> UUID | None:
    """Seal what may be sealed among the next entries behind ``after``; return the last one.

    None at the end. An entry is sealed whole when it is settled, posted and old; of any
    other entry only retired devices are folded, and only where its clock has too many
    components.
    """
    unit.organisations.lock(organisation_id)
    oldest = now - timedelta(days=SEALED_DAYS)
    back = timedelta(days=LOOKED_BACK_DAYS)
    looked = Looked(
        began_since=milliseconds(oldest - back) // 1000,
        began_before=milliseconds(oldest) // 1000,
        revision=unit.feed_marks.mark_before(organisation_id, now - back) or 0,
    )
    candidates = unit.clock_seals.candidates(organisation_id, looked, after, LOOKED_AT_ONCE)
    seals = []
    for entry_id, is_settled in candidates:
        clock = unit.clock_seals.clock_of(organisation_id, entry_id)
        folded = _folded(unit, organisation_id, clock, is_settled=is_settled)
        if folded:
            before = unit.clock_seals.of_entry(organisation_id, entry_id)
            seals.append(sealed(entry_id, clock, folded, before))
    if seals:
        unit.clock_seals.seal(organisation_id, seals)
    return candidates[-1][0] if candidates else None


def _folded(
    unit: UnitOfWork,
    organisation_id: OrganisationId,
    clock: Mapping[Actor, Component],
    *,
    is_settled: bool,
) -> Sequence[Actor]:
    """Return the actors whose components a seal may stand for; none: leave it."""
    actors = sorted(actor for actor in clock if actor != SERVER)
    if is_settled and len(clock) >= SEALED_COMPONENTS_MIN:
        return actors
    if len(clock) > COMPONENTS_MAX:
        return sorted(unit.clock_seals.retired_among(organisation_id, actors))
    return ()
