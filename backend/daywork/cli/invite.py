"""daywork invite: a link with which a phone becomes a person's device."""

import argparse

from daywork.cli.frame import Commands, ask, show

NAMES = ("person", "person_id", "role", "manager", "manager_id", "organisation")


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("invite", help="make a link for one more device of a person")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", metavar="EMAIL_OR_NAME", help="made if there is none")
    who.add_argument("--person-id", metavar="ID")
    parser.add_argument("--role", help="worker, foreman, manager, office, admin or auditor")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--manager", metavar="NAME", help="who decides about their time")
    whose.add_argument("--manager-id", metavar="ID")
    parser.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if there are several")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make an invite and print its link, once."""
    answer = ask("invite", {name: getattr(options, name) for name in NAMES})
    sentence = (
        f"{answer['person']['name']} opens this link on the phone, until {answer['expires_at']}:\n"
        f"{answer['url']}\nor types the code {answer['invite']}"
    )
    show(answer, as_json=options.json, sentence=sentence)
    return 0
