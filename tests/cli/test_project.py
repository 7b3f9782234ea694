"""Projects and who approves them, by command."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from daywork.cli.main import main

Say = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run a command on a home of its own and return what it printed."""
    monkeypatch.setenv("DAYWORK_HOME", str(tmp_path))

    def run(*words: str, status: int = 0) -> str:
        assert main(words) == status
        told = capsys.readouterr()
        return told.err if status else told.out

    return run


def test_approvers_of_a_project_are_added_listed_and_removed(say: Say) -> None:
    say("org", "create", "Fennick", "--time-zone", "Europe/Berlin", "--currency", "EUR")
    say("invite", "--person", "Ben", "--role", "foreman")
    project = json.loads(say("project", "add", "Roof", "--json"))["id"]
    assert say("project", "approver", "list") == "No project has approvers of its own.\n"

    added = say("project", "approver", "add", "Roof", "Ben")
    listed = say("project", "approver", "list")
    as_json = json.loads(say("project", "approver", "list", "--json"))["approvers"]
    removed = say("project", "approver", "remove", project, "Ben")

    assert added == "Ben approves the time of Roof.\n"
    assert [line.split() for line in listed.splitlines()][1:] == [["Roof", "Ben"]]
    assert as_json[0]["project"] == {"id": project, "name": "Roof"}
    assert removed == "Ben does not approve the time of Roof.\n"
    assert "does not approve" in say("project", "approver", "remove", "Roof", "Ben", status=1)
    assert "no project Cellar" in say("project", "approver", "add", "Cellar", "Ben", status=1)
