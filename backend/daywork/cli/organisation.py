"""daywork org create."""

import argparse

from daywork.cli.frame import Commands, ask, show


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    group = commands.add_parser("org", help="organisations").add_subparsers(
        required=True, metavar="ACTION"
    )
    create = group.add_parser("create", help="make an organisation")
    create.add_argument("name")
    create.add_argument("--time-zone", required=True, metavar="ZONE", help="like Europe/Berlin")
    create.add_argument("--currency", required=True, metavar="CODE", help="ISO 4217, like EUR")
    create.add_argument("--json", action="store_true", help="print one JSON object")
    create.set_defaults(run=run_create)


def run_create(options: argparse.Namespace) -> int:
    """Make an organisation."""
    answer = ask(
        "org create",
        {"name": options.name, "time_zone": options.time_zone, "currency": options.currency},
    )
    show(answer, as_json=options.json, sentence=f"Made {answer['name']} ({answer['id']}).")
    return 0
