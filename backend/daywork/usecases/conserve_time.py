"""Count where every recorded hour is, from the log, and find rows that say something else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from daywork.core.conservation import (
    Bucket,
    buckets_of_entry,
    recorded_seconds,
    row_is_right,
    writes_time,
)
from daywork.core.ids import Actor, OrganisationId, TimeEntryId
from daywork.core.working_set import LoggedOperation, WorkingSet
from daywork.store.conservation_tallies import BucketTally
from daywork.store.push_loading import (
    load_effective_count,
    load_entries,
    load_entry_ids,
    load_held,
)
from daywork.store.statements import Steps
from daywork.store.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Tally:
    """How many operations and worked seconds lie where.

    ``unaccounted`` operations are in the log as part of an entry that does not have
    them; ``wrong_rows`` are entries whose row is not what their operations mean.
    """

    operations: Counter[Bucket] = field(default_factory=Counter)
    seconds: Counter[Bucket] = field(default_factory=Counter)
    unaccounted: int = 0
    wrong_rows: list[TimeEntryId] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing and no row says something else than the log."""
        return not self.unaccounted and not self.wrong_rows


def conserve(organisation_id: OrganisationId) -> Steps:
    """Return the Tally of an organisation; run in one snapshot, it goes through the whole log."""
    tally = Tally()
    seen = 0
    after = UUID(int=0)
    while entry_ids := (yield from load_entry_ids(organisation_id, after)):
        working: WorkingSet = yield from load_entries(organisation_id, entry_ids)
        seen += _count_entries(tally, working)
        after = entry_ids[-1]
    place = (Actor(""), 0)
    while held := (yield from load_held(organisation_id, place)):
        _count_held(tally, held)
        place = held[-1].dot
    tally.unaccounted = (yield from load_effective_count(organisation_id)) - seen
    return tally


def keep_tally(
    unit: UnitOfWork, organisation_id: OrganisationId, tally: Tally, now: datetime
) -> None:
    """Remember the count, for those who watch the server."""
    counts = {str(bucket): (tally.operations[bucket], tally.seconds[bucket]) for bucket in Bucket}
    counts |= {"unaccounted": (tally.unaccounted, 0), "wrong_rows": (len(tally.wrong_rows), 0)}
    unit.conservation_tallies.keep(
        [
            BucketTally(organisation_id, bucket, now, operations, seconds)
            for bucket, (operations, seconds) in counts.items()
        ]
    )


def _count_entries(tally: Tally, working: WorkingSet) -> int:
    """Add a page of entries; return how many operations they are made of."""
    for entry in working.entries.values():
        logged_at = {logged.dot: logged for logged in entry.operations}
        for dot, bucket in buckets_of_entry(working, entry).items():
            tally.operations[bucket] += 1
            tally.seconds[bucket] += recorded_seconds(logged_at[dot])
        if not row_is_right(working, entry):
            tally.wrong_rows.append(entry.id)
    return sum(len(entry.operations) for entry in working.entries.values())


def _count_held(tally: Tally, held: Sequence[LoggedOperation]) -> None:
    for logged in held:
        if writes_time(logged):
            tally.operations[Bucket.HELD] += 1
            tally.seconds[Bucket.HELD] += recorded_seconds(logged)
