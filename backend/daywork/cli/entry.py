"""daywork entry erase: what must not be kept any longer."""

import argparse

from daywork.cli.frame import Commands, ask, show


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    group = commands.add_parser("entry", help="single entries").add_subparsers(
        required=True, metavar="ACTION"
    )
    erase = group.add_parser("erase", help="take what an entry says out of all tables, for good")
    erase.add_argument("entry", help="te: and the entry's id")
    erase.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
    erase.add_argument("--json", action="store_true", help="print one JSON object")
    erase.set_defaults(run=run_erase)


def run_erase(options: argparse.Namespace) -> int:
    """Erase an entry; its id stays, so that nothing brings it back."""
    names = ("entry", "organisation")
    answer = ask("entry erase", {name: getattr(options, name) for name in names})
    sentence = f"Erased. Operations that lost what they said: {answer['operations']}."
    show(answer, as_json=options.json, sentence=sentence)
    return 0
