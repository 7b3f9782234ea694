"""From a file to the outcome: which server, which organisation, whose phones."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from daywork.api.office_socket import ask_office
from daywork.cli.frame import ask_async
from daywork.cli.replay_crew import Crew
from daywork.cli.replay_office import CHECKER, Ask, company_for, inviter, names_for
from daywork.cli.replay_plan import planned
from daywork.cli.replay_progress import Stages
from daywork.cli.replay_run import Outcome, replayed
from daywork.cli.replay_server import PUSHES_PER_MINUTE, OwnServer
from daywork.cli.replay_transport import Transport, open_client
from daywork.core.errors import HomeInUse, Unavailable
from daywork.core.time_record_cell import DateOrder
from daywork.core.time_record_preset import Preset, read_records
from daywork.settings import Settings

OFFICE_SILENT_SECONDS: Final = 60.0
ASK_AGAIN_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    """What the person asked for."""

    text: str  # The file; bytes that are not UTF-8 as lone surrogates.
    file_name: str  # Names a new organisation when none was given.
    preset: Preset
    organisation: str | None = None
    time_zone: str | None = None
    date_order: DateOrder | None = None
    with_approval: bool = True


@dataclass(frozen=True, slots=True)
class Reached:
    """A server that answers; ``own`` is None when it was running already."""

    url: str
    own: OwnServer | None

    def starts(self) -> int:
        """How often our own server was started."""
        return 0 if self.own is None else self.own.starts


async def play(
    order: Order,
    ask: Ask,
    home: Path,
    url: str,
    stages: Stages,
    starts: Callable[[], int] = lambda: 0,
) -> Outcome:
    """Play the records against the server at ``url``; return what came out.

    ``starts`` tells how often our own server was started.
    Raises: DomainError, Refused, Unreachable.
    """
    company = await company_for(ask, order.organisation, order.file_name, order.time_zone)
    zone = order.time_zone or company.time_zone
    found = read_records(order.text, order.preset, zone, order.date_order)
    plan = planned(company.id, found.records)
    names = await names_for(ask, plan, with_approval=order.with_approval)
    async with open_client(url) as client:
        crew = Crew(
            folder=home / "replay" / str(company.id),
            names=names,
            invite=inviter(ask, company.id),
            transport=Transport(client),
            stages=stages,
        )
        return await replayed(
            crew,
            plan,
            found.refused,
            checker=CHECKER if order.with_approval else None,
            starts=starts,
        )


@asynccontextmanager
async def reached_server(settings: Settings, say: Callable[[str], None]) -> AsyncIterator[Reached]:
    """Yield the server that runs on the home, or one that lives as long as the block.

    ``say`` is told that ours has other limits than one in the field.
    """
    running = await ask_office(settings.home, "server url", {})
    if running is not None:
        yield Reached(running["url"], None)
        return
    say(
        "Starting a server for this command: it posts at once (no time for undo) and lets "
        f"a phone push {PUSHES_PER_MINUTE} times a minute instead of 60."
    )
    environment = {
        "DAYWORK_POSTING_HOLD_SECONDS": "0",
        "DAYWORK_PUSHES_PER_MINUTE": str(PUSHES_PER_MINUTE),
    }
    async with OwnServer(settings.home, environment) as own:
        yield Reached(own.url, own)


def patient_ask(settings: Settings) -> Ask:
    """Return what asks the office, and asks again while its server is being restarted."""

    async def ask(command: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        silent_since = time.monotonic()
        while True:
            try:
                return await ask_async(settings, command, facts)
            except (HomeInUse, Unavailable, ConnectionError):
                if time.monotonic() - silent_since > OFFICE_SILENT_SECONDS:
                    raise
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    return ask
