"""daywork import: a CSV of time records becomes people, projects and time entries."""

import argparse

from daywork.cli.frame import Commands
from daywork.cli.replay import add_file_options, order_of, run_order


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "import", help="bring in people, projects and entries from a CSV of time records"
    )
    add_file_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Bring the file in; the entries wait for their managers. 1 if a row was refused."""
    return run_order(options, order_of(options, with_approval=False))
