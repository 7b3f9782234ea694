"""The child server is there when asked, comes back when killed, and ends at the end."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest

from daywork.cli.replay_server import OwnServer, ServerDidNotStart, free_port

SERVES = """
import http.server, os
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["DAYWORK_HOME"].encode())
host, port = os.environ["DAYWORK_LISTEN"].split(":")
http.server.HTTPServer((host, int(port)), Ready).serve_forever()
"""


def server_running(home: Path, program: str) -> OwnServer:
    return OwnServer(home, {}, (sys.executable, "-c", program))


async def test_it_answers_within_the_block_and_not_after(tmp_path: Path) -> None:
    async with (
        server_running(tmp_path, SERVES) as server,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.get(server.url)

        assert answer.text == str(tmp_path)
    assert server.process is not None
    assert server.process.returncode is not None


async def test_a_killed_server_comes_back_on_the_same_port(tmp_path: Path) -> None:
    async with server_running(tmp_path, SERVES) as server:
        assert server.process is not None
        first, url = server.process.pid, server.url
        os.kill(first, signal.SIGKILL)
        transport = httpx.AsyncHTTPTransport(retries=0)
        async with httpx.AsyncClient(transport=transport) as client, asyncio.timeout(20):
            while server.process.pid == first or not await answers(client, url):
                await asyncio.sleep(0.02)

        assert server.starts == 2
        assert server.url == url


async def test_a_server_that_ends_at_once_is_told_with_its_log(tmp_path: Path) -> None:
    with pytest.raises(ServerDidNotStart, match="ended with 3"):
        async with server_running(tmp_path, "print('no port'); raise SystemExit(3)"):
            pass

    assert "no port" in (tmp_path / "replay" / "server.log").read_text()


def test_a_free_port_is_above_the_reserved_ones() -> None:
    assert 1024 < free_port() < 65_536


async def answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.TransportError:
        return False
