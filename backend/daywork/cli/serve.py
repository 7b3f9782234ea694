"""daywork serve: the API, the PWA and the durable work, until SIGTERM."""

import argparse
import asyncio
import gc
import resource
import signal
import socket
import sys
from contextlib import nullcontext

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

from daywork.api.office_socket import office_socket
from daywork.api.parts import Parts
from daywork.app import create_app
from daywork.cli.frame import Commands
from daywork.composition import World, composed, real_world
from daywork.core.errors import ValueRefused
from daywork.settings import Settings, read_settings
from daywork.store.home_lock import locked_home

# Collections of the oldest generation made the slowest pushes: let them be rare.
GARBAGE_THRESHOLDS = (100_000, 50, 100)

# Phones that listen keep their connections: few of them must not shut the others out.
CONNECTIONS_MAX = 20_000
WAITING_CONNECTIONS_MAX = 1_024


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("serve", help="serve phones and the office until SIGTERM")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; on SQLite as the only process of this home."""
    settings = read_settings()
    refuse_taken_address(settings)
    with locked_home(settings.home) if settings.database_url is None else nullcontext():
        uvloop.run(serve(settings, real_world()))
    return 0


async def serve(settings: Settings, world: World) -> None:
    """Run the server in this loop until a signal ends it."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    allow_connections()
    async with composed(settings, world) as parts, office_socket(settings.home, parts):
        server = _server(parts, settings)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        serving = asyncio.create_task(server.serve())
        _greet(settings)
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        parts.nudges.close()
        server.stop()
        await serving
        stopping.cancel()


def refuse_taken_address(settings: Settings) -> None:
    """Go on only if nobody listens where this server would. Raises: ValueRefused.

    The HTTP server shares its port with whoever wants to: two servers of different
    homes on one port would each get half of the requests.
    """
    host, port = settings.listen_host, settings.listen_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        message = f"{host}:{port} cannot be listened on: {error.strerror}. Set DAYWORK_LISTEN."
        raise ValueRefused(message, "DAYWORK_LISTEN") from error


def allow_connections() -> None:
    """Open as many files at once as so many phones need, if the system lets this process."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS_MAX
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _server(parts: Parts, settings: Settings) -> Server:
    try:
        return Server(
            create_app(parts),
            address=settings.listen_host,
            port=settings.listen_port,
            interface=Interfaces.ASGI,
            backlog=WAITING_CONNECTIONS_MAX,
            backpressure=CONNECTIONS_MAX,
            ssl_cert=settings.tls_certificate,
            ssl_key=settings.tls_key,
            log_enabled=False,
        )
    except OSError as error:  # Also what is wrong inside the files.
        message = f"DAYWORK_TLS_CERT and DAYWORK_TLS_KEY cannot be used: {error}."
        raise ValueRefused(message, "DAYWORK_TLS_CERT") from error


def _greet(settings: Settings) -> None:
    """Tell a person where to look; logs stay for what needs somebody."""
    if sys.stdout.isatty():
        sys.stdout.write(f"Daywork is at {settings.public_url}. Ctrl+C ends it.\n")
