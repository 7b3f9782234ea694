"""Nothing leaves a row unless somebody who had seen it wrote another value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.canonical_json import canonical
from daywork.core.hash_chain import decode_base64url
from daywork.core.ids import Actor, Dot
from daywork.core.json_value import JsonValue
from daywork.core.merge import (
    Cells,
    Change,
    applied,
    conflict_flags,
    delete_counts,
    digest_of,
    distinct_values,
    effective_context,
    entry_flags,
    joined,
    live_values,
    projected,
    ranked_times,
)
from daywork.core.vector_clock import covers
from support.record_vectors import merge_vectors
from support.strategies import (
    Story,
    causal_orders,
    law,
    replicas,
    row_of,
    stories,
    stories_with_lost_components,
)
from support.vectors import name_of, vectors

MERGE = vectors("merge")


def _changes(vector: Any) -> list[Change]:
    return [
        Change((operation["actor"], operation["q"]), operation["s"], operation["c"])
        for operation in vector["operations"]
    ]


def _applied_in_order(changes: list[Change]) -> Cells:
    cells: Cells = {}
    for change in changes:
        cells = applied(cells, change.dot, change.values, change.context)
    return cells


@pytest.mark.parametrize("vector", MERGE, ids=name_of)
def test_a_recorded_history_has_its_outcome(vector: Any) -> None:
    cells = _applied_in_order(_changes(vector))
    contexts = {change.dot: change.context for change in _changes(vector)}
    expected = vector["expected"]

    live = live_values(cells)

    assert {g: [v for _, v in values] for g, values in live.items()} == expected["v"]
    assert {g: [[*d] for d, _ in values] for g, values in live.items()} == expected["dots"]
    assert list(entry_flags(cells, contexts)) == expected["flags"]
    assert digest_of(cells) == expected["digest"]
    assert delete_counts(cells, contexts) is expected["deleted"]
    assert [[*dot] for dot in ranked_times(cells.get("time", {}))] == expected["times_ranked"]


def test_the_recorded_histories_are_those_told_in_the_tests() -> None:
    assert merge_vectors() == MERGE


@law
@given(st.data(), stories_with_lost_components())
def test_i5_apply_is_project_in_any_causal_order(data: st.DataObject, story: Story) -> None:
    order = data.draw(causal_orders(story.changes))

    assert _applied_in_order(order) == projected(story.changes)


@law
@given(st.data(), stories())
def test_the_projection_of_a_set_knows_no_order(data: st.DataObject, story: Story) -> None:
    order = data.draw(st.permutations(story.changes))

    assert live_values(projected(order)) == live_values(projected(story.changes))


@law
@given(st.data(), stories())
def test_a_joined_row_is_the_row_of_the_union(data: st.DataObject, story: Story) -> None:
    left = data.draw(replicas(story))
    right = data.draw(replicas(story))
    union = {change.dot: change for change in [*left, *right]}

    assert joined(row_of(left), row_of(right)) == row_of(union.values())


@law
@given(st.data(), stories())
def test_i6_join_is_commutative_associative_and_idempotent(
    data: st.DataObject, story: Story
) -> None:
    one, two, three = (row_of(data.draw(replicas(story))) for _ in range(3))

    assert joined(one, two) == joined(two, one)
    assert joined(joined(one, two), three) == joined(one, joined(two, three))
    assert joined(one, one) == one


@law
@given(stories())
def test_i3_no_silent_overwrite_a_value_leaves_when_a_later_author_had_seen_it(
    story: Story,
) -> None:
    cells = projected(story.changes)

    for change in story.changes:
        for group, value in change.values.items():
            was_seen_and_replaced = any(
                group in other.values and covers(other.context, change.dot)
                for other in story.changes
            )
            is_live = change.dot in cells.get(group, {})
            assert is_live is not was_seen_and_replaced
            assert not is_live or cells[group][change.dot] == value


@law
@given(stories())
def test_equal_siblings_are_no_conflict(story: Story) -> None:
    cells = projected(story.changes)

    flags = conflict_flags(cells)

    for group, live in cells.items():
        distinct = {canonical(value) for value in live.values()}
        assert (f"conflict:{group}" in flags) is (len(distinct) > 1)


@law
@given(stories())
def test_a_digest_exists_exactly_while_no_material_group_has_several_values(
    story: Story,
) -> None:
    cells = projected(story.changes)

    material_conflicts = set(conflict_flags(cells)) - {"conflict:note"}

    assert (digest_of(cells) is None) is bool(material_conflicts)


def test_of_equal_values_the_one_of_the_smallest_dot_comes_first() -> None:
    first, second, third = [(Actor(letter * 10), 1) for letter in "abc"]

    live: dict[Dot, JsonValue] = {third: "new", second: "old", first: "new"}

    assert distinct_values(live) == ("new", "old")


def test_applying_leaves_the_given_cells_as_they_were() -> None:
    before: Cells = {"note": {(Actor("a" * 10), 1): "pump"}}

    after = applied(before, (Actor("a" * 10), 2), {"note": "pump 4"}, {Actor("a" * 10): 1})

    assert before == {"note": {(Actor("a" * 10), 1): "pump"}}
    assert after == {"note": {(Actor("a" * 10), 2): "pump 4"}}


@pytest.mark.parametrize("vector", vectors("context"), ids=name_of)
def test_a_component_counts_if_its_anchor_fits_the_stored_history(vector: Any) -> None:
    stored = {(a, q): decode_base64url(h) for a, q, h in vector["stored"]}
    context = {a: (q, sent_anchor) for a, (q, sent_anchor) in vector["c"].items()}

    assert effective_context(context, lambda a, q: stored.get((a, q))) == vector["effective"]
