"""Mappings, rates, postings and explanations by command, beside a server and without one."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from support.commands import Say
from support.server import running_server

PATIENCE_SECONDS = 30
UNMAPPED = "Observatory, dome motor"


def held_entry(say: Say) -> dict[str, Any]:
    (posting,) = json.loads(say("postings", "--json"))["postings"]
    entry: dict[str, Any] = posting
    return entry


def test_held_work_tells_why_and_goes_on_when_its_cause_is_mended(home: Path, say: Say) -> None:
    entry = held_entry(say)
    journal = home / "ledger/daywork.journal"
    assert "The project has no account in the ledger yet." in say("explain", entry["entry_id"])
    assert UNMAPPED in say("mappings", "show", "--unmapped")
    assert entry["entry_id"].removeprefix("te:") not in journal.read_text()

    with running_server(home):
        say("mappings", "set", "project", UNMAPPED, "Dome-Motor")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "posted in batch" not in say("explain", entry["entry_id"]):
            assert time.monotonic() < deadline, "the released posting did not reach the ledger"

        assert "Nothing is held." in say("postings")
    assert journal.read_text().count(entry["entry_id"].removeprefix("te:")) == 1
    assert UNMAPPED not in say("mappings", "show", "--unmapped")


def test_a_posted_hour_explains_itself(home: Path, say: Say) -> None:
    journal = (home / "ledger/daywork.journal").read_text()
    line = next(
        line
        for line in journal.splitlines()
        if "Ana-Brandt | Harbour-Hotel" in line and "seconds:28800," in line
    )
    entry = line.partition("entry:")[2][:36]

    told = say("explain", entry)

    assert "approved by Greta Fennick" in told
    assert "8 h 00 worked (28800 s), not rounded" in told
    assert "pay: 31.50 EUR an hour since " in told
    assert "= 252.00 EUR" in told  # 8 x 31.50
    assert "= 544.00 EUR" in told  # 8 x 68.00
    assert "employee Ana-Brandt, project Harbour-Hotel-boilers (mapping version" in told
    assert "posted in batch" in told


@pytest.mark.parametrize("ending", ["toml", "csv"])
def test_mappings_that_were_exported_and_edited_are_taken_over(
    home: Path, say: Say, ending: str
) -> None:
    file = home / f"mappings.{ending}"
    say("mappings", "export", str(file))
    text = file.read_text()
    row = next(
        part for part in text.split("\n\n" if ending == "toml" else "\n") if UNMAPPED in part
    )
    edited = (
        row.replace('reference = ""', 'reference = "Dome"') if ending == "toml" else f"{row}Dome"
    )
    file.write_text(text.replace(row, edited))

    say("mappings", "import", str(file))

    kept = {row["name"]: row for row in json.loads(say("mappings", "show", "--json"))["mappings"]}
    assert kept[UNMAPPED]["reference"] == "Dome"
    assert kept[UNMAPPED]["author"].endswith("on the command line")


def test_an_import_with_one_bad_row_changes_nothing(home: Path, say: Say, refused: Say) -> None:
    before = say("mappings", "show", "--json")
    ids = {row["name"]: row["id"] for row in json.loads(before)["mappings"]}
    file = home / "mappings.csv"
    file.write_text(
        "subject,id,name,reference\n"
        f"project,{ids[UNMAPPED]},x,Dome\n"
        f"employee,{ids['Ana Brandt']},x,not: a name\n"
    )

    told = refused("mappings", "import", str(file))

    assert "Row 2: 'not: a name' cannot be part of an account." in told
    assert say("mappings", "show", "--json") == before


def test_a_name_of_another_is_refused(home: Path, refused: Say) -> None:
    assert home.is_dir()
    told = refused("mappings", "set", "project", UNMAPPED, "HARBOUR-hotel-boilers")

    assert "is the name of another project" in told


def test_a_rate_holds_from_its_day_on(home: Path, say: Say) -> None:
    assert home.is_dir()
    say("rates", "set", "pay", "Luca Ferri", "27.5", "--from", "2026-01-01")

    (rate,) = [
        rate
        for rate in json.loads(say("rates", "show", "--json"))["rates"]
        if rate["name"] == "Luca Ferri"
    ]
    assert (rate["per_hour"], rate["currency"], rate["from"]) == ("27.50", "EUR", "2026-01-01")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rates", "set", "pay", "Nobody", "1", "--from", "2026-01-01"), "There is no employee"),
        (("rates", "set", "pay", "Luca Ferri", "1,5", "--from", "2026-01-01"), "is no amount"),
        (("rates", "set", "pay", "Luca Ferri", "1", "--from", "soon"), "is no day"),
        (("explain", "everything"), "is no id of a time entry"),
        (("explain", "0195a7e2-0000-7000-8000-000000000000"), "There is no time entry"),
        (("mappings", "set", "project", "Moon base", "Moon"), "There is no project Moon base"),
        (("mappings", "show", "--organisation", "Nobody & Sons"), "There is no organisation"),
        (("work",), "On SQLite the server does the durable work itself"),
    ],
)
def test_a_wrong_command_is_refused_in_a_sentence(
    home: Path, refused: Say, words: tuple[str, ...], told: str
) -> None:
    assert home.is_dir()
    assert told in refused(*words)
