"""500 histories of several phones and a server, which both cores must tell alike.

The phone's core reads the same file in ``pwa/tests/core/histories.test.ts`` and, in
a real page, in ``tests/browser/test_same_core.py``.
"""

from collections import Counter
from typing import Any

import pytest

from support.history_player import Player
from support.record_histories import HISTORIES, recorded
from support.vectors import VECTORS, name_of, vectors

RECORDED = vectors("histories")

# What an event is; the rest is what it came to.
ASKED = frozenset(("do", "p", "e", "s", "c", "dg", "as", "n", "days"))


def asked(event: dict[str, Any]) -> dict[str, Any]:
    """Return what happened, without what it came to."""
    names = ASKED | {"at"} if event["do"] == "branch" else ASKED
    return {name: part for name, part in event.items() if name in names}


@pytest.mark.parametrize("history", RECORDED, ids=name_of)
def test_a_recorded_history_comes_to_the_same(history: dict[str, Any]) -> None:
    """It has seen mistakes: anchors ignored in ``effective_context`` failed 19 histories.

    A context folded into the row's clock failed 4. On the phone's side, the raw
    context in ``overlaid`` failed 29, ties of ``timesOf`` turned round 61.
    """
    player = Player(history["number"], history["phones"])

    told = [asked(event) | player.play(asked(event)) for event in history["events"]]

    assert told == history["events"]


def test_the_file_is_spelled_as_it_is_recorded() -> None:
    assert len(RECORDED) == HISTORIES
    assert (VECTORS / "histories.json").read_text("utf-8") == recorded(RECORDED)


def test_the_histories_show_what_they_are_there_for() -> None:
    events = [event for history in RECORDED for event in history["events"]]
    kinds = Counter(event["do"] for event in events)
    rows = [row for event in events for row in event.get("rows", {}).values()]
    flags = Counter(flag for row in rows for flag in row.get("flags", "").split())
    answers = Counter(word.partition(":")[0] for event in events for word in event.get("st", ()))

    assert kinds.keys() >= {
        *("new", "edit", "resolve", "delete", "restore"),
        *("submit", "recall", "approve", "reject", "revoke"),
        *("clone", "branch", "roll back", "destroyed"),
    }
    assert flags.keys() >= {
        *("conflict:time", "conflict:alloc", "conflict:note", "conflict:life"),
        *("delete_vs_edit", "long", "clock_check", "forced"),
    }
    assert answers.keys() >= {"applied", "amendment", "held"}
    assert {row["status"] for row in rows} >= {
        *("draft", "submitted", "approved", "approved+amendment", "rejected", "decision_conflict"),
    }
    assert any("released" in event for event in events)
    assert any("range" in row for row in rows)
