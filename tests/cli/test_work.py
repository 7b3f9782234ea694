"""Durable work in a process of its own, beside servers that share a PostgreSQL."""

import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from daywork.cli import demo_crew
from daywork.cli.demo_office import equip, found
from daywork.cli.replay_transport import Transport, open_client
from support.server import COMMAND, RunningServer, running_server

MONDAY = date(2026, 3, 2)
PATIENCE_SECONDS = 60


async def play_a_week(server: RunningServer) -> int:
    async def ask(command: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        return server.office(command, **facts)

    async with open_client(server.url) as client:
        founded = await found(ask, MONDAY)
        week = await equip(ask, founded, MONDAY, server.home / "phones", Transport(client))
        await week.work_offline()
        return await week.approve_what_is_clean()


@contextmanager
def working(environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*COMMAND, "work"], env=environment, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(PATIENCE_SECONDS)
    assert (status, log.read_text()) == (0, "")


async def test_a_process_without_a_door_posts_what_the_server_left(
    tmp_path: Path, postgresql_url: str
) -> None:
    home = tmp_path / "home"
    with running_server(home, DAYWORK_DATABASE_URL=postgresql_url) as server:
        approved = await play_a_week(server)
    # Nobody but the process without a door is there to hear of it.
    server.command("mappings", "set", "project", demo_crew.UNMAPPED, "Dome")

    with working(server.environment, tmp_path / "work.log"):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while set(server.command("postings")["totals"]) != {"posted"}:
            assert time.monotonic() < deadline, "not everything was posted"

    entries = re.findall(r"entry:([0-9a-f-]{36})", (home / "ledger/daywork.journal").read_text())
    assert len(entries) == len(set(entries)) == approved
