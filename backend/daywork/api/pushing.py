"""What every door that takes operations does: the push itself, and what it sets off."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from daywork.api.parts import Parts
from daywork.core.errors import BadSignature, DomainError, Forked, NotYourDevice, TooLarge
from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.json_value import JsonValue
from daywork.store.push_lane import SignedBatch
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.release_operations import sealed_batch
from daywork.usecases.sync_time_entries import PushOutcome, decide_pushes

# Refusals that honest phones do not earn without being cloned.
_ALARMING = {
    BadSignature: "bad_signature",
    Forked: "forked",
    NotYourDevice: "not_your_device",
    TooLarge: "too_large",
}

LOGGER = logging.getLogger(__name__)


async def pushed(
    parts: Parts, organisation_id: OrganisationId, signed: SignedBatch, by: Actor, now: datetime
) -> PushOutcome:
    """Return the outcome after the commit; people are told and approved time is posted.

    ``by`` is the device that came. Raises: the DomainError that refuses the whole
    batch; one that looks forged is counted for the operator first.
    """
    kept = sealed_batch(signed, parts.seal)
    try:
        outcome: PushOutcome = await parts.database.push(organisation_id, kept, decide_pushes)
    except DomainError as refusal:
        kind = _ALARMING.get(type(refusal))
        if kind is not None:
            await raise_alarm(parts, organisation_id, kind, by, now)
        raise
    for kind, count in sorted(outcome.alarms.items()):
        await raise_alarm(parts, organisation_id, kind, by, now, count)
    await set_off(parts, organisation_id, outcome, signed.batch.person_id)
    return outcome


async def released(
    parts: Parts,
    organisation_id: OrganisationId,
    find: Callable[[UnitOfWork], Sequence[SignedBatch]],
) -> None:
    """Judge again what ``find`` returns, and set off what follows."""
    for signed in await parts.database.read(find):
        outcome: PushOutcome = await parts.database.push(organisation_id, signed, decide_pushes)
        await set_off(parts, organisation_id, outcome, signed.batch.person_id)


async def set_off(
    parts: Parts, organisation_id: OrganisationId, outcome: PushOutcome, person_id: PersonId
) -> None:
    """Start the durable work that follows; ``person_id``, who was here, is not told."""
    parts.nudges.wake(organisation_id)
    if outcome.people_to_tell:
        await parts.jobs.tell(organisation_id, outcome.people_to_tell - {person_id})
    if outcome.has_approvals:
        await parts.jobs.post(organisation_id)


async def raise_alarm(
    parts: Parts,
    organisation_id: OrganisationId,
    kind: str,
    actor: Actor,
    now: datetime,
    times: int = 1,
) -> None:
    """Count what looks forged, for ``daywork alarms``, and say it in the log without content."""
    LOGGER.warning("alarm %s from device %s", kind, actor)
    await parts.database.write(
        lambda unit: unit.sync_alarms.count(organisation_id, kind, actor, now, times)
    )


def push_answer(signed: SignedBatch, outcome: PushOutcome) -> dict[str, JsonValue]:
    """Return the answer to a push or a rescue."""
    return {
        "actor": signed.batch.actor,
        "next": outcome.next_sequence_number,
        "results": list(outcome.results),
    }
