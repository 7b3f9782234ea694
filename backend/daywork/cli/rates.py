"""daywork rates: what an hour of a person costs and what one on a project earns."""

import argparse

from daywork.cli.frame import Commands, ask, show, show_table


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    group = commands.add_parser(
        "rates", help="what an hour costs (pay) or earns (billing), from a day on"
    ).add_subparsers(required=True, metavar="ACTION")
    listing = group.add_parser("show", help="list them")
    listing.set_defaults(run=run_show)
    one = group.add_parser("set", help="set one from a day on; earlier days keep theirs")
    one.add_argument("kind", choices=("pay", "billing"), help="of an employee, or of a project")
    one.add_argument("id", metavar="ID_OR_NAME")
    one.add_argument("per_hour", metavar="AMOUNT", help="an hour, like 31.50")
    one.add_argument("--from", required=True, metavar="DAY", help="like 2026-03-02")
    one.add_argument("--currency", metavar="CODE", help="else the organisation's")
    one.set_defaults(run=run_set)
    for parser in (listing, one):
        parser.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
        parser.add_argument("--json", action="store_true", help="print one JSON object")


def run_show(options: argparse.Namespace) -> int:
    """List the rates."""
    answer = ask("rates show", {"organisation": options.organisation})
    rates = answer["rates"]
    if rates and not options.json:
        show_table(
            ("", "of", "an hour", "from"),
            [
                (one["kind"], one["name"], f"{one['per_hour']} {one['currency']}", one["from"])
                for one in rates
            ],
        )
    else:
        sentence = "There is no rate yet: hours are posted alone."
        show(answer, as_json=options.json, sentence=sentence)
    return 0


def run_set(options: argparse.Namespace) -> int:
    """Set a rate from a day on."""
    names = ("kind", "id", "per_hour", "from", "currency", "organisation")
    answer = ask("rates set", {name: getattr(options, name) for name in names})
    day = getattr(options, "from")
    sentence = f"{options.id}: {answer['per_hour']} an hour from {day} on."
    show(answer, as_json=options.json, sentence=sentence)
    return 0
