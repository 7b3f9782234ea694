"""A server for the length of one command, started as a child and kept alive.

It listens on a free port of the loopback interface, posts at once and lets a phone
push more often than in the field. When it dies it is started again on the same
port, and the phones, which only see a lost connection, go on.
"""

import asyncio
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

from daywork.settings import environment_with

PUSHES_PER_MINUTE: Final = 60_000
READY_SECONDS_MAX: Final = 60.0
STOP_SECONDS_MAX: Final = 20.0
ASK_AGAIN_SECONDS: Final = 0.05
START_AGAIN_SECONDS: Final = 0.1
STARTS_MAX: Final = 1_000


class ServerDidNotStart(Exception):
    """The child ended, or did not answer in time; the message names its log."""


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass(slots=True)
class OwnServer:
    """``daywork serve`` as a child; ``starts`` counts how often it was started."""

    home: Path
    environment: Mapping[str, str]
    command: Sequence[str] = (sys.executable, "-m", "daywork.cli.main", "serve")
    port: int = field(default_factory=free_port)
    public_host: str = "127.0.0.1"  # In the links that it makes.
    starts: int = 0
    process: asyncio.subprocess.Process | None = None
    _keeper: asyncio.Task[None] | None = None
    _is_stopping: bool = False

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the child says."""
        return self.home / "replay" / "server.log"

    async def __aenter__(self) -> Self:
        """Start the child and wait until it is ready."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        await self._start()
        try:
            await self._wait_until_ready()
        except BaseException:
            await self._stop()
            raise
        self._keeper = asyncio.create_task(self._keep_alive())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the child; kill it if it does not end by itself."""
        self._is_stopping = True
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        await self._stop()

    async def _stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            try:
                async with asyncio.timeout(STOP_SECONDS_MAX):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()

    async def _start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _environment(self) -> dict[str, str]:
        return environment_with(
            {
                **self.environment,
                "DAYWORK_HOME": str(self.home),
                "DAYWORK_LISTEN": f"127.0.0.1:{self.port}",
                "DAYWORK_PUBLIC_URL": f"http://{self.public_host}:{self.port}",
            }
        )

    async def _wait_until_ready(self) -> None:
        assert self.process is not None, "the child is started first"
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                async with asyncio.timeout(READY_SECONDS_MAX):
                    while not await _is_ready(client, self.url):
                        if self.process.returncode is not None:
                            msg = f"daywork serve ended with {self.process.returncode}: {self.log}"
                            raise ServerDidNotStart(msg)
                        await asyncio.sleep(ASK_AGAIN_SECONDS)
            except TimeoutError as error:
                msg = f"daywork serve was not ready in {READY_SECONDS_MAX:.0f} s: {self.log}"
                raise ServerDidNotStart(msg) from error

    async def _keep_alive(self) -> None:
        while self.starts < STARTS_MAX:
            assert self.process is not None, "the child is started first"
            await self.process.wait()
            if self._is_stopping:
                return
            await asyncio.sleep(START_AGAIN_SECONDS)
            await self._start()


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        response = await client.get(f"{url}/health/ready")
    except httpx.TransportError:
        return False
    return response.is_success
