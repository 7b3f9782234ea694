"""A soak plays every harness, writes its line only if all held, and names what broke."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from support import soak, soak_run
from support.soak_harnesses import HARNESSES, SHARES, Turn

HEAD = f"# Soaks\n\n| {' | '.join(soak.COLUMNS)} |\n|{'---|' * len(soak.COLUMNS)}\n"


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger without lines."""
    file = tmp_path / "soak.md"
    file.write_text(HEAD)
    monkeypatch.setattr(soak.record, "__defaults__", ("of the tests", file))
    return file


def test_every_harness_has_its_share_of_the_time() -> None:
    assert HARNESSES.keys() == SHARES.keys()


@pytest.mark.parametrize("name", HARNESSES)
def test_every_harness_plays_a_turn_of_a_soak(name: str) -> None:
    counts: Counter[str] = Counter()

    status = asyncio.run(soak_run._played(name, 4, 0, counts))

    assert status == 0
    assert sum(counts.values()) > 0
    assert counts.keys() <= set(soak.COUNTED)


def test_a_turn_that_breaks_a_rule_names_its_seed_and_writes_no_line(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Turn]:
        async def turn(_seed: int) -> Counter[str]:
            message = "no_lost_op"
            raise AssertionError(message)

        yield turn

    monkeypatch.setattr(soak_run, "HARNESSES", {"model": broken})

    assert soak_run._soaked(1, ["model"]) == 1

    said = capsys.readouterr()
    assert "make soak REPLAY=model:" in said.out
    assert "no_lost_op" in said.err
    assert ledger.read_text() == HEAD


def test_a_soak_that_held_writes_its_line(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak_run, "HARNESSES", {"model": HARNESSES["model"]})

    assert soak_run._soaked(0.2, ["model"]) == 0

    assert "**all**" in ledger.read_text()
