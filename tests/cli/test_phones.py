"""Phones, alarms, what waits and closed periods, by command."""

import json
from pathlib import Path

import pytest

from support.commands import Say

pytestmark = pytest.mark.usefixtures("home")


def test_a_stolen_phone_is_listed_and_revoked(say: Say) -> None:
    devices = json.loads(say("device", "list", "--json"))["devices"]
    phone = next(one for one in devices if one["retired"] is None)

    told = say("device", "revoke", phone["device"])

    assert phone["device"] in told
    assert "sync waiting" in told
    line = next(line for line in say("device", "list").splitlines() if phone["device"] in line)
    assert line.endswith("revoked")


def test_an_unknown_device_is_refused_with_a_hint(refused: Say) -> None:
    assert "daywork device list" in refused("device", "revoke", "zzzzzzzzzz")
    assert "daywork device list" in refused("sync", "release", "zzzzzzzzzz")


def test_an_honest_crew_raises_no_alarm_and_leaves_nothing_waiting(say: Say) -> None:
    assert say("alarms") == "Nothing looked forged.\n"
    assert say("sync", "waiting") == "Nothing waits.\n"
    assert json.loads(say("alarms", "--json")) == {"alarms": []}


def test_releasing_where_nothing_waits_changes_nothing(say: Say) -> None:
    device = json.loads(say("device", "list", "--json"))["devices"][0]["device"]

    assert say("sync", "release", device) == "Released: 0.\n"


def test_a_period_is_closed_and_listed(say: Say, refused: Say) -> None:
    assert say("period", "list") == "No period is closed.\n"
    assert "2020-01-31" in say("period", "close", "--through", "2020-01-31")
    assert "2020-01-31" in say("period", "list")
    assert "closed already" in refused("period", "close", "--through", "2020-01-31")
    assert "no date" in refused("period", "close", "--through", "yesterday")


def test_conserve_says_where_every_hour_of_the_demo_is(say: Say) -> None:
    told = json.loads(say("conserve", "--json"))

    assert told["whole"]
    assert (told["unaccounted"], told["wrong_rows"]) == (0, [])
    assert told["buckets"]["live"]["operations"] > 0
    lines = say("conserve").splitlines()
    assert lines[0].split() == ["where", "operations", "hours"]
    assert lines[-1].startswith("Every operation is in exactly one place")


def test_an_entry_is_erased_by_its_id_and_only_when_it_is_booked_or_owed_to_nobody(
    say: Say, refused: Say
) -> None:
    held = json.loads(say("postings", "--json"))["postings"][0]["entry_id"]

    assert "on its way" in refused("entry", "erase", held)
    assert "no id" in refused("entry", "erase", "yesterday")


def test_a_phones_file_that_cannot_be_read_is_refused(refused: Say, tmp_path: Path) -> None:
    assert "cannot be read" in refused("sync", "rescue", str(tmp_path / "none.json"))
    (tmp_path / "other.json").write_text("{}", "utf-8")
    assert refused("sync", "rescue", str(tmp_path / "other.json"))
