"""daywork replay: a file of time records takes the road of phones, to the ledger."""

import argparse
import asyncio
import sys
from pathlib import Path

from rich.console import Console

from daywork.cli.frame import Commands, show
from daywork.cli.replay_play import Order, patient_ask, play, reached_server
from daywork.cli.replay_progress import ShownStages
from daywork.cli.replay_run import Outcome, summary_lines, summary_object
from daywork.cli.replay_server import ServerDidNotStart
from daywork.cli.replay_transport import Refused, Unreachable
from daywork.core.errors import ValueRefused
from daywork.core.time_record_cell import DateOrder
from daywork.core.time_record_preset import Preset, read_records
from daywork.settings import Settings, read_settings

FILE_BYTES_MAX = 1_073_741_824


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "replay", help="play a CSV of time records as phones would, and compare every second"
    )
    add_file_options(parser)
    parser.set_defaults(run=run)


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add what replay and import have in common."""
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument(
        "--preset", choices=list(Preset), default=Preset.DAYWORK, help="whose columns (daywork)"
    )
    parser.add_argument("--organisation", metavar="NAME", help="made if there is none")
    parser.add_argument(
        "--time-zone", metavar="ZONE", help="of the file's times; else the organisation's"
    )
    parser.add_argument(
        "--dates", choices=list(DateOrder), help="needed where 03/04/2024 could be both"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Play the file with approvals and postings; 1 on any difference."""
    return run_order(options, order_of(options, with_approval=True))


def order_of(options: argparse.Namespace, *, with_approval: bool) -> Order:
    """Return what was asked for, with the file's text.

    Raises: ValueRefused if the file cannot be read, so that nothing is started in vain.
    """
    order = Order(
        text=file_text(options.file),
        file_name=options.file.stem,
        preset=Preset(options.preset),
        organisation=options.organisation,
        time_zone=options.time_zone,
        date_order=None if options.dates is None else DateOrder(options.dates),
        with_approval=with_approval,
    )
    read_records(order.text, order.preset, order.time_zone or "UTC", order.date_order)
    return order


def run_order(options: argparse.Namespace, order: Order) -> int:
    """Play an order, show its progress and its summary; return the exit status."""
    console = Console(stderr=True)
    try:
        with ShownStages(console) as stages:
            outcome = asyncio.run(_played(read_settings(), order, stages, console))
    except (Refused, Unreachable, ServerDidNotStart) as stop:
        sys.stderr.write(f"The replay stopped: {stop}. Run it again: it goes on where it was.\n")
        return 1
    show(
        summary_object(outcome),
        as_json=options.json,
        sentence="\n".join(summary_lines(outcome)),
    )
    return 0 if outcome.is_complete else 1


def file_text(file: Path) -> str:
    """Return the file's text; bytes that are not UTF-8 become lone surrogates.

    Raises: ValueRefused.
    """
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            message = f"{file} is larger than 1 GiB. Cut it into parts."
            raise ValueRefused(message, "file")
        return file.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
        raise ValueRefused(message, "file") from error


async def _played(
    settings: Settings, order: Order, stages: ShownStages, console: Console
) -> Outcome:
    def say(sentence: str) -> None:
        console.print(sentence, highlight=False, soft_wrap=True)

    async with reached_server(settings, say) as server:
        return await play(
            order, patient_ask(settings), settings.home, server.url, stages, server.starts
        )
