"""The power goes at any moment, and the disk keeps any part of what was not synced."""

from pathlib import Path
from typing import Any

import pytest

from support.power_cuts import Recording, cut, record

CUTS = 100
CUTS_OF_A_SOAK = 2_000


@pytest.fixture
async def recording(tmp_path: Path) -> Recording:
    """A company's work on SQLite, as its disk saw it."""
    home = tmp_path / "home"
    home.mkdir()
    return await record(home)


async def _cuts(recording: Recording, folder: Path, seeds: range) -> int:
    acks = 0
    for seed in seeds:
        place = folder / f"cut {seed}"
        place.mkdir()
        acks += await cut(recording, place, seed)
        for file in place.iterdir():
            file.unlink()
    return acks


@pytest.mark.timeout(3600)
async def test_i11_ack_is_durable_on_the_disk_after_a_power_cut(
    recording: Recording, tmp_path: Path, pytestconfig: pytest.Config, soaked: dict[str, int]
) -> None:
    cuts = CUTS_OF_A_SOAK if pytestconfig.getoption("--soak") else CUTS

    acks = await _cuts(recording, tmp_path, range(cuts))

    assert acks > 3 * cuts
    # The record had it all: commits, checkpoints into the file, a restart.
    kinds = {(one.kind, one.file) for one in recording.events}
    assert {("sync", "daywork.sqlite-wal"), ("write", "daywork.sqlite")} <= kinds
    soaked["power cuts"] = soaked.get("power cuts", 0) + cuts


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ({"synchronous": "NORMAL"}, "ack_is_durable"),
        ({"forgets_syncs": True}, "ack_is_durable|corrupt"),
    ],
    ids=["synchronous = NORMAL", "no sync at all"],
)
async def test_a_commit_that_does_not_wait_for_the_disk_is_caught(
    tmp_path: Path, mistake: dict[str, Any], said: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    careless = await record(home, **mistake)

    with pytest.raises(AssertionError, match=said):
        await _cuts(careless, tmp_path, range(20))
