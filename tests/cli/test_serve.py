"""A server that cannot start says so in a sentence; one that is told to end ends well."""

import json
import socket
import stat
import subprocess
import urllib.request
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from daywork.settings import environment_with
from support.crew import Key
from support.door import CLIENT, enrolment
from support.server import COMMAND, running_server

PATIENCE_SECONDS = 60
OPEN_CONNECTIONS = 400


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"DAYWORK_DATABASE_URL": "mysql://x"}, "DAYWORK_DATABASE_URL must be postgresql://"),
        ({"DAYWORK_DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "cannot be reached"),
        ({"DAYWORK_PUBLIC_URL": "ftp://x"}, "DAYWORK_PUBLIC_URL must be"),
        ({"DAYWORK_LISTEN": "here"}, "DAYWORK_LISTEN must be host:port"),
        ({"DAYWORK_HOME": "/proc/daywork"}, "/proc/daywork cannot be made"),
        ({"DAYWORK_TLS_CERT": "/no", "DAYWORK_TLS_KEY": "/no"}, "DAYWORK_TLS_KEY cannot be used"),
        ({"DAYWORK_TLS_CERT": "/no"}, "given together with DAYWORK_TLS_KEY"),
    ],
)
def test_what_cannot_be_served_is_told_in_a_sentence(
    settings: dict[str, str], told: str, tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = f"127.0.0.1:{probe.getsockname()[1]}"

    ended = served({"DAYWORK_HOME": str(tmp_path), "DAYWORK_LISTEN": free} | settings)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_two_servers_never_share_a_port(tmp_path: Path) -> None:
    with running_server(tmp_path / "first") as first:
        address = first.environment["DAYWORK_LISTEN"]

        ended = served({"DAYWORK_HOME": str(tmp_path / "second"), "DAYWORK_LISTEN": address})

    assert ended.returncode == 1
    assert "cannot be listened on" in ended.stderr


def test_phones_that_keep_their_connections_open_shut_nobody_out(tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server, ExitStack() as stack:
        host, port = server.environment["DAYWORK_LISTEN"].split(":")
        for _ in range(OPEN_CONNECTIONS):
            held = socket.create_connection((host, int(port)), PATIENCE_SECONDS)
            stack.enter_context(held)
        url = f"{server.url}/health/ready"
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            status = answer.status

    assert status == 200


def test_a_server_that_is_told_to_end_lets_go_of_phones_that_listen(tmp_path: Path) -> None:
    with ExitStack() as stack:
        with running_server(tmp_path / "home") as server:
            server.office("org create", name="Fennick", time_zone="UTC", currency="EUR")
            code, key = server.office("invite", person="Ana", role="worker")["invite"], Key()
            host, port = server.environment["DAYWORK_LISTEN"].split(":")
            asking = HTTPConnection(host, int(port), timeout=PATIENCE_SECONDS)
            stack.enter_context(closing(asking))
            headers = CLIENT | {"Content-Type": "application/json", "Host": f"localhost:{port}"}
            asking.request("POST", "/v1/devices", json.dumps(enrolment(code, key)), headers)
            with asking.getresponse() as answer:
                cookie = str(answer.headers["Set-Cookie"]).split(";")[0]
                answer.read()
            asking.request("GET", "/v1/sync/events", headers=headers | {"Cookie": cookie})
            stream = stack.enter_context(asking.getresponse())
            begun = stream.readline()
        rest = stream.read()

    assert begun == b"retry: 1000\n"
    assert b"changed" not in rest


def served(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a server that is expected to end by itself."""
    return subprocess.run(
        [*COMMAND, "serve"],
        env=environment_with(settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_what_a_server_writes_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running_server(home):
        files = [path for path in home.rglob("*") if path.name != "server.log"]

        shared = [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]

    assert files
    assert shared == []
