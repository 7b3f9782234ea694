"""A cursor is its owner's alone, and one flipped character makes it nobody's."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.cursor import Cursor, opened, sealed, sight_of
from daywork.core.errors import CursorInvalid
from daywork.core.ids import OrganisationId, PersonId
from support.strategies import law

KEY = bytes(range(32))
ANA, BEN = PersonId(UUID(int=2)), PersonId(UUID(int=3))
CURSOR = Cursor(OrganisationId(UUID(int=1)), ANA, "b7e1", sight_of({ANA}), 41)


@law
@given(st.integers(0, 2**53), st.sets(st.uuids().map(PersonId), max_size=5))
def test_what_was_sealed_is_opened(revision: int, owners: set[PersonId]) -> None:
    cursor = Cursor(CURSOR.organisation_id, BEN, "e", sight_of(owners), revision)

    assert opened(sealed(cursor, KEY), KEY) == cursor


@pytest.mark.parametrize("place", range(len(sealed(CURSOR, KEY))))
def test_one_flipped_character_makes_it_invalid(place: int) -> None:
    text = sealed(CURSOR, KEY)
    other = "A" if text[place] != "A" else "B"

    with pytest.raises(CursorInvalid):
        opened(f"{text[:place]}{other}{text[place + 1 :]}", KEY)


@pytest.mark.parametrize("text", ["", "v1", "v1..", "v1.a.b.c", "v2.AA.AA", "v1.ä.ö", "v1.AA=.AA"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        opened(text, KEY)


def test_a_cursor_of_another_server_is_refused() -> None:
    with pytest.raises(CursorInvalid):
        opened(sealed(CURSOR, bytes(32)), KEY)


def test_a_sight_depends_on_who_is_seen_and_not_on_their_order() -> None:
    assert sight_of([ANA, BEN]) == sight_of([BEN, ANA])
    assert len({sight_of(None), sight_of([]), sight_of([ANA]), sight_of([ANA, BEN])}) == 4
