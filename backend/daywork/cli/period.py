"""daywork period close and list."""

import argparse

from daywork.cli.frame import Commands, ask, show, show_table


def add_parser(commands: Commands) -> None:
    """Add the commands to the command line."""
    group = commands.add_parser("period", help="closed pay periods").add_subparsers(
        required=True, metavar="ACTION"
    )
    close = group.add_parser("close", help="close all days up to one of them")
    close.add_argument("--through", required=True, metavar="DATE", help="like 2026-03-31")
    listed = group.add_parser("list", help="show what is closed")
    for action, run in ((close, run_close), (listed, run_list)):
        action.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
        action.add_argument("--json", action="store_true", help="print one JSON object")
        action.set_defaults(run=run)


def run_close(options: argparse.Namespace) -> int:
    """Close a period; later entries are kept and marked as late."""
    answer = ask("period close", {"through": options.through, "organisation": options.organisation})
    sentence = f"Closed all days up to {answer['through']}. What comes later is marked as late."
    show(answer, as_json=options.json, sentence=sentence)
    return 0


def run_list(options: argparse.Namespace) -> int:
    """Show up to which days time is closed."""
    answer = ask("period list", {"organisation": options.organisation})
    if options.json or not answer["periods"]:
        show(answer, as_json=options.json, sentence="No period is closed.")
        return 0
    rows = [(one["through"], one["closed_at"]) for one in answer["periods"]]
    show_table(("through", "closed"), rows)
    return 0
