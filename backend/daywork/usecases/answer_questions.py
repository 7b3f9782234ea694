"""A person is asked, and answers, what only the person can know."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from daywork.core.errors import NotFound, ValueRefused
from daywork.core.ids import Dot, SyncQuestionId
from daywork.core.principal import Principal
from daywork.core.sync_question import (
    ANSWERS,
    CAUSAL_GAP_QUESTION_HOURS,
    Answer,
    QuestionKind,
    SyncQuestion,
    causal_gap_id,
)
from daywork.store.operations import HeldOperation
from daywork.store.unit_of_work import UnitOfWork


def open_questions(unit: UnitOfWork, principal: Principal, now: datetime) -> Sequence[SyncQuestion]:
    """Return what the person is asked: lost devices, and what waits for a day or longer."""
    asked = list(unit.sync_questions.open_for(principal.organisation_id, principal.person_id))
    latest = now - timedelta(hours=CAUSAL_GAP_QUESTION_HOURS)
    asked += [
        _causal_gap(one)
        for one in unit.operations.waiting(principal.organisation_id)
        if one.person_id == principal.person_id and one.received_at <= latest
    ]
    return asked


def answer_question(
    unit: UnitOfWork,
    principal: Principal,
    question_id: SyncQuestionId,
    answer: Answer,
    now: datetime,
) -> Dot | None:
    """Take the answer; return the operation that shall count anyway, if that was asked.

    Raises: NotFound for a question that is not open or another person's; ValueRefused
    if the answer does not fit it.
    """
    organisation_id = principal.organisation_id
    question = unit.sync_questions.get(organisation_id, question_id)
    if question is not None and question.person_id == principal.person_id:
        _check_fits(question.kind, answer)
        unit.sync_questions.answer(organisation_id, question_id, answer, now)
        return None
    waiting = next(
        (
            one
            for one in unit.operations.waiting(organisation_id)
            if one.person_id == principal.person_id
            and causal_gap_id(one.person_id, one.dot) == question_id
        ),
        None,
    )
    if waiting is None:
        raise NotFound
    _check_fits(QuestionKind.CAUSAL_GAP, answer)
    return waiting.dot


def _causal_gap(held: HeldOperation) -> SyncQuestion:
    return SyncQuestion(
        id=causal_gap_id(held.person_id, held.dot),
        person_id=held.person_id,
        kind=QuestionKind.CAUSAL_GAP,
        actor=held.actor,
        asked_at=held.received_at + timedelta(hours=CAUSAL_GAP_QUESTION_HOURS),
        sequence_number=held.sequence_number,
        entry_id=held.entry_id,
    )


def _check_fits(kind: QuestionKind, answer: Answer) -> None:
    if answer not in ANSWERS[kind]:
        message = "This is no answer to that question."
        raise ValueRefused(message, "answer")
