"""What the server says by a code, the app says in words, in every language."""

import json
from pathlib import Path
from typing import Any

import pytest

from daywork.core.posting import HELD_REASONS

CATALOGUES = sorted((Path(__file__).parents[2] / "pwa/src/i18n").glob("*.json"))


def catalogue(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.stem))
def test_every_reason_for_holding_a_posting_has_its_words(file: Path) -> None:
    texts = catalogue(file)

    for reason in HELD_REASONS:
        assert texts[f"postings.reason.{reason.replace('.', '_')}"]


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.stem))
def test_no_language_was_left_in_english(file: Path) -> None:
    english, texts = catalogue(CATALOGUES[0].with_name("en.json")), catalogue(file)
    long = [key for key, text in english.items() if isinstance(text, str) and len(text) > 25]

    same = [key for key in long if texts[key] == english[key]]

    assert len(long) > 100
    assert same == (long if file.stem == "en" else [])
