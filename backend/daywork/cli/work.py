"""daywork work: only the durable work, beside servers that share a PostgreSQL."""

import argparse
import asyncio
import signal

from daywork.cli.frame import Commands
from daywork.composition import World, composed, real_world
from daywork.core.errors import ValueRefused
from daywork.settings import Settings, read_settings


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "work", help="do the durable work only, until SIGTERM (PostgreSQL)"
    )
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT. Raises: ValueRefused on SQLite, where the server works."""
    settings = read_settings()
    if settings.database_url is None:
        message = "On SQLite the server does the durable work itself: daywork serve."
        raise ValueRefused(message, "DAYWORK_DATABASE_URL")
    asyncio.run(work(settings, real_world()))
    return 0


async def work(settings: Settings, world: World) -> None:
    """Run schedules and workflows in this loop until a signal ends it."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with composed(settings, world):
        await stopped.wait()
