"""daywork sync: what is stored of phones and does not count yet, and files they made."""

import argparse
import json
from pathlib import Path

from daywork.cli.frame import Commands, ask, show, show_table
from daywork.core.errors import ValueRefused


def add_parser(commands: Commands) -> None:
    """Add the commands to the command line."""
    group = commands.add_parser("sync", help="what phones sent that does not count yet")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    waiting = actions.add_parser("waiting", help="show it")
    release = actions.add_parser("release", help="let it count")
    release.add_argument("device", help="as `daywork sync waiting` shows it")
    release.add_argument("--number", type=int, help="only this operation")
    rescue = actions.add_parser("rescue", help="take the file that a phone made of its own")
    rescue.add_argument("file", type=Path, help="what `Send as file` on the phone gave")
    runs = ((waiting, run_waiting), (release, run_release), (rescue, run_rescue))
    for action, run in runs:
        action.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
        action.add_argument("--json", action="store_true", help="print one JSON object")
        action.set_defaults(run=run)


def run_waiting(options: argparse.Namespace) -> int:
    """Show what is held back, and why."""
    answer = ask("sync waiting", {"organisation": options.organisation})
    if options.json or not answer["waiting"]:
        show(answer, as_json=options.json, sentence="Nothing waits.")
        return 0
    rows = [
        (one["device"], str(one["number"]), one["person"], one["why"], one["received_at"])
        for one in answer["waiting"]
    ]
    show_table(("device", "number", "person", "why", "received"), rows)
    return 0


def run_rescue(options: argparse.Namespace) -> int:
    """Take a phone's file; the signature in it says that nobody changed it on its way."""
    try:
        said = json.loads(options.file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"{options.file} cannot be read: {error}."
        raise ValueRefused(message, "file") from error
    answer = ask("sync rescue", {"file": said, "organisation": options.organisation})
    told = ", ".join(f"{count} {word}" for word, count in answer["verdicts"].items())
    show(answer, as_json=options.json, sentence=f"Taken from {answer['device']}: {told}.")
    return 0


def run_release(options: argparse.Namespace) -> int:
    """Let operations count that were set aside or wait for a lost cause."""
    names = ("device", "number", "organisation")
    answer = ask("sync release", {name: getattr(options, name) for name in names})
    show(answer, as_json=options.json, sentence=f"Released: {answer['released']}.")
    return 0
