"""daywork project add."""

import argparse

from daywork.cli.frame import Commands, ask, show


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    group = commands.add_parser("project", help="projects").add_subparsers(
        required=True, metavar="ACTION"
    )
    add = group.add_parser("add", help="make a project that people can work on")
    add.add_argument("name")
    add.add_argument("--not-billable", action="store_true", help="its hours are not billed")
    add.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if there are several")
    add.add_argument("--json", action="store_true", help="print one JSON object")
    add.set_defaults(run=run_add)


def run_add(options: argparse.Namespace) -> int:
    """Make a project."""
    names = ("name", "not_billable", "organisation")
    answer = ask("project add", {name: getattr(options, name) for name in names})
    show(answer, as_json=options.json, sentence=f"Added {answer['name']} ({answer['id']}).")
    return 0
