"""daywork serve: the API, the PWA and the durable work, until SIGTERM."""

import argparse
import asyncio
import gc
import signal
from contextlib import nullcontext

from granian.constants import Interfaces
from granian.server.embed import Server

from daywork.api.office_socket import office_socket
from daywork.app import create_app
from daywork.cli.frame import Commands
from daywork.composition import World, composed, real_world
from daywork.settings import Settings, read_settings
from daywork.store.home_lock import locked_home

# Collections of the oldest generation made the slowest pushes: let them be rare.
GARBAGE_THRESHOLDS = (100_000, 50, 100)


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("serve", help="serve phones and the office until SIGTERM")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; on SQLite as the only process of this home."""
    settings = read_settings()
    with locked_home(settings.home) if settings.database_url is None else nullcontext():
        asyncio.run(serve(settings, real_world()))
    return 0


async def serve(settings: Settings, world: World) -> None:
    """Run the server in this loop until a signal ends it."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with composed(settings, world) as parts, office_socket(settings.home, parts):
        server = Server(
            create_app(parts),
            address=settings.listen_host,
            port=settings.listen_port,
            interface=Interfaces.ASGI,
            ssl_cert=settings.tls_certificate,
            ssl_key=settings.tls_key,
            log_enabled=False,
        )
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        serving = asyncio.create_task(server.serve())
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        server.stop()
        await serving
        stopping.cancel()
