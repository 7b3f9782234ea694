"""What the server asks a person, because only the person can know."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import uuid5

from daywork.core.ids import Actor, Dot, PersonId, SyncQuestionId, TimeEntryId

CAUSAL_GAP_QUESTION_HOURS: Final = 24  # a worker is asked after a day, not at every lost minute


class QuestionKind(StrEnum):
    """About what a person is asked."""

    POSSIBLE_LOSS = "possible_loss"  # a device is gone that had announced operations; stored
    CAUSAL_GAP = "causal_gap"  # an operation waits for one that another phone never sent; derived


class Answer(StrEnum):
    """What a person may say."""

    NOTHING_MISSING = "nothing_missing"
    ENTERED_AGAIN = "entered_again"
    COUNT_IT_ANYWAY = "count_it_anyway"


ANSWERS: Final = {
    QuestionKind.POSSIBLE_LOSS: frozenset((Answer.NOTHING_MISSING, Answer.ENTERED_AGAIN)),
    QuestionKind.CAUSAL_GAP: frozenset((Answer.COUNT_IT_ANYWAY,)),
}


@dataclass(frozen=True, slots=True)
class SyncQuestion:
    """A question to one person. What does not belong to its kind is None."""

    id: SyncQuestionId
    person_id: PersonId
    kind: QuestionKind
    actor: Actor  # of the lost device, or of the operation that waits
    asked_at: datetime
    sequence_number: int | None = None
    entry_id: TimeEntryId | None = None
    pending_count: int | None = None
    oldest_pending_at: datetime | None = None


def possible_loss_id(person_id: PersonId, actor: Actor) -> SyncQuestionId:
    """Return the id of the question about a lost device: it is asked once."""
    return SyncQuestionId(uuid5(person_id, f"{QuestionKind.POSSIBLE_LOSS} {actor}"))


def causal_gap_id(person_id: PersonId, dot: Dot) -> SyncQuestionId:
    """Return the id of the question about an operation that waits."""
    return SyncQuestionId(uuid5(person_id, f"{QuestionKind.CAUSAL_GAP} {dot[0]}/{dot[1]}"))
