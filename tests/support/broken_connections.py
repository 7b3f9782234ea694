"""A loopback proxy that breaks connections as networks do, before a real server.

Whoever sends chooses the fault of the next connection: bytes after which the request or
the reply is cut, a reset instead of a farewell, two copies at once, a page of somebody
else's, or an event to wait for. Nothing sleeps: order is made with events.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

BYTES_MAX = 1_000_000
ANSWER_SECONDS_MAX = 60.0
PORTAL = b"<html><title>Welcome to our guest network</title></html>"
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: close sends a reset


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one connection. No fault: everything arrives."""

    request_bytes: int | None = None  # of the request, that arrive
    reply_bytes: int | None = None  # of the reply, that come back
    is_reset: bool = False
    is_doubled: bool = False
    is_portal: bool = False
    is_half_closed: bool = False  # The phone has said all and says so.
    in_pieces: bool = False  # one byte at a time
    until: asyncio.Event | None = None


@dataclass
class Proxy:
    """Where phones connect, and the fault of their next connection."""

    host: str
    port: int  # of the server behind it
    own_port: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)  # by the phone's port
    counted: int = 0  # connections that had a fault

    async def ask(self, request: bytes, fault: Fault) -> bytes:
        """Send a whole request through the fault; return what came back, whatever it is."""
        self.counted += fault != Fault()
        reader, writer = await asyncio.open_connection(self.host, self.own_port)
        # The other end waits for the request before it looks here.
        self.faults[writer.get_extra_info("sockname")[1]] = fault
        parts: list[bytes] = []
        with suppress(ConnectionError):
            writer.write(request)
            await writer.drain()
            if fault.is_half_closed:
                writer.write_eof()
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                while part := await reader.read(BYTES_MAX):
                    parts.append(part)
        await _closed(writer)
        return b"".join(parts)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, with its fault."""
        fault = Fault()
        with suppress(ConnectionError):
            request = await _whole_request(reader)
            fault = self.faults.pop(writer.get_extra_info("peername")[1], fault)
            if fault.until is not None:
                await fault.until.wait()
            if fault.is_portal:
                writer.write(_page())
            else:
                writer.write(await self._reply(request, fault))
            await writer.drain()
        if fault.is_reset:
            _reset_on_close(writer)
        await _closed(writer)

    async def _reply(self, request: bytes, fault: Fault) -> bytes:
        if fault.is_doubled:
            both = await asyncio.gather(self._passed(request, fault), self._passed(request, fault))
            return both[0]
        reply = await self._passed(request, fault)
        return reply if fault.reply_bytes is None else reply[: fault.reply_bytes]

    async def _passed(self, request: bytes, fault: Fault) -> bytes:
        """Send (a part of) the request to the server; return what it says."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        part = request[: fault.request_bytes]
        try:
            for piece in [part[i : i + 1] for i in range(len(part))] if fault.in_pieces else [part]:
                writer.write(piece)
                await writer.drain()
            if len(part) < len(request):
                if fault.is_reset:
                    _reset_on_close(writer)
                return b""
            return await reader.read(-1)
        except ConnectionError:
            return b""
        finally:
            await _closed(writer)


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[Proxy]:
    """Yield a proxy before the server at ``url``."""
    port = int(url.rpartition(":")[2])
    proxy = Proxy("127.0.0.1", port)
    server = await asyncio.start_server(proxy.connected, "127.0.0.1", 0)
    proxy.own_port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy


def request_bytes(method: str, path: str, body: Any, cookie: str) -> bytes:
    """Return a whole HTTP request of a named client, that wants one answer."""
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"X-Daywork-Client: tests\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def understood(reply: bytes) -> dict[str, Any] | None:
    """Return an answer that is whole, JSON and ours, as a phone must look at it; else None."""
    head, found, body = reply.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    length = headers.get("content-length", "")
    if not found or not length.isdecimal() or len(body) != int(length):
        return None
    if headers.get("content-type") not in {"application/json", "application/problem+json"}:
        return None
    answer: dict[str, Any] = json.loads(body)
    return answer | {"status": int(lines[0].split()[1])}


def drawn(chance: Random, length: int) -> Fault:
    """Return a random fault for a request of so many bytes."""
    kinds: tuple[Callable[[], Fault], ...] = (
        lambda: Fault(request_bytes=chance.randrange(length), is_reset=bool(chance.randrange(2))),
        lambda: Fault(reply_bytes=chance.randrange(400), is_reset=bool(chance.randrange(2))),
        lambda: Fault(is_doubled=True),
        lambda: Fault(is_doubled=True, reply_bytes=0),
        lambda: Fault(is_portal=True),
        lambda: Fault(is_half_closed=True),
        Fault,
    )
    return chance.choice(kinds)()


async def _whole_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(line.split(": ")[1] for line in lines if line.startswith("content-length"))
    return head + await reader.readexactly(int(length))


def _page() -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PORTAL)}\r\n\r\n"
    return head.encode() + PORTAL


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    plain: socket.socket = writer.get_extra_info("socket")
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
