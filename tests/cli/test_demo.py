"""The demo plays its week for real, and says so when something is not as told."""

import shutil
from pathlib import Path

import pytest

from daywork.cli.demo_books import check_books
from daywork.cli.demo_week import StoryDiffers
from support.demo import Demo, play_demo


def test_the_week_ends_in_books_that_balance(demo: Demo) -> None:
    assert (demo.status, demo.complaints) == (0, "")
    for told in (
        "ended a shift on two devices: 4 h 00 and 3 h 30",
        "approved 30 clean entries and sent one back",
        "came after the week was posted",
        "1 entry is held (6 h 00)",
        "30 entries, 216 h 00 in the journal, each once; hledger adds up 216.0000 h",
        "bean-check finds no fault",
    ):
        assert told in demo.told


def test_a_second_demo_begins_anew(demo: Demo, tmp_path: Path) -> None:
    shutil.copytree(demo.home, tmp_path / "demo")

    again = play_demo(tmp_path)

    assert again.status == 0
    assert again.told.splitlines()[:-1] == demo.told.splitlines()[:-1]


def test_a_home_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    wages = tmp_path / "demo/daywork.sqlite"
    wages.write_text("ten years of wages")

    refused = play_demo(tmp_path)

    assert refused.status == 1
    assert "is not the home of a demo" in refused.complaints
    assert wages.read_text() == "ten years of wages"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("seconds:", "seconds:1"),  # More seconds than were approved.
        ("; entry:", "; entri:"),  # An entry less.
        ("  4.0000 h", "  4.5000 h"),  # Hours that hledger adds up and the tags do not have.
    ],
)
def test_books_that_were_changed_are_noticed(
    demo: Demo, tmp_path: Path, before: str, after: str
) -> None:
    for name in ("daywork.journal", "daywork.beancount"):
        (tmp_path / name).write_text((demo.home / "ledger" / name).read_text())
    check_books(tmp_path, 30, 216 * 3600)
    journal = tmp_path / "daywork.journal"
    journal.write_text(journal.read_text().replace(before, after, 1))

    with pytest.raises(StoryDiffers):
        check_books(tmp_path, 30, 216 * 3600)
