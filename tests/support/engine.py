"""The real durable engine on a database of a test, with a ledger that the test holds."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from dbos import DBOS

from daywork.accounting.port import AccountingSystem
from daywork.jobs.engine import DurableJobs, durable_jobs
from daywork.jobs.tools import Tools
from daywork.notifications.port import PushSender
from daywork.store.database import Database
from daywork.store.epoch_marker import EpochMarker
from support.senders import Recorder

ENDED = ["SUCCESS", "ERROR"]


@asynccontextmanager
async def running_jobs(
    home: Path,
    url: str | None,
    database: Database,
    ledger: AccountingSystem,
    now: datetime,
    sender: PushSender | None = None,
    back_up: Callable[[datetime], None] = lambda _now: None,
) -> AsyncIterator[DurableJobs]:
    """Run the engine while the block does."""
    tools = Tools(
        database=database,
        ledger=ledger,
        sender=sender or Recorder(),
        clock=lambda: now,
        hold_seconds=0,
        marker=EpochMarker(home / "epochs.json"),
        back_up=back_up,
    )
    async with durable_jobs(home, url, tools) as jobs:
        yield jobs


async def wait_for(workflow: str) -> None:
    """Return when a workflow of this name has ended: the engine starts some by itself."""
    while not await DBOS.list_workflows_async(name=workflow, status=ENDED):
        pass
