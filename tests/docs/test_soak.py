"""The ledger of soaks."""

from pathlib import Path

from support import soak


def test_a_run_leaves_one_line_that_fits_the_head_of_the_table(tmp_path: Path) -> None:
    ledger = tmp_path / "soak.md"
    head = soak.LEDGER.read_text("utf-8").split("| date |")[1].partition("\n")[0]
    ledger.write_text("")

    soak.record({"kills": 50, "records": 12_089}, ledger)

    (line,) = ledger.read_text().splitlines()
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert len(cells) == head.count("|") + 1
    assert cells[2:] == ["0", "0", "50", "12,089", "0"]
