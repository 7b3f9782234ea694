"""Rows of a CSV: what can be read is read, what cannot is named."""

import pytest

from daywork.core.errors import ValueRefused
from daywork.core.time_record import RowRefused, numbered_twins, read_table


def test_rows_stand_under_the_names_of_the_header() -> None:
    table = read_table("\ufeffa, b\r\n1,2\r\n\r\n3,4\r\n")

    assert [(row.number, dict(row.cells)) for row in table.rows] == [
        (2, {"a": "1", "b": "2"}),
        (4, {"a": "3", "b": "4"}),
    ]
    assert table.refused == []


def test_a_note_of_several_lines_is_one_row() -> None:
    table = read_table('a,b\n1,"first\nsecond"\n3,4\n')

    assert [row.cells["b"] for row in table.rows] == ["first\nsecond", "4"]
    assert [row.number for row in table.rows] == [2, 3]


def test_a_quotation_mark_that_is_never_closed_costs_one_row() -> None:
    table = read_table('a,b\n1,"open\n2,x\n3,y\n')

    assert [row.cells["a"] for row in table.rows] == ["2", "3"]
    assert [refused.row for refused in table.refused] == [2]


def test_a_quotation_mark_that_a_later_row_closes_costs_no_good_row() -> None:
    table = read_table('a,b\n1,"open\n2,x\n3,"y"\n4,z\n')

    assert [row.cells["a"] for row in table.rows] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("1", None, "1 cells where the header has 2"),
        ("1,2,3", None, "3 cells where the header has 2"),
        ("1,x\0y", "b", "holds the character U+0000"),
        ("1,x\udcff", "b", "is not UTF-8"),
    ],
)
def test_a_bad_row_is_named_and_its_neighbours_are_read(
    row: str, column: str | None, reason: str
) -> None:
    table = read_table(f"a,b\n0,0\n{row}\n9,9\n")

    assert [row.number for row in table.rows] == [2, 4]
    assert table.refused == [RowRefused(3, column, reason)]


@pytest.mark.parametrize("text", ["", "\n1,2", "a,a\n1,2\n", '"a\n1,2\n'])
def test_a_file_without_a_usable_header_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        read_table(text)


def test_a_refused_row_is_told_in_one_line() -> None:
    assert str(RowRefused(12, "hours", "'x' is no number")) == "row 12, hours: 'x' is no number"
    assert str(RowRefused(3, None, "is too short")) == "row 3: is too short"


def test_equal_rows_are_told_apart_by_their_count() -> None:
    assert numbered_twins(["x", "y", "x"]) == ["x:0", "y:0", "x:1"]
