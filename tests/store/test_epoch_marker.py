"""The marker beside the database is whole or as before, and never stops anything."""

from pathlib import Path
from uuid import UUID

import pytest

from daywork.core.ids import OrganisationId
from daywork.store.epoch_marker import EpochMarker, Mark

COMPANY = OrganisationId(UUID(int=1))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    marker = EpochMarker(tmp_path / "epochs.json")
    assert marker.read() == {}

    marker.write({COMPANY: Mark("e1", 7)})
    marker.write({COMPANY: Mark("e1", 8)})

    assert marker.read() == {COMPANY: Mark("e1", 8)}
    assert [file.name for file in tmp_path.iterdir()] == ["epochs.json"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": 1}', '{"x": {"epoch": 1}}', "\0"])
def test_a_marker_that_cannot_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "epochs.json"
    file.write_text(text, "utf-8")

    assert EpochMarker(file).read() == {}
