"""HTTP/1.1 with nothing between: ready-made requests on connections that stay open.

The client shares two cores with the server that it measures, so it does as little
as it can: requests are whole byte strings before the clock starts, and answers are
read here but looked into afterwards.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Unexpected(Exception):
    """The server answered something else than the course needs."""


@dataclass(slots=True)
class Connection:
    """One open connection, used by one phone at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to the server on the loopback interface."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**22))

    async def send(self, request: bytes) -> bytes:
        """Return the body of the answer. Raises: Unexpected unless it is a 200."""
        self.writer.write(request)
        head = await self.reader.readuntil(_HEAD_END)
        lower = head.lower()
        place = lower.index(_LENGTH) + len(_LENGTH)
        body = await self.reader.readexactly(int(lower[place : lower.index(b"\r\n", place)]))
        if not head.startswith(b"HTTP/1.1 200"):
            raise Unexpected((head + body[:400]).decode())
        return body

    def close(self) -> None:
        """Let the server see that nobody is here any more."""
        self.writer.close()


def post_request(path: str, body: Any, cookie: str) -> bytes:
    """Return a POST as it goes over the wire."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Daywork-Client: bench\r\n"
        f"Content-Type: application/json\r\nCookie: {cookie}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def get_request(path: str, cookie: str) -> bytes:
    """Return a GET as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back, in the order of the requests, and how long each took."""

    bodies: Sequence[Sequence[bytes]]
    request_seconds: Sequence[float]


@dataclass(frozen=True, slots=True)
class Burst:
    """A row of requests for each phone; all phones go at once, each waits for its answers."""

    requests: Sequence[Sequence[bytes]]
    connections: Sequence[Connection]

    @classmethod
    async def ready(cls, port: int, requests: Sequence[Sequence[bytes]]) -> Self:
        """Return the burst of these requests with its connections open."""
        return cls(requests, [await Connection.open(port) for _ in requests])

    async def send(self) -> Answers:
        """Send everything. Raises: Unexpected."""
        seconds: list[float] = []

        async def one(connection: Connection, requests: Sequence[bytes]) -> list[bytes]:
            bodies = []
            for request in requests:
                started = time.perf_counter()
                bodies.append(await connection.send(request))
                seconds.append(time.perf_counter() - started)
            return bodies

        pairs = zip(self.connections, self.requests, strict=True)
        bodies = await asyncio.gather(*(one(*pair) for pair in pairs))
        for connection in self.connections:
            connection.close()
        return Answers(bodies, seconds)
