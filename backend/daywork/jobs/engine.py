"""DBOS, the durable engine: launched in our loop, with a database of its own.

Requests set work off after their commit. Calls that come while work of the same
kind is running join the next run, so that a thousand approvals make a few plans
and not a thousand. What is lost with the process is found by the sweep.
"""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from daywork.core.ids import OrganisationId, PersonId
from daywork.jobs.schedule import SCHEDULES
from daywork.jobs.tools import Tools, clear_away, lay_out
from daywork.jobs.workflows import post_organisation, sweep, tell
from daywork.store.database import sqlite_url

LOGGER = logging.getLogger(__name__)

# Fixed, so that work in flight is taken up again after an upgrade.
APPLICATION_VERSION = "1"
STOP_SECONDS = 5
TELL_PAUSE_SECONDS = 1.0  # at most one message workflow a second for an organisation


class DurableJobs:
    """What the doors may set off."""

    def __init__(self) -> None:
        self._people: dict[OrganisationId, set[PersonId]] = {}
        self._to_post: set[OrganisationId] = set()
        self._runs: dict[tuple[str, OrganisationId], asyncio.Task[None]] = {}

    async def tell(self, organisation_id: OrganisationId, people: Collection[PersonId]) -> None:
        """Tell these people soon that something needs them."""
        if people:
            self._people.setdefault(organisation_id, set()).update(people)
            self._ensure("tell", organisation_id, self._tell_all)

    async def post(self, organisation_id: OrganisationId) -> None:
        """Bring what is approved to the ledger soon."""
        self._to_post.add(organisation_id)
        self._ensure("post", organisation_id, self._post_all)

    async def stop(self) -> None:
        """Let go of what is only waiting to be started; the sweep finds it again."""
        runs = list(self._runs.values())
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

    def _ensure(
        self,
        kind: str,
        organisation_id: OrganisationId,
        run: Callable[[OrganisationId], Awaitable[None]],
    ) -> None:
        key = (kind, organisation_id)
        if key not in self._runs:
            self._runs[key] = asyncio.create_task(self._run(key, run))

    async def _run(
        self,
        key: tuple[str, OrganisationId],
        run: Callable[[OrganisationId], Awaitable[None]],
    ) -> None:
        try:
            await run(key[1])
        except Exception:
            LOGGER.exception("%s did not work; the sweep tries again", key[0])
        finally:
            del self._runs[key]

    async def _post_all(self, organisation_id: OrganisationId) -> None:
        while organisation_id in self._to_post:
            self._to_post.discard(organisation_id)
            started = await DBOS.start_workflow_async(post_organisation, str(organisation_id))
            await started.get_result()

    async def _tell_all(self, organisation_id: OrganisationId) -> None:
        while people := self._people.pop(organisation_id, None):
            ids = sorted(str(person_id) for person_id in people)
            started = await DBOS.start_workflow_async(tell, str(organisation_id), ids)
            await started.get_result()
            await asyncio.sleep(TELL_PAUSE_SECONDS)


@asynccontextmanager
async def durable_jobs(
    home: Path, database_url: str | None, tools: Tools
) -> AsyncIterator[DurableJobs]:
    """Run the engine while the block does. DBOS is one a process.

    On SQLite its tables lie in a file beside ours, which has one writer; on
    PostgreSQL in the schema ``dbos``.
    """
    lay_out(tools)
    DBOS(config=_configuration(home, database_url))
    jobs = DurableJobs()
    try:
        # Inside the running loop: DBOS adopts it, and workflows share our database.
        DBOS.launch()
        await DBOS.apply_schedules_async(SCHEDULES)
        # What a crash left out does not wait for the next minute.
        await DBOS.start_workflow_async(sweep, tools.clock(), None)
        yield jobs
    finally:
        await jobs.stop()
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=STOP_SECONDS)
        # DBOS made its own threads the loop's, and they are gone now; others still have to close.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        clear_away()


def _configuration(home: Path, database_url: str | None) -> DBOSConfig:
    on_sqlite = database_url is None
    return {
        "name": "daywork",
        "system_database_url": sqlite_url(home / "jobs.sqlite") if on_sqlite else database_url,
        "application_version": APPLICATION_VERSION,
        # Processes that share PostgreSQL do not take up each other's running work.
        "executor_id": "local" if on_sqlite else f"{socket.gethostname()}-{os.getpid()}",
        "enable_otlp": False,
        "log_level": "WARNING",
        "serializer": DBOSPortableJSONSerializer(),
    }
