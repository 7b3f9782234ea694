"""Durable work: ids in, one use case a step, nothing else.

A step may run again after a crash, so each use case is safe to repeat. What a
crash left out altogether, the sweep starts.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dbos import DBOS, SetWorkflowID

from daywork.core.ids import BatchId, OrganisationId, PersonId
from daywork.jobs.tools import on_hand
from daywork.usecases.conserve_time import Tally, conserve, keep_tally
from daywork.usecases.keep_epochs import keep_epochs
from daywork.usecases.move_horizon import move_horizon
from daywork.usecases.post_time_entries import deliver_batch, plan_batch, unfinished
from daywork.usecases.release_operations import given_up
from daywork.usecases.seal_clocks import seal_clocks
from daywork.usecases.send_notifications import tell_people, tell_waiting
from daywork.usecases.sync_time_entries import PushOutcome, decide_pushes

# A ledger that cannot be reached is tried for about an hour, then by each sweep.
DELIVERIES_MAX = 8
FIRST_WAIT_SECONDS = 1.0
WAIT_GROWTH = 3.0

REMEMBERED_DAYS = 7
FORGOTTEN_AT_ONCE = 500

LOGGER = logging.getLogger(__name__)


@DBOS.workflow()
async def post_organisation(organisation_id: str) -> None:
    """Plan batches until nothing is open, and deliver each in a workflow of its own."""
    while (batch_id := await _plan(organisation_id)) is not None:
        with SetWorkflowID(batch_id):
            delivery = await DBOS.start_workflow_async(deliver, organisation_id, batch_id)
        await delivery.get_result()


@DBOS.workflow()
async def deliver(organisation_id: str, batch_id: str) -> None:
    """Bring one frozen batch into the ledger. The workflow's id is the batch's."""
    await _deliver(organisation_id, batch_id)


@DBOS.workflow()
async def tell(organisation_id: str, person_ids: Sequence[str]) -> None:
    """Tell people that something needs them."""
    await _tell(organisation_id, list(person_ids))


@DBOS.workflow()
async def sweep(_scheduled_at: datetime, _context: Any) -> None:
    """Start what a crash left out, and what its time has come for.

    One organisation's ledger that is away keeps nobody else waiting: a batch is
    tried once, since the next sweep is near, and what is open is only started.
    """
    left = await _find_unfinished()
    for organisation_id, batch_id in left["frozen"]:
        await _try_to_deliver(organisation_id, batch_id)
    for organisation_id in left["open"]:
        await DBOS.start_workflow_async(post_organisation, organisation_id)
    for organisation_id in left["all"]:
        await _give_up_waiting(organisation_id)
        await _tell_waiting(organisation_id)
    await _keep_marks()


@DBOS.workflow()
async def back_up(scheduled_at: datetime, _context: Any) -> None:
    """Make the nightly backup and forget the oldest ones."""
    await _back_up(scheduled_at.isoformat())


@DBOS.workflow()
async def forget(scheduled_at: datetime, _context: Any) -> None:
    """Forget workflows of long ago: what they did stands in the tables of postings."""
    await _forget_before(scheduled_at - timedelta(days=REMEMBERED_DAYS))


@DBOS.workflow()
async def keep_feed(_scheduled_at: datetime, _context: Any) -> None:
    """Let go of old tombstones, count where every hour is, shorten long clocks."""
    for organisation_id in await _find_organisations():
        await _move_horizon(organisation_id)
        await _conserve(organisation_id)
        after: str | None = str(UUID(int=0))
        while after is not None:
            after = await _seal_clocks(organisation_id, after)


@DBOS.step()
async def _plan(organisation_id: str) -> str | None:
    tools = on_hand()
    batch_id = await tools.database.write(
        lambda unit: plan_batch(
            unit,
            tools.ledger,
            OrganisationId(UUID(organisation_id)),
            tools.clock(),
            tools.hold_seconds,
        )
    )
    return None if batch_id is None else str(batch_id)


@DBOS.step(
    retries_allowed=True,
    max_attempts=DELIVERIES_MAX,
    interval_seconds=FIRST_WAIT_SECONDS,
    backoff_rate=WAIT_GROWTH,
)
async def _deliver(organisation_id: str, batch_id: str) -> None:
    await _deliver_now(organisation_id, batch_id)


@DBOS.step()
async def _try_to_deliver(organisation_id: str, batch_id: str) -> None:
    try:
        await _deliver_now(organisation_id, batch_id)
    except Exception:
        LOGGER.exception("a batch could not be delivered; the next sweep tries again")


async def _deliver_now(organisation_id: str, batch_id: str) -> None:
    tools = on_hand()
    await deliver_batch(
        tools.database,
        tools.ledger,
        OrganisationId(UUID(organisation_id)),
        BatchId(UUID(batch_id)),
        tools.clock(),
    )


@DBOS.step()
async def _tell(organisation_id: str, person_ids: list[str]) -> None:
    tools = on_hand()
    await tell_people(
        tools.database,
        tools.sender,
        OrganisationId(UUID(organisation_id)),
        [PersonId(UUID(person_id)) for person_id in person_ids],
        tools.clock(),
    )


@DBOS.step()
async def _tell_waiting(organisation_id: str) -> None:
    tools = on_hand()
    organisation = OrganisationId(UUID(organisation_id))
    await tell_waiting(tools.database, tools.sender, organisation, tools.clock())


@DBOS.step()
async def _conserve(organisation_id: str) -> None:
    """Count where every hour is; what does not add up is an error that somebody must see."""
    tools, organisation = on_hand(), OrganisationId(UUID(organisation_id))
    tally: Tally = await tools.database.look_at(conserve(organisation))
    if not tally.is_whole:
        LOGGER.error(
            "%d operations are in no entry, %d rows are not what the log means: daywork conserve",
            tally.unaccounted,
            len(tally.wrong_rows),
        )
    await tools.database.write(lambda unit: keep_tally(unit, organisation, tally, tools.clock()))


@DBOS.step()
async def _seal_clocks(organisation_id: str, after: str) -> str | None:
    tools = on_hand()
    organisation, place = OrganisationId(UUID(organisation_id)), UUID(after)
    last = await tools.database.write(
        lambda unit: seal_clocks(unit, organisation, tools.clock(), place)
    )
    return None if last is None else str(last)


@DBOS.step()
async def _give_up_waiting(organisation_id: str) -> None:
    """Let operations count whose causes are lost: nobody may push for a long time."""
    tools = on_hand()
    organisation, now = OrganisationId(UUID(organisation_id)), tools.clock()
    for signed in await tools.database.read(lambda unit: given_up(unit, organisation, now)):
        outcome: PushOutcome = await tools.database.push(organisation, signed, decide_pushes)
        await tell_people(
            tools.database, tools.sender, organisation, outcome.people_to_tell, tools.clock()
        )


@DBOS.step()
async def _keep_marks() -> None:
    """Notice a database that was set back under running processes."""
    tools = on_hand()
    known = tools.marker.read()
    tools.marker.write(await tools.database.write(lambda unit: keep_epochs(unit, known)))


@DBOS.step()
async def _back_up(scheduled_at: str) -> None:
    await asyncio.to_thread(on_hand().back_up, datetime.fromisoformat(scheduled_at))


@DBOS.step()
async def _forget_before(moment: datetime) -> None:
    while True:
        old = await DBOS.list_workflows_async(
            completed_before=moment.isoformat(), limit=FORGOTTEN_AT_ONCE, load_input=False
        )
        if not old:
            return
        await DBOS.delete_workflows_async([workflow.workflow_id for workflow in old])


@DBOS.step()
async def _find_organisations() -> list[str]:
    found = await on_hand().database.read(lambda unit: unit.organisations.all())
    return [str(organisation.id) for organisation in found]


@DBOS.step()
async def _move_horizon(organisation_id: str) -> None:
    tools = on_hand()
    await tools.database.write(
        lambda unit: move_horizon(unit, OrganisationId(UUID(organisation_id)), tools.clock())
    )


@DBOS.step()
async def _find_unfinished() -> dict[str, Any]:
    tools = on_hand()
    found = await tools.database.read(
        lambda unit: unfinished(unit, tools.clock(), tools.hold_seconds)
    )
    return {
        "frozen": [[str(organisation), str(batch)] for organisation, batch in found.frozen],
        "open": [str(organisation) for organisation in found.open_in],
        "all": [str(organisation) for organisation in found.organisations],
    }
