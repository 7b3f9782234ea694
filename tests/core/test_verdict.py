"""The words of an answer are a closed set, and written down."""

from pathlib import Path
from typing import get_args

from daywork.core.verdict import FIXES, HELD_CODES, HeldCode

SPEC = Path(__file__).parents[2] / "docs" / "spec" / "sync.md"


def test_the_closed_set_is_the_type() -> None:
    assert frozenset(get_args(HeldCode)) == HELD_CODES


def test_every_held_code_is_explained_in_the_spec() -> None:
    text = SPEC.read_text("utf-8")

    assert [code for code in sorted(HELD_CODES) if f"`{code}`" not in text] == []


def test_only_held_codes_have_something_to_do_about_them() -> None:
    assert FIXES.keys() <= HELD_CODES
