"""The ledger of soaks."""

from pathlib import Path

import pytest

from support import soak

HEAD = f"# Soaks\n\n| {' | '.join(soak.COLUMNS)} |\n|{'---|' * len(soak.COLUMNS)}\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger without lines."""
    file = tmp_path / "soak.md"
    file.write_text(HEAD)
    return file


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_run_leaves_one_line_that_fits_the_head_of_the_table(ledger: Path) -> None:
    head = soak.LEDGER.read_text("utf-8").split("| date |")[1].partition("\n")[0]

    soak.record({"kills": 50, "records": 12_089}, ledger=ledger)

    line = _cells(ledger.read_text().splitlines()[-2])
    assert len(line) == head.count("|") + 1
    assert dict(zip(soak.COLUMNS, line, strict=True)).items() >= {
        ("seeds", "of the tests"),
        ("kills", "50"),
        ("records", "12,089"),
        ("lost", "0"),
    }


def test_the_last_line_is_the_sum_of_all_runs(ledger: Path) -> None:
    soak.record({"kills": 1_200, "histories": 3}, ledger=ledger)
    soak.record({"kills": 34, "power cuts": 5}, seeds="77", ledger=ledger)

    first, second, total = (_cells(line) for line in ledger.read_text().splitlines()[-3:])
    kills, cuts = soak.COLUMNS.index("kills"), soak.COLUMNS.index("power cuts")
    assert [first[kills], second[kills], second[2]] == ["1,200", "34", "77"]
    assert [total[0], total[kills], total[cuts]] == [soak.SUM, "1,234", "5"]
    assert ledger.read_text().count(soak.SUM) == 1


def test_the_ledger_of_the_project_can_be_summed() -> None:
    text = soak.LEDGER.read_text("utf-8")

    assert f"| {' | '.join(soak.COLUMNS)} |" in text
    assert len(soak._sums(text.splitlines())) == len(soak.COUNTED) + len(soak.FORBIDDEN)
