"""daywork demo: a week of a small crew from their phones into the books, then a look around.

Everything real, in one process: the server on SQLite, phones that speak the
protocol to it, the durable work, the journals. The home is marked practice and is
made anew by every run.
"""

import argparse
import asyncio
import shutil
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx

from daywork.api.office_socket import ask_office
from daywork.cli import demo_crew
from daywork.cli.demo_books import check_books
from daywork.cli.demo_office import equip, found, sign_in_links
from daywork.cli.demo_week import StoryDiffers, Week, expect, last_whole_week
from daywork.cli.frame import Commands
from daywork.cli.replay_run import AT_REST
from daywork.cli.replay_server import free_port
from daywork.cli.replay_transport import Transport, open_client
from daywork.cli.serve import serve
from daywork.composition import real_world
from daywork.core.duration import duration_text
from daywork.core.errors import ValueRefused
from daywork.settings import Settings, read_settings
from daywork.store.home_lock import locked_home

MARK: Final = "practice"  # A file that says that the home may be made anew.
STEP_SECONDS_MAX: Final = 60.0
ASK_AGAIN_SECONDS: Final = 0.1


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("demo", help="play a week of a small crew and look around in it")
    parser.add_argument("--once", action="store_true", help="end after the checks")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Play the week; 1 if anything is not as told. Without --once, serve until Ctrl+C."""
    settings = _demo_settings(read_settings(), is_once=options.once)
    with locked_home(settings.home):
        _clear(settings.home)
        try:
            asyncio.run(_served(settings, is_once=options.once))
        except StoryDiffers as difference:
            sys.stderr.write(f"The demo went wrong: {difference}.\n")
            return 1
    return 0


async def _served(settings: Settings, *, is_once: bool) -> None:
    """Serve in this loop; play meanwhile; end with the story or with a signal."""
    serving = asyncio.create_task(serve(settings, real_world()))
    telling = asyncio.create_task(_told(settings, is_once=is_once))
    await asyncio.wait((serving, telling), return_when=asyncio.FIRST_COMPLETED)
    if telling.done() and telling.exception() is None and not is_once:
        await serving
    # A server that ended by itself did so because of a signal or a fault.
    for task in (telling, serving):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _told(settings: Settings, *, is_once: bool) -> None:
    async def ask(command: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        answer = await ask_office(settings.home, command, facts)
        expect(answer is not None, "the server does not answer the office")
        return answer or {}

    monday = last_whole_week(datetime.now(UTC).date())
    async with open_client(settings.public_url) as client:
        await _wait_until_ready(client)
        founded = await found(ask, monday)
        folder = settings.home / "phones"
        week = await equip(ask, founded, monday, folder, Transport(client))
        await _tell_week(week, settings)
        links = await sign_in_links(ask)
    _say(f"\nLook at the books in {settings.home / 'ledger'}")
    if is_once:
        return
    _say("Sign in, each in a browser window of its own (private windows do):")
    for role, (name, url) in links.items():
        _say(f"  {role:8} {name:14} {url}")
    _say("The server runs until Ctrl+C.")


async def _tell_week(week: Week, settings: Settings) -> None:
    _say(f"{demo_crew.COMPANY}, the week of {week.monday:%-d %B %Y}")
    count = await week.work_offline()
    _say(f"  {len(demo_crew.WORKERS)} phones were offline all week; {count} entries arrived.")
    first, second = await week.end_a_shift_twice()
    await week.choose_the_phones_end()
    _say(
        f"  {demo_crew.CONFLICT_OWNER} ended a shift on two devices: {duration_text(first)} and"
        f" {duration_text(second)}. Both were kept; a person chose."
    )
    approved = await week.approve_what_is_clean()
    await week.send_one_back()
    _say(f"  {demo_crew.MANAGER} approved {approved} clean entries and sent one back.")
    await week.correct_what_came_back()
    _say(f"  {demo_crew.RETURN_OWNER} corrected it; it waits in the inbox again.")
    await _wait_for_postings(week)
    await week.arrive_late()
    late = await week.approve_what_is_clean(of=demo_crew.LATE_OWNER)
    _say(
        f"  {demo_crew.LATE_OWNER}'s phone was off: {late} entry came after the week was posted,"
        " was approved and posted like the rest."
    )
    totals = await _wait_for_postings(week)
    held = totals["held"]
    expect(held["count"] == 1, f"{held['count']} entries are held instead of one")
    _say(
        f"  1 entry is held ({duration_text(held['seconds'])}):"
        f" {demo_crew.UNMAPPED} has no name in the ledger yet."
    )
    await week.look()
    sums = [week.approved_on(project) for project in demo_crew.PROJECTS]
    entries, seconds = (sum(parts) for parts in zip(*sums, strict=True))
    expect(entries == approved + late - 1, "what was approved is not what is on the jobs")
    _say(
        f"Books: {await asyncio.to_thread(check_books, settings.home / 'ledger', entries, seconds)}"
    )


async def _wait_for_postings(week: Week) -> dict[str, Any]:
    """Return the totals once nothing is on its way to the ledger any more."""
    office = week.phones[demo_crew.OFFICE]
    try:
        async with asyncio.timeout(STEP_SECONDS_MAX):
            while True:
                totals: dict[str, Any] = (await office.get("/v1/postings?limit=1"))["totals"]
                if totals and not set(totals) - AT_REST:
                    return totals
                await asyncio.sleep(ASK_AGAIN_SECONDS)
    except TimeoutError:
        message = f"postings are on their way after {STEP_SECONDS_MAX:.0f} s"
        raise StoryDiffers(message) from None


async def _wait_until_ready(client: httpx.AsyncClient) -> None:
    try:
        async with asyncio.timeout(STEP_SECONDS_MAX):
            while True:
                with suppress(httpx.TransportError):
                    if (await client.get("/health/ready")).is_success:
                        return
                await asyncio.sleep(ASK_AGAIN_SECONDS)
    except TimeoutError:
        message = f"the server was not ready in {STEP_SECONDS_MAX:.0f} s"
        raise StoryDiffers(message) from None


def _demo_settings(settings: Settings, *, is_once: bool) -> Settings:
    """Return settings of a practice home on loopback, whatever the environment says else."""
    port = free_port() if is_once or _is_taken(settings.listen_port) else settings.listen_port
    return replace(
        settings,
        home=settings.home / "demo",
        database_url=None,
        public_url=f"http://localhost:{port}",
        listen_host="127.0.0.1",
        listen_port=port,
        tls_certificate=None,
        tls_key=None,
        proxies=frozenset(),
        posting_hold_seconds=0,
    )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _clear(home: Path) -> None:
    """Empty a home of an earlier demo; never another one. Raises: ValueRefused."""
    inside = [path for path in home.iterdir() if path.name != "daywork.lock"]
    if inside and not (home / MARK).exists():
        message = f"{home} is not the home of a demo. Choose another DAYWORK_HOME."
        raise ValueRefused(message, "DAYWORK_HOME")
    for path in inside:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
    (home / MARK).touch()


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
