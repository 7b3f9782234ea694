"""The application behind a real port, and a proxy in front of it that holds responses back."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from granian.constants import Interfaces
from granian.server.embed import Server

from daywork.api.parts import Parts
from daywork.app import create_app

START_TRIES_MAX = 500


@asynccontextmanager
async def on_loopback(parts: Parts) -> AsyncIterator[int]:
    """Serve ``parts`` as ``daywork serve`` does; yield the port."""
    port = _free_port()
    server = Server(
        create_app(parts),
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    for _ in range(START_TRIES_MAX):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0)
        else:
            writer.close()
            break
    try:
        yield port
    finally:
        parts.nudges.close()
        server.stop()
        await serving


@asynccontextmanager
async def buffering_proxy(upstream: int) -> AsyncIterator[int]:
    """Pass requests on, and their responses only when they have ended; yield the port."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        above, to = await asyncio.open_connection("127.0.0.1", upstream)
        to.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        await to.drain()
        whole = await above.read()  # To the end: that is what it is for.
        to.close()
        writer.write(whole)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def fetched(port: int, path: str, cookie: str) -> bytes:
    """Return the whole response to a GET."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
    writer.write(request.encode())
    await writer.drain()
    answer = await reader.read()
    writer.close()
    return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
