"""A name in the ledger is valid in both journals, and is nobody else's."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.errors import ValueRefused
from daywork.core.mapping import (
    REFERENCE_CHARACTERS_MAX,
    LedgerMapping,
    Subject,
    checked_reference,
    suggested_reference,
)
from support.strategies import law

names = st.text(max_size=80)


@law
@given(st.lists(names, max_size=12))
def test_names_of_any_kind_get_valid_references_that_differ_in_more_than_case(
    given_names: list[str],
) -> None:
    references: list[str] = []
    for name in given_names:
        references.append(suggested_reference(name, references))

    assert [checked_reference(reference) for reference in references] == references
    assert len({reference.casefold() for reference in references}) == len(given_names)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("Ana Brandt", "Ana-Brandt"),
        ("harbour hotel: boilers", "Harbour-hotel-boilers"),
        ("Łukasz", "Lukasz"),
        ("Müller & Söhne", "Muller-Sohne"),
        ("42", "42"),
        ("山田", "X"),
        ("", "X"),
    ],
)
def test_a_reference_resembles_its_name(name: str, reference: str) -> None:
    assert suggested_reference(name, []) == reference


def test_what_is_taken_gets_a_number() -> None:
    assert suggested_reference("Ana", ["ANA", "Ana-2"]) == "Ana-3"


@pytest.mark.parametrize("text", ["A", "9", "Ana-Brandt", "A" * REFERENCE_CHARACTERS_MAX])
def test_a_valid_reference_is_returned(text: str) -> None:
    assert checked_reference(text) == text


@pytest.mark.parametrize(
    "text", ["", "ana", "-A", "A b", "A:b", "Ä", "A\n", "A" * (REFERENCE_CHARACTERS_MAX + 1)]
)
def test_any_other_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        checked_reference(text)


def test_an_employee_and_a_project_of_one_id_are_two_subjects() -> None:
    mapping = LedgerMapping(1, {(Subject.EMPLOYEE, UUID(int=1)): "Ana"})

    assert mapping.reference(Subject.EMPLOYEE, UUID(int=1)) == "Ana"
    assert mapping.reference(Subject.PROJECT, UUID(int=1)) is None
