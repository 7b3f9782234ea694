"""What is sealed opens under its key, about its subject, unchanged, and in no other case."""

import pytest

from daywork.security.sealing import KEY_BYTES, Seal

SEAL = Seal(bytes(KEY_BYTES))
TEXT = '{"note":"Straße 7 🚧"}'


def test_what_is_closed_opens_again() -> None:
    closed = SEAL.closed(TEXT, "aaaaaaaaaa/1")

    assert SEAL.opened(closed, "aaaaaaaaaa/1") == TEXT
    assert "note" not in closed
    assert closed != SEAL.closed(TEXT, "aaaaaaaaaa/1"), "equal texts do not look equal"


@pytest.mark.parametrize("about", ["aaaaaaaaaa/2", "", "bbbbbbbbbb/1"])
def test_it_opens_about_nothing_else(about: str) -> None:
    with pytest.raises(ValueError, match="does not open"):
        SEAL.opened(SEAL.closed(TEXT, "aaaaaaaaaa/1"), about)


def test_it_opens_neither_changed_nor_under_another_key() -> None:
    closed = SEAL.closed(TEXT, "x")
    changed = closed[:-2] + ("A" if closed[-2] != "A" else "B") + closed[-1]

    for seal, text in ((SEAL, changed), (Seal(b"k" * KEY_BYTES), closed), (SEAL, "AAAA")):
        with pytest.raises(ValueError, match="does not open"):
            seal.opened(text, "x")


def test_a_key_does_not_show_itself() -> None:
    assert repr(Seal(b"secret" * 5 + b"xx")).count("secret") == 0
