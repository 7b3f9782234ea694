"""Approved time goes to the ledger: planned into frozen batches, delivered, recorded.

Three transactions apart, so that a crash between any two finds the same batch
again: the plan freezes what will be sent; the delivery happens outside any
transaction and may be repeated; the receipt marks what arrived.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid5

from daywork.accounting.port import AccountingSystem, FrozenBatch
from daywork.core.ids import BatchId, OrganisationId, PersonId
from daywork.core.posting import HeldBack, PostingLine, check_transition, computed
from daywork.store.database import Database
from daywork.store.postings import Batch, Posting
from daywork.store.unit_of_work import UnitOfWork

BATCH_POSTINGS_MAX = 500


def plan_batch(
    unit: UnitOfWork,
    ledger: AccountingSystem,
    organisation_id: OrganisationId,
    now: datetime,
    hold_seconds: int,
) -> BatchId | None:
    """Freeze the next batch of what was approved ``hold_seconds`` ago; None if nothing.

    What cannot be posted is held with its reason until its cause is mended.
    """
    unit.organisations.lock(organisation_id)
    approved_until = now - timedelta(seconds=hold_seconds)
    mapping = unit.mappings.present(organisation_id)
    rates = unit.hourly_rates.all(organisation_id)
    chosen: list[tuple[Posting, PostingLine]] = []
    # What turns out to be held makes room for the next; each round takes some away.
    while not chosen:
        open_postings = unit.postings.open_before(
            organisation_id, approved_until, BATCH_POSTINGS_MAX
        )
        if not open_postings:
            return None
        versions = unit.approvals.versions(organisation_id, [p.entry_id for p in open_postings])
        for posting in open_postings:
            version = versions[(posting.entry_id, posting.digest)]
            result = computed(version, mapping, rates)
            if isinstance(result, PostingLine):
                chosen.append((posting, result))
            else:
                unit.postings.save(organisation_id, _held(posting, result, version.owner_id))
        unit.postings.write_down()
    # The same postings give the same batch id, whoever plans them.
    batch_id = BatchId(uuid5(organisation_id, " ".join(str(p.id) for p, _ in chosen)))
    books = unit.organisations.books(organisation_id)
    frozen = ledger.rendered(books, batch_id, [line for _, line in chosen])
    unit.postings.add_batch(
        organisation_id,
        Batch(
            id=batch_id,
            vendor="plain_text",
            state="frozen",
            documents=frozen.documents,
            member_count=len(chosen),
            worked_seconds=sum(line.worked_seconds for _, line in chosen),
            created_at=now,
        ),
    )
    for posting, line in chosen:
        check_transition(posting.state, "frozen")
        unit.postings.save(organisation_id, _frozen(posting, line, batch_id))
    return batch_id


async def deliver_batch(
    database: Database,
    ledger: AccountingSystem,
    organisation_id: OrganisationId,
    batch_id: BatchId,
    now: datetime,
) -> None:
    """Bring a frozen batch into the ledger and record that it arrived.

    It may be called again at any time: what is in the ledger is looked up first.
    Raises: Unavailable if the ledger cannot be reached.
    """
    batch = await database.read(lambda unit: unit.postings.batch(organisation_id, batch_id))
    if batch is None or batch.state == "posted":
        return
    frozen = FrozenBatch(batch_id, batch.documents)
    was_there = await asyncio.to_thread(ledger.holds, frozen)
    if not was_there:
        await asyncio.to_thread(ledger.deliver, frozen)
    outcome = "found" if was_there else "delivered"

    def record(unit: UnitOfWork) -> None:
        unit.postings.add_attempt(organisation_id, batch_id, now, outcome)
        digests = unit.postings.finish_batch(organisation_id, batch_id, now)
        unit.time_entries.mark_posted(organisation_id, digests)

    await database.write(record)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a sweep has to look after."""

    frozen: Sequence[tuple[OrganisationId, BatchId]]
    open_in: Sequence[OrganisationId]
    organisations: Sequence[OrganisationId]


def unfinished(unit: UnitOfWork, now: datetime, hold_seconds: int) -> Unfinished:
    """Return batches that were not seen to arrive, and where something may be planned."""
    return Unfinished(
        frozen=unit.postings.frozen_batches(),
        open_in=unit.postings.organisations_with_open(now - timedelta(seconds=hold_seconds)),
        organisations=[organisation.id for organisation in unit.organisations.all()],
    )


def _held(posting: Posting, held: HeldBack, person_id: PersonId) -> Posting:
    check_transition(posting.state, "held")
    return replace(
        posting,
        state="held",
        reason=held.reason,
        person_id=person_id,
        project_id=held.project_id,
        work_date=None if held.work_date is None else held.work_date.isoformat(),
        worked_seconds=held.worked_seconds,
    )


def _frozen(posting: Posting, line: PostingLine, batch_id: BatchId) -> Posting:
    return replace(
        posting,
        state="frozen",
        reason=None,
        person_id=line.person_id,
        project_id=line.project_id,
        work_date=line.work_date.isoformat(),
        worked_seconds=line.worked_seconds,
        trace=line.trace,
        batch_id=batch_id,
    )
