"""``daywork serve``, except that all its web push goes to the address given as argument."""

import asyncio
import sys
from dataclasses import replace

import httpx

from daywork.cli.serve import serve
from daywork.composition import real_world
from daywork.settings import read_settings
from daywork.store.home_lock import locked_home
from support.push_service import LeadingTransport


def main() -> None:
    """Serve until SIGTERM."""
    place = httpx.URL(sys.argv[1])
    world = replace(real_world(), open_push_transport=lambda _hosts: LeadingTransport(place))
    settings = read_settings()
    with locked_home(settings.home):
        asyncio.run(serve(settings, world))


if __name__ == "__main__":
    main()
