"""The status is a function of the set of operations, not of their order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.approval import (
    VOID_NOTES,
    Decision,
    Standing,
    Status,
    content_under,
    standing,
    why_ineffective,
)
from daywork.core.merge import Change, digest_of, projected
from support.record_vectors import approval_vectors
from support.strategies import Story, law, stories, stories_with_lost_components
from support.vectors import name_of, vectors

APPROVAL = vectors("approval")
CONFLICTS = {Status.APPROVAL_CONFLICT, Status.DECISION_CONFLICT}
PAYABLE = {Status.APPROVED, Status.APPROVED_WITH_AMENDMENT}


def _changes(vector: Any) -> list[Change]:
    return [
        Change((operation["actor"], operation["q"]), operation["s"], operation["c"])
        for operation in vector["operations"]
        if "s" in operation
    ]


def _decisions(vector: Any) -> list[Decision]:
    return [
        Decision(
            dot=(operation["actor"], operation["q"]),
            kind=operation["by"],
            context=operation["c"],
            digest=operation["dg"],
            person=operation["person"],
            is_authorised=operation["authorised"],
            received_at=operation["received_at"],
        )
        for operation in vector["operations"]
        if "dg" in operation
    ]


def _as_recorded(result: Standing) -> dict[str, Any]:
    approved = result.approved
    return {
        "status": result.status,
        "approved": approved
        and {
            "dg": approved.digest,
            "v": approved.values,
            "d": [*approved.dot],
            "person": approved.person,
            "received_at": approved.received_at,
        },
        "pending": [[*dot] for dot in result.pending],
        "notes": [{"d": [*dot], "note": note} for dot, note in result.notes.items()],
    }


@pytest.mark.parametrize("vector", APPROVAL, ids=name_of)
def test_a_recorded_history_stands_where_it_was_recorded(vector: Any) -> None:
    result = standing(_changes(vector), _decisions(vector))

    assert _as_recorded(result) == vector["expected"]


def test_the_recorded_histories_are_those_told_in_the_tests() -> None:
    assert approval_vectors() == APPROVAL


def test_every_status_occurs_in_a_recorded_history() -> None:
    assert {vector["expected"]["status"] for vector in APPROVAL} == set(Status)


@law
@given(st.data(), stories_with_lost_components())
def test_i7_status_is_free_of_the_order_of_arrival(data: st.DataObject, story: Story) -> None:
    changes = data.draw(st.permutations(story.changes))
    decisions = data.draw(st.permutations(story.decisions))

    result = standing(changes, decisions)

    assert result == standing(story.changes, story.decisions)
    assert list(result.notes) == sorted(result.notes)


@law
@given(stories())
def test_only_what_was_seen_is_ever_approved(story: Story) -> None:
    result = standing(story.changes, story.decisions)

    assert (result.approved is not None) is (result.status in PAYABLE)
    if result.approved is not None:
        approval = next(d for d in story.decisions if d.dot == result.approved.dot)
        seen = content_under(story.changes, approval.context)
        assert approval.kind == "approve"
        assert approval.is_authorised
        assert digest_of(seen) == result.approved.digest
        assert result.pending or digest_of(projected(story.changes)) == result.approved.digest


@law
@given(stories())
def test_a_void_decision_changes_nothing(story: Story) -> None:
    result = standing(story.changes, story.decisions)

    counting = [d for d in story.decisions if result.notes.get(d.dot) not in VOID_NOTES]
    without = standing(story.changes, counting)

    assert (without.status, without.approved, without.pending) == (
        result.status,
        result.approved,
        result.pending,
    )


@law
@given(stories())
def test_each_decision_alone_is_judged_as_among_the_others(story: Story) -> None:
    notes = standing(story.changes, story.decisions).notes

    for decision in story.decisions:
        note = why_ineffective(decision, story.changes, story.decisions)
        assert note == notes.get(decision.dot)


@law
@given(stories())
def test_nothing_is_payable_while_people_contradict_each_other(story: Story) -> None:
    result = standing(story.changes, story.decisions)

    if result.status in CONFLICTS:
        assert result.approved is None
        assert result.pending == ()
