"""A cursor is its owner's alone, and one flipped character makes it nobody's."""

import hmac
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.cursor import Cursor, opened, sealed
from daywork.core.errors import CursorExpired, CursorInvalid
from daywork.core.hash_chain import encode_base64url
from daywork.core.ids import OrganisationId, PersonId
from support.strategies import law

KEY = bytes(range(32))
ANA, BEN = PersonId(UUID(int=2)), PersonId(UUID(int=3))
CURSOR = Cursor(OrganisationId(UUID(int=1)), ANA, "b7e1", 41, 7, "a-mark", (-1, 6), 12)


@law
@given(
    st.integers(0, 2**53),
    st.integers(0, 2**53),
    st.lists(st.integers(-1, 2**53), max_size=4).map(tuple),
)
def test_what_was_sealed_is_opened(
    revision: int, filled_revision: int, complete_at: tuple[int, ...]
) -> None:
    cursor = Cursor(
        CURSOR.organisation_id, BEN, "e", revision, 3, "all", complete_at, filled_revision
    )

    assert opened(sealed(cursor, KEY), KEY) == cursor
    assert cursor.is_filling is bool(complete_at)


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


def test_a_cursor_of_an_older_release_has_expired_and_is_not_taken_for_a_forged_one() -> None:
    payload = b"1/2/b7e1/all/41"
    mac = hmac.digest(KEY, payload, "sha256")[:16]
    old = f"v1.{encode_base64url(payload)}.{encode_base64url(mac)}"

    with pytest.raises(CursorExpired):
        opened(old, KEY)
    with pytest.raises(CursorInvalid):
        opened(old, bytes(32))
