"""People are told, without a word about what, that something needs them.

What waits to be told is a mark in the database, written before anything is sent.
A crash, a push service that is down, or the quiet window of a device thus only
delay a message: ``tell_waiting`` sends what is left, and runs every minute.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import assert_never

from daywork.core.ids import OrganisationId, PersonId
from daywork.core.push_subscription import (
    NothingToSend,
    SendLater,
    SendNow,
    WaitingDevice,
    next_step,
    retry_wait_seconds,
)
from daywork.notifications.port import Gone, Outcome, PushSender, PutOff, Refused, Taken
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork

DEVICES_MAX = 1_000  # looked at in one call

# Longer than all messages of one call take; after a crash they are tried again then.
LEASE_SECONDS = 180


async def tell_people(
    database: Database,
    sender: PushSender,
    organisation_id: OrganisationId,
    person_ids: Collection[PersonId],
    now: datetime,
) -> int | None:
    """Tell these people on every device of theirs that something needs them.

    A device is told at most once in a window: see ``core.push_subscription``.
    Returns: in how many seconds ``tell_waiting`` finds more to do; None if nothing waits.
    """
    await database.write(
        lambda unit: unit.push_subscriptions.want(organisation_id, person_ids, now)
    )
    return await tell_waiting(database, sender, organisation_id, now)


async def tell_waiting(
    database: Database, sender: PushSender, organisation_id: OrganisationId, now: datetime
) -> int | None:
    """Send the messages that are due, and note what came of each.

    Returns: as ``tell_people``.
    """
    due, next_at = await database.write(lambda unit: _claim(unit, organisation_id, now))
    if due:
        outcomes = await sender.send([device.subscription for device in due], now)
        again_at = await database.write(
            lambda unit: _record(unit, organisation_id, due, outcomes, now)
        )
        next_at = _earlier(next_at, again_at)
    return None if next_at is None else max(1, ceil((next_at - now).total_seconds()))


def _claim(
    unit: UnitOfWork, organisation_id: OrganisationId, now: datetime
) -> tuple[Sequence[WaitingDevice], datetime | None]:
    """Return whom to send to now, kept from others, and when the next one is due."""
    unit.push_subscriptions.remove_retired(organisation_id)
    due: list[WaitingDevice] = []
    next_at: datetime | None = None
    lease_ends_at = now + timedelta(seconds=LEASE_SECONDS)
    for device in unit.push_subscriptions.waiting(organisation_id, DEVICES_MAX):
        match next_step(device, now):
            case SendNow():
                unit.push_subscriptions.put_off(
                    organisation_id, device.actor, lease_ends_at, device.failures
                )
                due.append(device)
            case SendLater(at):
                next_at = _earlier(next_at, at)
            case NothingToSend():
                unit.push_subscriptions.settle(
                    organisation_id, device.actor, device.wanted_at, told_at=None
                )
            case unknown:
                assert_never(unknown)
    return due, next_at


def _record(
    unit: UnitOfWork,
    organisation_id: OrganisationId,
    devices: Sequence[WaitingDevice],
    outcomes: Sequence[Outcome],
    now: datetime,
) -> datetime | None:
    """Write down what came of each message; return when the next try is due."""
    next_at: datetime | None = None
    for device, outcome in zip(devices, outcomes, strict=True):
        match outcome:
            case Taken():
                unit.push_subscriptions.settle(
                    organisation_id, device.actor, device.wanted_at, told_at=now
                )
            case Gone():
                unit.push_subscriptions.remove(
                    organisation_id, device.actor, device.subscription.endpoint
                )
            case PutOff(retry_after_seconds):
                failures = device.failures + 1
                wait_seconds = retry_wait_seconds(failures, retry_after_seconds)
                at = now + timedelta(seconds=wait_seconds)
                unit.push_subscriptions.put_off(organisation_id, device.actor, at, failures)
                next_at = _earlier(next_at, at)
            case Refused():
                # Trying again would be refused again; the next cause is tried anew.
                unit.push_subscriptions.settle(
                    organisation_id, device.actor, device.wanted_at, told_at=None
                )
            case unknown:
                assert_never(unknown)
    return next_at


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    if first is None or second is None:
        return first or second
    return min(first, second)
