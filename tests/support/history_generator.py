"""Makes histories up: what people do on their phones, and what befalls phones and server.

Each is drawn from its own number, so the same number always gives the same one.
While it is drawn it is played, because people act on what their screen shows.
"""

from random import Random
from typing import Any

from support.histories import RESTORED, deleted
from support.history_phone import Phone
from support.history_player import Event, Player
from support.history_values import (
    REASONS,
    a_note,
    a_time,
    an_allocation,
    refused_values,
)
from support.history_words import clock_text
from support.working import OPEN_PROJECT

EVENTS_MIN, EVENTS_MAX = 5, 10
WRONG_ANCHOR = "AAAAAA"
DAYS_UNTIL_FORCED = 6
# What a history is about besides edits on several devices; each is used in turn.
SUBJECTS = (
    "edits",
    "conflicts",
    "deletions",
    "decisions",
    "decisions of two",
    "old screens",
    "foreign anchors",
    "clones",
    "restored server",
    "refused values",
)
BRANCHES = "def"


class Draft:
    """One history while it is made up."""

    def __init__(self, number: int) -> None:
        self.random = Random(f"history {number}")
        self.subject = SUBJECTS[number % len(SUBJECTS)]
        self.phones = "acmo" if self.subject == "decisions of two" else "acm"
        self.player = Player(number, self.phones)
        self.events: list[Event] = []
        self.screens: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def do(self, event: Event) -> dict[str, Any]:
        """Play an event and note it with its outcome."""
        outcome = self.player.play(event)
        self.events.append(event | outcome)
        return outcome

    def phone(self) -> str:
        """Return one of the phones that are there."""
        return self.random.choice(sorted(self.player.phones))

    def chance(self, percent: int) -> bool:
        """Return whether something that seldom happens does."""
        return self.random.randrange(100) < percent

    def view(self, name: str, entry: str) -> dict[str, Any] | None:
        """Return what the phone shows of the entry."""
        return self.player.phones[name].view(entry)


def history(number: int) -> dict[str, Any]:
    """Return the history with that number: its events and their outcomes."""
    draft = Draft(number)
    _create(draft, "a", "x")
    draft.do({"do": "push", "p": "a"})
    for name in draft.phones[1:]:
        draft.do({"do": "pull", "p": name})
    for _ in range(draft.random.randint(EVENTS_MIN, EVENTS_MAX)):
        _step(draft)
    _settle(draft)
    return {
        "name": f"{number}: {draft.subject}",
        "number": number,
        "phones": draft.phones,
        "events": draft.events,
    }


def _step(draft: Draft) -> None:
    name = draft.phone()
    chance = draft.random.randrange(100)
    if chance < 18:
        _push(draft, name)
    elif chance < 34:
        _pull(draft, name)
    elif chance < 72 and draft.subject in _SPECIAL:
        _SPECIAL[draft.subject](draft, name)
    elif chance < 77 and draft.view(name, "y") is None and name not in "mo":
        _create(draft, name, "y")
    else:
        _edit(draft, name, "x" if chance % 4 or draft.view(name, "y") is None else "y")


def _create(draft: Draft, name: str, entry: str) -> None:
    values: dict[str, Any] = {"time": a_time(draft.random), "alloc": an_allocation(draft.random)}
    if not draft.events:
        values["alloc"]["project"] = OPEN_PROJECT  # Else there would be no story.
    if draft.chance(50):
        values["note"] = a_note(draft.random)
    draft.do({"do": "new", "p": name, "e": entry, "s": values})


def _edit(draft: Draft, name: str, entry: str, context: str | None = None) -> None:
    shown = draft.view(name, entry)
    if shown is None:
        return
    groups = set(draft.random.sample(("time", "time", "alloc", "note"), draft.random.randint(1, 2)))
    torn = {flag[9:] for flag in shown.get("flags", "").split() if flag.startswith("conflict:")}
    is_answer = bool(torn & _MAKERS.keys()) and draft.chance(60)
    chosen = torn & _MAKERS.keys() if is_answer else groups
    values = {group: _MAKERS[group](draft.random) for group in sorted(chosen)}
    seen = {} if context is None else {"c": context}
    kind = "resolve" if is_answer else "edit"
    draft.do({"do": kind, "p": name, "e": entry, "s": values} | seen)


def _push(draft: Draft, name: str) -> None:
    phone = draft.player.phones[name]
    if draft.player.fork_point(phone) is not None:
        _branch(draft, name)
    if not any(own.answer is None for own in phone.archive) and draft.subject != "restored server":
        return
    part = {"n": 1} if draft.chance(25) else {}
    days = {"days": DAYS_UNTIL_FORCED} if draft.chance(15) else {}
    draft.do({"do": "push", "p": name} | part | days)


def _pull(draft: Draft, name: str) -> None:
    phone = draft.player.phones[name]
    if draft.player.fork_point(phone) is not None:
        _branch(draft, name)
    if draft.subject == "restored server":
        draft.do({"do": "push", "p": name})  # A phone always sends first.
    for entry in "xy":
        shown = draft.view(name, entry)
        if shown is not None:
            draft.screens.setdefault((name, entry), []).append(shown)
    draft.do({"do": "pull", "p": name})


def _conflict(draft: Draft, name: str) -> None:
    """Two devices change the same without knowing each other."""
    for one in sorted({name, "c", "a"} - {"m", "o"}):
        _edit(draft, one, "x")
        _push(draft, one)


def _delete(draft: Draft, name: str) -> None:
    shown = draft.view(name, "x")
    if shown is None:
        return
    is_back = shown.get("deleted", False) or draft.chance(30)
    value = RESTORED if is_back else deleted(draft.random.choice(REASONS))
    values: dict[str, Any] = {"life": value}
    if draft.chance(15):
        values["time"] = a_time(draft.random)
    kind = "restore" if is_back else "delete"
    draft.do({"do": kind, "p": name, "e": "x", "s": values})


def _decide(draft: Draft, name: str) -> None:
    shown = draft.view(name, "x")
    if shown is None or "dg" not in shown:
        return
    event = {"p": name, "e": "x", "dg": shown["dg"]}
    phone = draft.player.phones[name]
    if name not in "mo":
        kind = draft.random.choice(("submit", "submit", "recall"))
        draft.do({"do": kind} | event)
        return
    kind = draft.random.choice(("approve", "approve", "approve", "reject"))
    approved = phone.rows["x"].approved_digest if "x" in phone.rows else None
    if approved is not None and draft.chance(40):
        kind, event["dg"] = "revoke", approved
    reason = {"s": {"reason": a_note(draft.random) or "why"}} if kind == "reject" else {}
    draft.do({"do": kind} | event | reason)
    _push(draft, name)
    if draft.chance(50):
        _pull(draft, name)


def _old_screen(draft: Draft, name: str) -> None:
    """A form was open while the row behind it changed."""
    screens = draft.screens.get((name, "x"), [])
    if not screens:
        _edit(draft, name, "x")
        _push(draft, name)
        return
    own = _own_part(draft.player.phones[name], "x")
    seen = [part for part in draft.random.choice(screens)["vv"].split() if part[0] != own[:1]]
    _edit(draft, name, "x", " ".join(sorted([*seen, *([own] if own else [])])))


def _foreign_anchor(draft: Draft, name: str) -> None:
    """A context names another history, or what no server ever had."""
    shown = draft.view(name, "x")
    if shown is None:
        return
    own = draft.player.phones[name].actor[0]
    parts = shown["vv"].split()
    others = [part for part in parts if part[0] != own]
    if others and draft.chance(60):
        spoilt = draft.random.choice(others)
        parts[parts.index(spoilt)] = f"{spoilt.partition(':')[0]}:{WRONG_ANCHOR}"
    elif draft.chance(50):
        parts.append(f"f{draft.random.randint(1, 3)}:{WRONG_ANCHOR}")
    _edit(draft, name, "x", " ".join(sorted(parts)))


def _clone(draft: Draft, name: str) -> None:
    """A backup of the phone is restored on another one, and both go on."""
    twin = name.upper()
    if name in "mo" or name.isupper() or twin in draft.player.phones:
        _edit(draft, name, "x")
        return
    draft.do({"do": "clone", "p": name, "as": twin})
    for one in (name, twin):
        _edit(draft, one, "x")
        if draft.chance(50):
            _push(draft, one)


def _branch(draft: Draft, name: str) -> None:
    phone = draft.player.phones[name]
    used = {event["as"] for event in draft.events if event["do"] == "branch"}
    fork = draft.player.fork_point(phone)
    assert fork is not None, "only a fork is left"
    if len(phone.chain.items) > fork:
        draft.do({"do": "push", "p": name})  # Which is how most phones learn of it.
    free = next(letter for letter in BRANCHES if letter not in used)
    draft.do({"do": "branch", "p": name, "as": free, "at": fork})
    for entry in "xy":
        draft.screens.pop((name, entry), None)


def _restore(draft: Draft, name: str) -> None:
    """The server goes back to its backup; now and then a phone is gone for good."""
    if draft.player.backup is None:
        draft.do({"do": "back up"})
        _edit(draft, name, "x")
        _push(draft, name)
        return
    draft.do({"do": "roll back"})
    if draft.chance(40) and len(draft.player.phones) > 2:
        draft.do({"do": "destroyed", "p": name})


def _refused(draft: Draft, name: str) -> None:
    """Something is written that no rule allows, on an entry of its own."""
    if name in "mo":
        _edit(draft, name, "x")
        return
    values = refused_values(draft.random)
    draft.do({"do": "new", "p": name, "e": "z", "s": values})
    _push(draft, name)


def _settle(draft: Draft) -> None:
    """All phones come home, so that nobody's last word is missing."""
    for name in sorted(draft.player.phones):
        _push(draft, name)
    if draft.subject == "restored server":
        # What waits for a phone that is gone counts without it in the end.
        last = draft.phone()
        _edit(draft, last, "x")
        draft.do({"do": "push", "p": last, "days": DAYS_UNTIL_FORCED})
    for name in sorted(draft.player.phones)[:2]:
        _pull(draft, name)


def _own_part(phone: Phone, entry: str) -> str:
    row = phone.rows.get(entry)
    clock = {} if row is None else {phone.actor: row.clock.get(phone.actor, (0, ""))}
    for own in phone.own.get(entry, []):
        if own.actor == phone.actor and own.number > clock.get(phone.actor, (0, ""))[0]:
            clock[phone.actor] = (own.number, own.item["h"][:6])
    return clock_text({who: seen for who, seen in clock.items() if seen[0] > 0})


_MAKERS = {"time": a_time, "alloc": an_allocation, "note": a_note}
_SPECIAL = {
    "conflicts": _conflict,
    "deletions": _delete,
    "decisions": _decide,
    "decisions of two": _decide,
    "old screens": _old_screen,
    "foreign anchors": _foreign_anchor,
    "clones": _clone,
    "restored server": _restore,
    "refused values": _refused,
}
