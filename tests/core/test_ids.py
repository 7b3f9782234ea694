"""Ids are read from the one spelling that the wire has for them."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.ids import uuid_of


@given(st.uuids())
def test_a_text_leads_to_the_same_id_as_the_constructor(made: UUID) -> None:
    read = uuid_of(str(made))

    assert (read, hash(read), read.bytes) == (made, hash(made), made.bytes)


@pytest.mark.parametrize("text", ["", "te:", "0" * 35, "g" * 36])
def test_what_spells_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        uuid_of(text)
