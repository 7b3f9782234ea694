"""daywork mappings: what people and projects are called in the ledger."""

import argparse
import os
import pwd
from pathlib import Path
from typing import Any

from daywork.cli.frame import Commands, ask, show, show_table
from daywork.cli.mapping_file import mapping_text, read_mappings
from daywork.core.errors import ValueRefused


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    group = commands.add_parser(
        "mappings", help="what people and projects are called in the ledger"
    ).add_subparsers(required=True, metavar="ACTION")
    listing = group.add_parser("show", help="list them; what has no name yet comes first")
    listing.add_argument("--unmapped", action="store_true", help="only what has no name yet")
    listing.set_defaults(run=run_show)
    one = group.add_parser("set", help="give one its name; work that waited for it goes on")
    one.add_argument("subject", choices=("employee", "project"))
    one.add_argument("id", metavar="ID_OR_NAME")
    one.add_argument("reference", help="letters, digits and dashes, like Harbour-Hotel")
    one.set_defaults(run=run_set)
    out = group.add_parser("export", help="write all of them into a file")
    out.add_argument("file", type=Path, metavar="FILE.toml|FILE.csv")
    out.set_defaults(run=run_export)
    back = group.add_parser("import", help="take over a file that was edited: whole or not at all")
    back.add_argument("file", type=Path, metavar="FILE.toml|FILE.csv")
    back.set_defaults(run=run_import)
    for parser in (listing, one, out, back):
        parser.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
        parser.add_argument("--json", action="store_true", help="print one JSON object")


def run_show(options: argparse.Namespace) -> int:
    """List the mappings, unmapped ones first."""
    answer = ask("mappings show", {"organisation": options.organisation})
    rows = sorted(answer["mappings"], key=lambda row: (row["reference"] is not None, row["name"]))
    if options.unmapped:
        rows = [row for row in rows if row["reference"] is None]
    if options.json:
        show({**answer, "mappings": rows}, as_json=True, sentence="")
    elif rows:
        show_table(
            ("", "name here", "name in the ledger", "id"),
            [
                (row["subject"], row["name"], row["reference"] or "(none yet)", row["id"])
                for row in rows
            ],
        )
    else:
        show(rows, as_json=False, sentence="Everything has its name in the ledger.")
    return 0


def run_set(options: argparse.Namespace) -> int:
    """Give one person or project its name in the ledger."""
    row = {"subject": options.subject, "id": options.id, "reference": options.reference}
    answer = _written(options, [row])
    sentence = f"{options.id} is {options.reference} in the ledger."
    show(answer["mappings"][0], as_json=options.json, sentence=sentence)
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Write every mapping, and what has none yet, into a file."""
    answer = ask("mappings show", {"organisation": options.organisation})
    text = mapping_text(options.file, answer["mappings"])
    try:
        options.file.write_text(text, "utf-8")
    except OSError as error:
        message = f"{options.file} cannot be written: {error.strerror}."
        raise ValueRefused(message, "file") from error
    count = len(answer["mappings"])
    show({"rows": count}, as_json=options.json, sentence=f"Wrote {count} rows to {options.file}.")
    return 0


def run_import(options: argparse.Namespace) -> int:
    """Take over every row of a file that has a reference."""
    rows = read_mappings(options.file)
    answer = _written(options, rows)
    sentence = f"{len(rows)} names hold now."
    show({"rows": len(rows), **answer}, as_json=options.json, sentence=sentence)
    return 0


def _written(options: argparse.Namespace, rows: list[dict[str, str]]) -> dict[str, Any]:
    # The account's name, not a variable that anybody can set: it stands beside each change.
    author = f"{pwd.getpwuid(os.getuid()).pw_name} on the command line"
    facts = {"organisation": options.organisation, "author": author, "mappings": rows}
    return ask("mappings set", facts)
