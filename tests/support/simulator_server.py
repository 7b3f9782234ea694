"""The real server for the simulator: in this process, on a clock of its own.

It is asked as a phone asks it, through the whole application but without a socket.
It can be set back to an earlier copy of its database, as a restore does, and its
random ids come from the story's seed, so that a seed always makes the same story.
"""

import json
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from daywork.api.nudges import Nudges
from daywork.api.office_commands import run_office_command
from daywork.api.parts import Parts
from daywork.api.rate_limit import RateLimit
from daywork.app import create_app
from daywork.core.errors import DomainError
from daywork.security.sealing import Seal
from daywork.store.database import open_database
from daywork.usecases.keep_epochs import keep_epochs
from support.door import HOST, JobList
from support.simulator_copies import Copies, Copy

PUSHES_PER_MINUTE = 1_000_000
_HEADERS = ((b"x-daywork-client", b"simulator"), (b"host", b"localhost:8000"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said. ``body`` is the decoded JSON."""

    status: int
    body: dict[str, Any]
    cookie: str | None

    @property
    def code(self) -> str:
        """The refusal's word; empty for an answer that is none."""
        return "" if self.status < 400 else str(self.body.get("code"))


class SeededSecrets:
    """Stands for the module ``secrets`` in a story: same seed, same ids."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def token_bytes(self, count: int) -> bytes:
        """Return bytes."""
        return self._chance.randbytes(count)

    def token_hex(self, count: int) -> str:
        """Return bytes in hexadecimal."""
        return self._chance.randbytes(count).hex()

    def randbits(self, count: int) -> int:
        """Return a number of that many bits."""
        return self._chance.getrandbits(count)


@contextmanager
def seeded_secrets(seed: int) -> Iterator[None]:
    """Draw all ids and secrets of the server from ``seed``."""
    with mock.patch("daywork.security.secrets.secrets", SeededSecrets(seed)):
        yield


class SimulatedServer:
    """The application, its clock, and copies of its database."""

    def __init__(self, home: Path, url: str | None, now: datetime) -> None:
        self.now = now
        self.copies = Copies(home, url)
        self._database: Any = open_database(home, url)
        self._app: Any = create_app(
            Parts(
                database=self._database,
                jobs=JobList(),
                clock=lambda: self.now,
                cursor_key=bytes(32),
                seal=Seal(bytes(32)),
                push_limit=RateLimit(PUSHES_PER_MINUTE),
                nudges=Nudges(self._database),
                public_url=HOST,
                proxies=frozenset(),
                pages=Path("/nonexistent"),
                vapid_public_key="B",
                push_hosts=frozenset(),
            )
        )

    @property
    def organisation(self) -> UUID:
        """The one organisation's id."""
        return self.copies.organisation

    def pass_time(self, seconds: float) -> None:
        """Let the server's clock go on."""
        self.now += timedelta(seconds=seconds)

    async def office(self, command: str, /, **arguments: Any) -> dict[str, Any]:
        """Run a command of the office."""
        return await run_office_command(self._database, HOST, self.now, command, arguments)

    async def ask(
        self, method: str, path: str, body: object = None, cookie: str | None = None
    ) -> Answer:
        """Send a request; ``body`` is JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else b""
        if body is not None and not isinstance(body, bytes):
            content = json.dumps(body, ensure_ascii=False).encode()
        address, _, query = path.partition("?")
        headers = [*_HEADERS, (b"content-length", str(len(content)).encode())]
        if cookie is not None:
            headers.append((b"cookie", cookie.encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": address,
            "raw_path": address.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 50_000),
            "server": ("localhost", 8000),
            "state": {},
        }
        return await _asked(self._app, scope, content)

    async def copy(self) -> Copy:
        """Return a copy of the database as it is."""
        return await self.copies.taken()

    async def set_back(self, copy: Copy) -> None:
        """Restore ``copy`` and start again, with the mark that lies beside the database.

        Starting again means forgetting what is kept in memory; the connections stay,
        because opening them takes longer than the story.
        """
        marks = await self._database.write(lambda unit: keep_epochs(unit, {}))
        await self.begin_again(copy)
        await self._database.write(lambda unit: keep_epochs(unit, marks))

    async def begin_again(self, copy: Copy) -> None:
        """Replace the whole database by ``copy``."""
        await self.copies.put_back(copy)
        self._database._lanes.clear()

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()
        await self.copies.close()


async def _asked(app: Any, scope: Mapping[str, Any], content: bytes) -> Answer:
    parts: list[bytes] = []
    start: dict[str, Any] = {}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    headers = dict(start["headers"])
    raw = headers.get(b"set-cookie")
    cookie = None if raw is None else raw.decode().split(";")[0]
    text = b"".join(parts)
    return Answer(start["status"], json.loads(text) if text else {}, cookie)


@asynccontextmanager
async def simulated_server(
    home: Path, url: str | None, now: datetime
) -> AsyncIterator[SimulatedServer]:
    """Yield a server with one organisation."""
    server = SimulatedServer(home, url, now)
    try:
        made = await server.office(
            "org create", name="Fennick", time_zone="Europe/Berlin", currency="EUR"
        )
        server.copies.organisation = UUID(made["id"])
        yield server
    except DomainError as refusal:
        raise AssertionError(str(refusal)) from refusal
    finally:
        await server.close()
