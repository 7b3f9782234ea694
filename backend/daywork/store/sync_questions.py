"""Questions to people about what did not arrive."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.ids import Actor, OrganisationId, PersonId, SyncQuestionId
from daywork.core.sync_question import Answer, QuestionKind, SyncQuestion
from daywork.store.row import Id, Instant, Row


class SyncQuestionRow(Row, table=True):
    """One question to one person, and the answer when it was given."""

    __tablename__ = "sync_question"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["person.organisation_id", "person.id"]
        ),
        Index("ix_sync_question_person", "organisation_id", "person_id"),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    id: UUID = Field(primary_key=True, sa_type=Id)
    person_id: UUID = Field(sa_type=Id)
    kind: str = Field(sa_type=String(20))
    actor: str = Field(sa_type=String(10))
    pending_count: int | None
    oldest_pending_at: datetime | None = Field(sa_type=Instant)
    asked_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answer: str | None = Field(default=None, sa_type=String(20))


class SyncQuestionStore:
    """Queries on questions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, organisation_id: OrganisationId, question: SyncQuestion) -> None:
        """Store the question. One that was asked before stays as it is."""
        if self._session.get(SyncQuestionRow, (organisation_id, question.id)) is not None:
            return
        self._session.add(
            SyncQuestionRow(
                organisation_id=organisation_id,
                id=question.id,
                person_id=question.person_id,
                kind=str(question.kind),
                actor=question.actor,
                pending_count=question.pending_count,
                oldest_pending_at=question.oldest_pending_at,
                asked_at=question.asked_at,
            )
        )
        self._session.flush()

    def open_for(
        self, organisation_id: OrganisationId, person_id: PersonId
    ) -> Sequence[SyncQuestion]:
        """Return what the person was asked and has not answered, the oldest first."""
        query = (
            select(SyncQuestionRow)
            .where(
                SyncQuestionRow.organisation_id == organisation_id,
                SyncQuestionRow.person_id == person_id,
                col(SyncQuestionRow.answered_at).is_(None),
            )
            .order_by(col(SyncQuestionRow.asked_at), col(SyncQuestionRow.id))
        )
        return [_from_row(row) for row in self._session.scalars(query).all()]

    def get(
        self, organisation_id: OrganisationId, question_id: SyncQuestionId
    ) -> SyncQuestion | None:
        """Return the question if nobody has answered it yet."""
        row = self._session.get(SyncQuestionRow, (organisation_id, question_id))
        return None if row is None or row.answered_at is not None else _from_row(row)

    def answer(
        self,
        organisation_id: OrganisationId,
        question_id: SyncQuestionId,
        answer: Answer | None,
        now: datetime,
    ) -> None:
        """Close the question; None if it has become idle by itself."""
        row = self._session.get(SyncQuestionRow, (organisation_id, question_id))
        assert row is not None, "only a question that was asked is answered"
        row.answered_at, row.answer = now, None if answer is None else str(answer)
        self._session.flush()


def _from_row(row: SyncQuestionRow) -> SyncQuestion:
    return SyncQuestion(
        id=SyncQuestionId(row.id),
        person_id=PersonId(row.person_id),
        kind=QuestionKind(row.kind),
        actor=Actor(row.actor),
        asked_at=row.asked_at,
        pending_count=row.pending_count,
        oldest_pending_at=row.oldest_pending_at,
    )
