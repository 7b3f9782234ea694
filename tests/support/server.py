"""The real server as a child process on a home of its own, and its command line."""

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daywork.api.office_socket import ask_office
from daywork.settings import environment_with

START_SECONDS = 30
STOP_SECONDS = 20
COMMAND = (sys.executable, "-m", "daywork.cli.main")


@dataclass(frozen=True)
class RunningServer:
    """A server that phones and the office can reach."""

    url: str
    home: Path
    environment: dict[str, str]

    def command(self, *words: str) -> dict[str, Any]:
        """Run ``daywork WORDS --json`` on this home and return what it printed.

        Raises: RuntimeError with what the command said.
        """
        done = subprocess.run(
            [*COMMAND, *words, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def office(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Ask the running server as the command line does, without its start-up time.

        Raises: DomainError.
        """
        # In a thread of its own: a browser test has a loop in this one.
        with ThreadPoolExecutor(1) as thread:
            asked = thread.submit(lambda: asyncio.run(ask_office(self.home, name, arguments)))
            answer: dict[str, Any] | None = asked.result(START_SECONDS)
        if answer is None:
            message = f"no server runs on {self.home}"
            raise RuntimeError(message)
        return answer


@contextmanager
def running_server(
    home: Path,
    command: Sequence[str] = (*COMMAND, "serve"),
    *,
    port: int | None = None,
    expected: str = r"(?!)",
    **settings: str,
) -> Iterator[RunningServer]:
    """Yield a server on ``home`` and ``port``, by default a free one; it ends with the block.

    ``expected`` matches the lines that it may write to its log.
    """
    port = free_port() if port is None else port
    url = f"http://localhost:{port}"
    environment = environment_with(
        {
            "DAYWORK_HOME": str(home),
            "DAYWORK_PUBLIC_URL": url,
            "DAYWORK_LISTEN": f"127.0.0.1:{port}",
            "DAYWORK_POSTING_HOLD_SECONDS": "0",
            **settings,
        }
    )
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_ready(url, process, home / "server.log")
        yield RunningServer(url, home, environment)
    finally:
        process.terminate()
        status = process.wait(STOP_SECONDS)
    # A server that is told to end ends well, and has nothing to complain about.
    lines = (home / "server.log").read_text().splitlines()
    said = "\n".join(line for line in lines if not re.fullmatch(expected, line))
    assert (status, said) == (0, ""), f"the server ended with {status}: {said}"


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=1):  # noqa: S310
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    message = f"the server did not answer within {START_SECONDS} s: {log.read_text()}"
    raise TimeoutError(message)
