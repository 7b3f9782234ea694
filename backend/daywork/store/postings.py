"""Postings and their batches: the truth of what went to the ledger."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Session
from sqlmodel import Field, col, func, select

from daywork.core.ids import (
    BatchId,
    OrganisationId,
    PersonId,
    PostingId,
    ProjectId,
    TimeEntryId,
)
from daywork.core.json_value import JsonValue
from daywork.core.mapping import Subject
from daywork.core.posting import check_transition
from daywork.store.row import Id, Instant, Row


class PostingRow(Row, table=True):
    """One approved version on its way to the ledger."""

    __tablename__ = "posting"
    __table_args__ = (
        Index("ix_posting_entry", "organisation_id", "entry_id"),
        Index("ix_posting_state", "organisation_id", "state", "approved_at"),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    id: UUID = Field(primary_key=True, sa_type=Id)
    entry_id: UUID = Field(sa_type=Id)
    digest: str = Field(sa_type=String(50))
    state: str = Field(sa_type=String(20))
    reason: str | None = Field(default=None, sa_type=String(40))
    approved_at: datetime = Field(sa_type=Instant)
    # Known once the posting was planned.
    person_id: UUID | None = Field(default=None, sa_type=Id)
    project_id: UUID | None = Field(default=None, sa_type=Id)
    work_date: str | None = Field(default=None, sa_type=String(10))
    worked_seconds: int | None = Field(default=None, sa_type=BigInteger)
    trace: str | None = Field(default=None, sa_type=Text)
    batch_id: UUID | None = Field(default=None, sa_type=Id, index=True)
    posted_at: datetime | None = Field(default=None, sa_type=Instant)


class PostingBatchRow(Row, table=True):
    """What was frozen to be sent, byte for byte."""

    __tablename__ = "posting_batch"
    __table_args__ = (Index("ix_posting_batch_state", "state"),)

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    id: UUID = Field(primary_key=True, sa_type=Id)
    vendor: str = Field(sa_type=String(20))
    state: str = Field(sa_type=String(20))  # frozen, posted
    documents: str = Field(sa_type=Text)  # JSON: [[name, text], ...]
    member_count: int
    worked_seconds: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=Instant)
    posted_at: datetime | None = Field(default=None, sa_type=Instant)


class PostingAttemptRow(Row, table=True):
    """One try to deliver a batch."""

    __tablename__ = "posting_attempt"

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    batch_id: UUID = Field(primary_key=True, sa_type=Id)
    number: int = Field(primary_key=True)
    started_at: datetime = Field(sa_type=Instant)
    outcome: str = Field(sa_type=String(40))


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting as it stands."""

    id: PostingId
    entry_id: TimeEntryId
    digest: str
    state: str
    reason: str | None
    approved_at: datetime
    person_id: PersonId | None = None
    project_id: ProjectId | None = None
    work_date: str | None = None
    worked_seconds: int | None = None
    trace: Mapping[str, JsonValue] | None = None
    batch_id: BatchId | None = None
    posted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A frozen batch."""

    id: BatchId
    vendor: str
    state: str
    documents: Sequence[tuple[str, str]]
    member_count: int
    worked_seconds: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StateTotal:
    """How much is in one state."""

    count: int
    worked_seconds: int


class PostingStore:
    """Queries on postings and batches."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open_before(
        self, organisation_id: OrganisationId, approved_until: datetime, limit: int
    ) -> Sequence[Posting]:
        """Return what may be planned: approved until then, and not held.

        The rows stay locked to the commit, so that no two planners take the same.
        """
        query = (
            select(PostingRow)
            .where(
                PostingRow.organisation_id == organisation_id,
                PostingRow.state == "computed",
                col(PostingRow.approved_at) <= approved_until,
            )
            .order_by(col(PostingRow.approved_at), col(PostingRow.id))
            .limit(limit)
            .with_for_update()
        )
        return [_from_row(row) for row in self._session.scalars(query).all()]

    def release(
        self, organisation_id: OrganisationId, reason: str, *, subject: Subject, local_id: UUID
    ) -> int:
        """Let postings go on that were held for ``reason`` because of one subject."""
        row_id = PostingRow.person_id if subject == Subject.EMPLOYEE else PostingRow.project_id
        query = select(PostingRow).where(
            PostingRow.organisation_id == organisation_id,
            PostingRow.state == "held",
            PostingRow.reason == reason,
            row_id == local_id,
        )
        rows = self._session.scalars(query).all()
        for row in rows:
            check_transition(row.state, "computed")
            row.state, row.reason = "computed", None
        self._session.flush()
        return len(rows)

    def save(self, organisation_id: OrganisationId, posting: Posting) -> None:
        """Store what became of a posting."""
        row = self._session.get(PostingRow, (organisation_id, posting.id))
        assert row is not None, "the push path makes postings"
        row.state, row.reason = posting.state, posting.reason
        row.person_id, row.project_id = posting.person_id, posting.project_id
        row.work_date, row.worked_seconds = posting.work_date, posting.worked_seconds
        row.trace = None if posting.trace is None else json.dumps(dict(posting.trace))
        row.batch_id, row.posted_at = posting.batch_id, posting.posted_at

    def write_down(self) -> None:
        """Send what was saved to the database, so that the next query sees it."""
        self._session.flush()

    def listed(
        self, organisation_id: OrganisationId, states: Sequence[str], limit: int
    ) -> Sequence[Posting]:
        """Return postings in these states, the newest approval first."""
        query = (
            select(PostingRow)
            .where(PostingRow.organisation_id == organisation_id, col(PostingRow.state).in_(states))
            .order_by(col(PostingRow.approved_at).desc(), col(PostingRow.id))
            .limit(limit)
        )
        return [_from_row(row) for row in self._session.scalars(query).all()]

    def of_entry(self, organisation_id: OrganisationId, entry_id: TimeEntryId) -> Sequence[Posting]:
        """Return the entry's postings, the oldest approval first."""
        query = (
            select(PostingRow)
            .where(PostingRow.organisation_id == organisation_id, PostingRow.entry_id == entry_id)
            .order_by(col(PostingRow.approved_at), col(PostingRow.id))
        )
        return [_from_row(row) for row in self._session.scalars(query).all()]

    def totals(self, organisation_id: OrganisationId) -> Mapping[str, StateTotal]:
        """Return how many postings and seconds are in each state."""
        query = (
            select(PostingRow.state, func.count(), func.sum(PostingRow.worked_seconds))
            .where(PostingRow.organisation_id == organisation_id)
            .group_by(PostingRow.state)
        )
        return {
            state: StateTotal(int(number), int(seconds or 0))
            for state, number, seconds in self._session.execute(query).all()
        }

    def add_batch(self, organisation_id: OrganisationId, batch: Batch) -> None:
        """Store a frozen batch."""
        self._session.add(
            PostingBatchRow(
                organisation_id=organisation_id,
                id=batch.id,
                vendor=batch.vendor,
                state=batch.state,
                documents=json.dumps(list(batch.documents), ensure_ascii=False),
                member_count=batch.member_count,
                worked_seconds=batch.worked_seconds,
                created_at=batch.created_at,
            )
        )
        self._session.flush()

    def batch(self, organisation_id: OrganisationId, batch_id: BatchId) -> Batch | None:
        """Return a batch, or None."""
        row = self._session.get(PostingBatchRow, (organisation_id, batch_id))
        return None if row is None else _batch(row)

    def frozen_batches(self) -> Sequence[tuple[OrganisationId, BatchId]]:
        """Return what was frozen and not seen to arrive, of all organisations."""
        query = (
            select(PostingBatchRow)
            .where(PostingBatchRow.state == "frozen")
            .order_by(col(PostingBatchRow.created_at))
        )
        rows = self._session.scalars(query).all()
        return [(OrganisationId(row.organisation_id), BatchId(row.id)) for row in rows]

    def organisations_with_open(self, approved_until: datetime) -> Sequence[OrganisationId]:
        """Return the organisations for which something may be planned."""
        query = (
            select(PostingRow.organisation_id)
            .where(
                PostingRow.state == "computed",
                col(PostingRow.approved_at) <= approved_until,
            )
            .distinct()
        )
        return [OrganisationId(found) for found in self._session.scalars(query).all()]

    def members(self, organisation_id: OrganisationId, batch_id: BatchId) -> Sequence[Posting]:
        """Return the postings of a batch."""
        query = select(PostingRow).where(
            PostingRow.organisation_id == organisation_id, PostingRow.batch_id == batch_id
        )
        return [_from_row(row) for row in self._session.scalars(query).all()]

    def finish_batch(
        self, organisation_id: OrganisationId, batch_id: BatchId, now: datetime
    ) -> Mapping[TimeEntryId, str]:
        """Mark the batch and its postings as posted; return their entries' digests."""
        row = self._session.get(PostingBatchRow, (organisation_id, batch_id))
        assert row is not None, "only a stored batch is delivered"
        row.state, row.posted_at = "posted", now
        query = select(PostingRow).where(
            PostingRow.organisation_id == organisation_id, PostingRow.batch_id == batch_id
        )
        digests = {}
        for posting in self._session.scalars(query).all():
            posting.state, posting.posted_at = "posted", now
            digests[TimeEntryId(posting.entry_id)] = posting.digest
        self._session.flush()
        return digests

    def add_attempt(
        self, organisation_id: OrganisationId, batch_id: BatchId, now: datetime, outcome: str
    ) -> None:
        """Record a try to deliver."""
        query = select(func.count()).where(
            PostingAttemptRow.organisation_id == organisation_id,
            PostingAttemptRow.batch_id == batch_id,
        )
        number = self._session.scalar(query) or 0
        self._session.add(
            PostingAttemptRow(
                organisation_id=organisation_id,
                batch_id=batch_id,
                number=number + 1,
                started_at=now,
                outcome=outcome,
            )
        )
        self._session.flush()


def _from_row(row: PostingRow) -> Posting:
    return Posting(
        id=PostingId(row.id),
        entry_id=TimeEntryId(row.entry_id),
        digest=row.digest,
        state=row.state,
        reason=row.reason,
        approved_at=row.approved_at,
        person_id=None if row.person_id is None else PersonId(row.person_id),
        project_id=None if row.project_id is None else ProjectId(row.project_id),
        work_date=row.work_date,
        worked_seconds=row.worked_seconds,
        trace=None if row.trace is None else json.loads(row.trace),
        batch_id=None if row.batch_id is None else BatchId(row.batch_id),
        posted_at=row.posted_at,
    )


def _batch(row: PostingBatchRow) -> Batch:
    return Batch(
        id=BatchId(row.id),
        vendor=row.vendor,
        state=row.state,
        documents=[(name, block) for name, block in json.loads(row.documents)],
        member_count=row.member_count,
        worked_seconds=row.worked_seconds,
        created_at=row.created_at,
    )
