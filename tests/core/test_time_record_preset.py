"""The three forms of CSV, read from files with the vendors' own headers."""

from pathlib import Path

import pytest

from daywork.core.errors import ValueRefused
from daywork.core.time_entry import checked_values
from daywork.core.time_record_cell import DateOrder
from daywork.core.time_record_preset import Preset, RecordsRead, read_records
from support.records import generated_records

FILES = Path(__file__).parents[1] / "data"


def read(name: str, preset: Preset, order: DateOrder | None = None) -> RecordsRead:
    text = (FILES / name).read_bytes().decode("utf-8", "surrogateescape")
    return read_records(text, preset, "Europe/Berlin", order)


def test_toggl_intervals_are_read_in_local_time() -> None:
    first, second, _night = read("toggl_detailed.csv", Preset.TOGGL).records

    assert first.time == {
        "start": "2024-10-15T06:02:17Z",
        "end": "2024-10-15T10:02:19Z",
        "brk": [],
        "tz": "Europe/Berlin",
        "src": "import",
        "elapsed": None,
    }
    assert (first.employee, first.email, first.task) == (
        "Iris Falk",
        "iris@example.com",
        "Inspection",
    )
    assert first.note == 'Burner cleaned, "loud" before'
    assert first.is_billable
    assert not second.is_billable


def test_a_project_of_two_clients_is_two_projects() -> None:
    projects = [record.project for record in read("toggl_detailed.csv", Preset.TOGGL).records]

    assert projects == ["Boiler room (Harbour Office)", "Boiler room (Old Mill)", "Workshop"]


def test_a_night_in_which_the_clocks_change_keeps_its_hour() -> None:
    night = read("toggl_detailed.csv", Preset.TOGGL).records[2]

    assert night.seconds == 9 * 3600
    assert night.time["end"] == "2024-10-27T05:00:00Z"


def test_toggls_newer_header_is_read_as_well() -> None:
    found = read("toggl_detailed_stop.csv", Preset.TOGGL)

    assert [record.seconds for record in found.records] == [5400, 7200]
    assert [record.project for record in found.records] == ["Roof", None]
    assert found.refused == []


def test_clockify_is_read_with_month_first_and_twelve_hours() -> None:
    first, twin, rounded = read("clockify_detailed.csv", Preset.CLOCKIFY).records

    assert first.time["start"] == "2024-03-14T09:23:52Z"
    assert first.key != twin.key
    assert rounded.time == {
        "date": "2024-03-15",
        "seconds": 3600,
        "tz": "Europe/Berlin",
        "src": "import",
    }


def test_clockify_is_read_with_day_first_and_no_seconds() -> None:
    found = read("clockify_detailed_day_first.csv", Preset.CLOCKIFY)

    assert [record.seconds for record in found.records] == [780, 3600]
    assert found.records[1].time["start"] == "2026-07-01T21:30:00Z"


def test_the_keys_are_the_same_when_the_file_is_read_again() -> None:
    keys = [record.key for record in read("clockify_detailed.csv", Preset.CLOCKIFY).records]

    assert keys == [record.key for record in read("clockify_detailed.csv", Preset.CLOCKIFY).records]
    assert len(set(keys)) == 3


def test_every_bad_row_is_named_with_its_column_and_blocks_nobody() -> None:
    found = read("daywork_with_faults.csv", Preset.DAYWORK)

    assert [record.row for record in found.records] == [2, 12, 14, 16]
    assert [(refused.row, refused.column) for refused in found.refused] == [
        (3, "work_date"),
        (4, "hours"),
        (5, "hours"),
        (6, "hours"),
        (7, "hours"),
        (8, "employee"),
        (9, "record"),
        (10, None),
        (11, None),
        (13, "note"),
        (15, "note"),
    ]


def test_nobody_and_na_are_no_approver() -> None:
    found = read("daywork_with_faults.csv", Preset.DAYWORK)

    assert [record.approver for record in found.records] == ["6", None, None, "8"]


@pytest.mark.parametrize("preset", list(Preset))
def test_a_header_that_lacks_columns_is_refused_with_their_names(preset: Preset) -> None:
    with pytest.raises(ValueRefused, match="the header lacks"):
        read_records("Project,hours\nx,1\n", preset, "Europe/Berlin")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(ValueRefused, match="is no time zone"):
        read_records("a\n", Preset.TOGGL, zone)


def test_an_order_that_was_said_is_used() -> None:
    header = "User,Project,Start Date,Start Time,End Date,End Time,Duration (h)"
    text = f"{header}\nNoor,Lift,03/04/2024,10:00,03/04/2024,11:00,1:00\n"

    day_first = read_records(text, Preset.CLOCKIFY, "UTC", DateOrder.DAY_FIRST).records[0]

    assert day_first.work_date.isoformat() == "2024-04-03"
    with pytest.raises(ValueRefused, match="--dates"):
        read_records(text, Preset.CLOCKIFY, "UTC")


def test_a_name_with_a_control_character_is_refused() -> None:
    head = "User,Project,Start Date,Start Time,End Date,End Time"
    text = f"{head}\nNo\x1bor,L,2024-04-03,10:00,2024-04-03,11:00\n"

    found = read_records(text, Preset.CLOCKIFY, "UTC")

    assert [(one.row, one.column) for one in found.refused] == [(2, "User")]


def test_generated_records_are_all_read_to_the_second() -> None:
    generated = generated_records(7, 500)

    found = read_records(generated.text, Preset.DAYWORK, "Europe/Berlin")

    assert found.refused == []
    assert len(found.records) == 500
    assert sum(record.seconds for record in found.records) == generated.seconds
    assert sum(record.approver is None for record in found.records) == generated.without_approver
    assert all(
        checked_values({"time": dict(record.time), "note": record.note}) is None
        for record in found.records
    )
