"""A question is asked once: its id follows from what it is about."""

from uuid import UUID

from daywork.core.ids import Actor, PersonId
from daywork.core.sync_question import (
    ANSWERS,
    QuestionKind,
    causal_gap_id,
    possible_loss_id,
)

ANA, BEN = PersonId(UUID(int=1)), PersonId(UUID(int=2))
PHONE, TABLET = Actor("aaaaaaaaaa"), Actor("aaaaaaaaab")


def test_the_same_matter_has_the_same_id_and_another_matter_another() -> None:
    ids = {
        possible_loss_id(ANA, PHONE),
        possible_loss_id(ANA, TABLET),
        possible_loss_id(BEN, PHONE),
        causal_gap_id(ANA, (PHONE, 1)),
        causal_gap_id(ANA, (PHONE, 2)),
        causal_gap_id(BEN, (PHONE, 1)),
    }

    assert len(ids) == 6
    assert possible_loss_id(ANA, PHONE) in ids
    assert causal_gap_id(ANA, (PHONE, 1)) in ids


def test_every_kind_of_question_has_answers() -> None:
    assert ANSWERS.keys() == set(QuestionKind)
    assert all(ANSWERS.values())
