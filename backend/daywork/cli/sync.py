"""daywork sync waiting and release: what is stored of phones and does not count yet."""

import argparse

from daywork.cli.frame import Commands, ask, show, show_table


def add_parser(commands: Commands) -> None:
    """Add the commands to the command line."""
    group = commands.add_parser("sync", help="what phones sent that does not count yet")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    waiting = actions.add_parser("waiting", help="show it")
    release = actions.add_parser("release", help="let it count")
    release.add_argument("device", help="as `daywork sync waiting` shows it")
    release.add_argument("--number", type=int, help="only this operation")
    for action, run in ((waiting, run_waiting), (release, run_release)):
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


def run_release(options: argparse.Namespace) -> int:
    """Let operations count that were set aside or wait for a lost cause."""
    names = ("device", "number", "organisation")
    answer = ask("sync release", {name: getattr(options, name) for name in names})
    show(answer, as_json=options.json, sentence=f"Released: {answer['released']}.")
    return 0
