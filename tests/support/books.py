"""A ledger in memory, and a crew's postings on their way to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from daywork.accounting.port import FrozenBatch
from daywork.core.errors import Unavailable
from daywork.core.ids import BatchId
from daywork.core.mapping import Subject
from daywork.core.posting import PostingLine
from daywork.store.postings import Posting, StateTotal
from daywork.usecases.maintain_mappings import map_subject
from daywork.usecases.post_time_entries import deliver_batch, plan_batch
from support.crew import ROOF, SHED, Crew, entry_state


@dataclass
class Books:
    """A ledger in memory that counts, and that fails when it is told to."""

    blocks: dict[BatchId, Sequence[tuple[str, str]]] = field(default_factory=dict)
    sent: int = 0
    failure: Exception | None = None
    only: BatchId | None = None  # the one batch that fails, else all do

    def rendered(self, books: str, batch_id: BatchId, lines: Sequence[PostingLine]) -> FrozenBatch:
        """Write the lines down as they are."""
        text = "".join(f"{line.entry_id} {line.worked_seconds}\n" for line in lines)
        return FrozenBatch(batch_id, [(f"{books}/book".lstrip("/"), text)])

    def deliver(self, batch: FrozenBatch) -> None:
        """Keep the block, or fail before or after."""
        failure = self.failure if self.only in {None, batch.id} else None
        if isinstance(failure, Unavailable):
            raise failure
        self.sent += 1
        self.blocks[batch.id] = batch.documents
        if failure is not None:
            raise failure

    def holds(self, batch: FrozenBatch) -> bool:
        """Whether it was kept."""
        return batch.id in self.blocks


class Cut(Exception):
    """The process is gone after the ledger wrote, before anybody knows."""


async def map_all(crew: Crew, now: datetime) -> None:
    """Give everybody and both projects their names in the ledger."""
    for phone in crew.phones.values():
        await map_one(crew, now, Subject.EMPLOYEE, phone.person_id, phone.name)
    for project_id, name in ((ROOF, "Roof"), (SHED, "Shed")):
        await map_one(crew, now, Subject.PROJECT, project_id, name)


async def map_one(
    crew: Crew, now: datetime, subject: Subject, local_id: UUID, reference: str
) -> None:
    """Give one id its name in the ledger."""
    company = crew.organisation_id
    await crew.database.write(
        lambda unit: map_subject(unit, company, subject, local_id, reference, "Olga", now)
    )


async def plan(crew: Crew, books: Books, now: datetime, hold_seconds: int = 0) -> BatchId | None:
    return await crew.database.write(
        lambda unit: plan_batch(unit, books, crew.organisation_id, now, hold_seconds)
    )


async def post(crew: Crew, books: Books, now: datetime) -> list[BatchId]:
    """Plan and deliver until nothing is open."""
    batches = []
    while (batch_id := await plan(crew, books, now)) is not None:
        await deliver_batch(crew.database, books, crew.organisation_id, batch_id, now)
        batches.append(batch_id)
    return batches


async def totals(crew: Crew) -> dict[str, StateTotal]:
    return dict(await crew.database.read(lambda unit: unit.postings.totals(crew.organisation_id)))


async def postings(crew: Crew, entry: str) -> Sequence[Posting]:
    entry_id = (await entry_state(crew.database, crew.organisation_id, entry)).id
    company = crew.organisation_id
    return await crew.database.read(lambda unit: unit.postings.of_entry(company, entry_id))


async def states(crew: Crew, entry: str) -> list[tuple[str, str | None]]:
    return [(posting.state, posting.reason) for posting in await postings(crew, entry)]
