"""What the spec says is shown by tests that exist."""

import re
from pathlib import Path

import pytest

from support.planted_mistakes import MISTAKES

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "spec").glob("*.md"))
LINES_MAX = 250


def _names_of_tests() -> set[str]:
    """Return the names of all Python tests."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        found |= set(re.findall(r"def (test_\w+)", path.read_text("utf-8")))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_every_test_that_the_spec_names_exists(page: Path) -> None:
    named = set(re.findall(r"`(test_\w+)`", page.read_text("utf-8")))

    assert named - _names_of_tests() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_a_page_of_the_spec_can_be_read_in_one_go(page: Path) -> None:
    assert len(page.read_text("utf-8").splitlines()) <= LINES_MAX


def test_the_spec_of_sync_names_its_tests() -> None:
    text = (ROOT / "docs" / "spec" / "sync.md").read_text("utf-8")

    assert len(set(re.findall(r"`(test_\w+)`", text))) > 30


def test_the_spec_lists_the_mistake_that_is_planted_for_each_invariant() -> None:
    text = (ROOT / "docs" / "spec" / "sync.md").read_text("utf-8")
    listed = re.findall(r"^\| (I\d+) .*\| ([^|]+) \|$", text, re.MULTILINE)

    assert listed == [(mistake.invariant, mistake.words) for mistake in MISTAKES]
    assert [name for name, _ in listed] == [f"I{number}" for number in range(1, 23)]


def test_every_mistake_can_still_be_planted() -> None:
    """The command that plants them takes minutes; that they fit is seen at once."""
    unfit = [
        mistake.invariant
        for mistake in MISTAKES
        if mistake.path.read_text("utf-8").count(mistake.right) != 1
    ]

    assert unfit == []


def test_every_invariant_and_fault_of_the_design_has_a_test_of_its_number() -> None:
    numbers = {
        (letter, int(number))
        for name in _names_of_tests()
        for letter, number in re.findall(r"(?<=_)([if])(\d+)(?=_)", name)
    }

    assert {("i", number) for number in range(1, 23)} <= numbers
    assert {("f", number) for number in range(1, 23)} <= numbers
