"""The server is killed at random moments of a replay; what comes out is the same.

Ten times on generated records; with ``--soak`` fifty times, and with ``--records``
on a file of one's own. Moments are seeded and lie in every stage: phones push,
managers approve, the ledger is written.
"""

from pathlib import Path
from random import Random

import pytest

from daywork.core.time_record_preset import Preset, read_records
from support.records import generated_records
from support.replays import journal_lines, posted_entries, replay

SEED = 20_261
RECORDS = 600
RECORDS_OF_A_SOAK = 2_000
KILLS = 10
KILLS_OF_A_SOAK = 50


@pytest.mark.timeout(3600)
async def test_a_replay_ends_the_same_however_often_the_server_is_killed(
    tmp_path: Path, pytestconfig: pytest.Config, soaked: dict[str, int]
) -> None:
    is_soak = bool(pytestconfig.getoption("--soak"))
    file = pytestconfig.getoption("--records")
    kills = KILLS_OF_A_SOAK if is_soak else KILLS
    count = RECORDS_OF_A_SOAK if is_soak else RECORDS
    text = Path(file).read_text("utf-8") if file else generated_records(SEED, count).text
    count = len(read_records(text, Preset.DAYWORK, "Europe/London").records)
    # Two steps a record, sent and approved; the last kill meets the posting.
    moments = [*Random(SEED).sample(range(1, 2 * count), kills - 1), 2 * count]

    undisturbed, _ = await replay(tmp_path / "undisturbed", text)
    killed, times = await replay(tmp_path / "killed", text, moments=moments, seed=SEED)

    assert times == kills
    assert killed.server_starts == kills + 1
    assert killed.comparison.differences == []
    assert killed.is_complete
    assert undisturbed.is_complete
    assert killed.comparison == undisturbed.comparison
    assert set(posted_entries(tmp_path / "killed").values()) == {1}
    assert len(posted_entries(tmp_path / "killed")) == count
    assert journal_lines(tmp_path / "killed") == journal_lines(tmp_path / "undisturbed")
    soaked["records"] = count
    soaked["kills"] = soaked.get("kills", 0) + kills
