"""Mappings in TOML and CSV: what is written is read back, and faults name their row."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.cli.mapping_file import mapping_text, read_mappings
from daywork.core.errors import ValueRefused

NAMES = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=30)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "subject": st.sampled_from(["employee", "project"]),
            "id": st.uuids().map(str),
            "name": NAMES,
            "reference": st.none() | st.from_regex(r"[A-Z0-9][A-Za-z0-9-]{0,9}", fullmatch=True),
        }
    ),
    max_size=5,
)


@pytest.mark.parametrize("name", ["mappings.toml", "mappings.csv"])
@given(rows=ROWS)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, rows: list[dict[str, str | None]]
) -> None:
    file = tmp_path_factory.mktemp("mappings") / name
    file.write_text(mapping_text(file, rows), "utf-8")

    assert read_mappings(file) == [
        {word: row[word] for word in ("subject", "id", "reference")}
        for row in rows
        if row["reference"] is not None
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.toml", "[[mapping]]\nsubject = 3\nid = 'x'", "Row 1 of .*: subject must be a text"),
        ("a.toml", "mapping = 'x'", "must consist of"),
        ("a.toml", "[[mapping", "is no TOML"),
        ("a.csv", "subject,id\n", "lacks the column reference"),
        ("a.csv", "subject,id,reference\nproject,1,A\nproject,,B\n", "Row 2 of .* lacks"),
        ("a.csv", "subject,id,reference\nproject,1,A,too,many\n", "more cells"),
        ("a.json", "{}", "must end in .toml or .csv"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, name: str, text: str, told: str) -> None:
    file = tmp_path / name
    file.write_text(text)

    with pytest.raises(ValueRefused, match=told):
        read_mappings(file)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes("subject,id,reference\nproject,1,Stra\xdfe\n".encode("latin-1"))

    with pytest.raises(ValueRefused, match="not UTF-8"):
        read_mappings(latin)
    with pytest.raises(ValueRefused, match="cannot be read"):
        read_mappings(tmp_path / "none.csv")
