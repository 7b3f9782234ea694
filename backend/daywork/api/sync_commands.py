"""What the command line may ask about phones: devices, alarms, what waits, closed periods."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from daywork.api.body import text_member
from daywork.api.desk import Answer, Arguments, Desk, Handler
from daywork.api.wire.sync import read_push, read_rescue
from daywork.core.canonical_json import canonical
from daywork.core.conservation import Bucket
from daywork.core.errors import BadSignature, MalformedBody, NameUnknown, ValueRefused
from daywork.core.ids import Actor, OrganisationId, TimeEntryId
from daywork.core.ingestion import is_set_aside
from daywork.core.instant import instant_text
from daywork.core.push_batch import Purpose
from daywork.core.schema import SHIPPED
from daywork.store.database import Database
from daywork.store.devices import Device
from daywork.store.operations import HeldOperation
from daywork.store.push_lane import SignedBatch
from daywork.store.row import milliseconds
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.administer import find_organisation
from daywork.usecases.close_periods import close_period
from daywork.usecases.conserve_time import Tally, conserve
from daywork.usecases.erase_entry import erase_entry
from daywork.usecases.keep_devices import RetiredReason, retire_device
from daywork.usecases.release_operations import set_aside_of, waiting_among
from daywork.usecases.rescue_operations import Author, author_of, settle_loss
from daywork.usecases.sync_time_entries import PushOutcome, decide_pushes, is_signed

LaneHandler: TypeAlias = Callable[[Database, datetime, Arguments], Awaitable[Answer]]


def _alarms(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    labels = desk.unit.devices.labels(organisation.id)
    return {
        "alarms": [
            {
                "kind": alarm.kind,
                "device": alarm.actor,
                "label": labels.get(alarm.actor, ""),
                "count": alarm.count,
                "first_at": _text(alarm.first_at),
                "last_at": _text(alarm.last_at),
            }
            for alarm in desk.unit.sync_alarms.all(organisation.id)
        ]
    }


def _device_list(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    names = {person.id: person.name for person in desk.unit.people.all(organisation.id)}
    return {
        "devices": [
            {
                "device": device.actor,
                "person": names[device.person_id],
                "label": device.label,
                "last_contact": _text(device.last_contact_at),
                "pending": device.pending_count,
                "retired": _text(device.retired_at),
                "reason": device.retired_reason,
            }
            for device in desk.unit.devices.all(organisation.id)
        ]
    }


def _device_revoke(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    device = _device(desk.unit, organisation.id, arguments["device"])
    retire_device(desk.unit, device, RetiredReason.REVOKED, desk.now)
    return {"device": device.actor}


def _sync_waiting(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    names = {person.id: person.name for person in desk.unit.people.all(organisation.id)}
    operations = desk.unit.operations
    held = [
        *operations.waiting(organisation.id),
        *(
            one
            for device in desk.unit.devices.all(organisation.id)
            for one in operations.held(organisation.id, device.actor)
            if is_set_aside(one.held_code, one.result)
        ),
    ]
    return {
        "waiting": [
            {
                "device": one.actor,
                "number": one.sequence_number,
                "person": names[one.person_id],
                "why": _why(one),
                "received_at": _text(one.received_at),
            }
            for one in held
        ]
    }


async def _sync_release(database: Database, now: datetime, arguments: Arguments) -> Answer:
    """Let what is held of a device count: all of it, or the one operation that is named."""

    def find(unit: UnitOfWork) -> tuple[OrganisationId, Sequence[SignedBatch]]:
        organisation_id = find_organisation(unit, arguments.get("organisation")).id
        device = _device(unit, organisation_id, arguments["device"])
        number = arguments.get("number")
        dots = {
            one.dot
            for one in unit.operations.waiting(organisation_id)
            if one.actor == device.actor and number in (None, one.sequence_number)
        }
        aside = () if number is not None else set_aside_of(unit, organisation_id, device.actor, now)
        return organisation_id, [*aside, *waiting_among(unit, organisation_id, dots, now)]

    organisation_id, batches = await database.read(find)
    released = 0
    for signed in batches:
        outcome = await database.push(organisation_id, signed, decide_pushes)
        released += len(outcome.results) + len(signed.batch.forced)
    return {"released": released}


async def _sync_rescue(database: Database, now: datetime, arguments: Arguments) -> Answer:
    """Take a phone's file as the office: verdicts are counted, nothing of others comes back."""
    said = arguments["file"]
    if not isinstance(said, dict):
        raise MalformedBody
    value = read_rescue(said)
    actor = Actor(text_member(value, "actor", 20))

    def find(unit: UnitOfWork) -> tuple[OrganisationId, Author]:
        organisation_id = find_organisation(unit, arguments.get("organisation")).id
        _device(unit, organisation_id, actor)
        return organisation_id, author_of(unit, actor)

    organisation_id, author = await database.read(find)
    body_bytes = len(canonical(value))
    signed = read_push(value, body_bytes, milliseconds(now), author.principal, Purpose.RESCUE)
    if not SHIPPED.knows(signed.batch.schema):
        message = "A newer app wrote this file. Upgrade the server first."
        raise ValueRefused(message, "schema")
    if not is_signed(author.public_key, signed):
        raise BadSignature
    aside = await database.read(lambda unit: set_aside_of(unit, organisation_id, actor, now))
    for batch in aside:
        await database.push(organisation_id, batch, decide_pushes)
    outcome: PushOutcome = await database.push(organisation_id, signed, decide_pushes)
    await database.write(lambda unit: settle_loss(unit, organisation_id, actor, now))
    verdicts = Counter(str(result["st"]) for result in outcome.results)
    return {"device": actor, "verdicts": dict(sorted(verdicts.items()))}


async def _conserve(database: Database, _now: datetime, arguments: Arguments) -> Answer:
    """Count where every recorded hour is."""
    organisation = await database.read(
        lambda unit: find_organisation(unit, arguments.get("organisation"))
    )
    tally: Tally = await database.look_at(conserve(organisation.id))
    return {
        "buckets": {
            str(bucket): {
                "operations": tally.operations[bucket],
                "worked_seconds": tally.seconds[bucket],
            }
            for bucket in Bucket
        },
        "unaccounted": tally.unaccounted,
        "wrong_rows": [f"te:{entry_id}" for entry_id in tally.wrong_rows],
        "whole": tally.is_whole,
    }


def _period_close(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    try:
        through = date.fromisoformat(arguments["through"])
    except ValueError as error:
        message = f"{arguments['through']} is no date. Write it like 2026-03-31."
        raise ValueRefused(message, "through") from error
    close_period(desk.unit, organisation, through, desk.now)
    return {"through": through.isoformat()}


def _entry_erase(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    try:
        entry_id = TimeEntryId(UUID(str(arguments["entry"]).removeprefix("te:")))
    except ValueError as error:
        message = f"{arguments['entry']} is no id of an entry."
        raise ValueRefused(message, "entry") from error
    return {"operations": erase_entry(desk.unit, organisation.id, entry_id)}


def _period_list(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    return {
        "periods": [
            {"through": period.through.isoformat(), "closed_at": _text(period.closed_at)}
            for period in desk.unit.closed_periods.all(organisation.id)
        ]
    }


def _device(unit: UnitOfWork, organisation_id: OrganisationId, actor: str) -> Device:
    device = unit.devices.get(Actor(actor))
    if device is None or device.organisation_id != organisation_id:
        message = f"There is no device {actor}. `daywork device list` shows them."
        raise NameUnknown(message)
    return device


def _why(one: HeldOperation) -> str:
    note = one.result.get("note")
    return note if isinstance(note, str) else one.held_code


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(milliseconds(moment) // 1000)


SYNC_COMMANDS: Mapping[str, Handler] = {
    "alarms": _alarms,
    "device list": _device_list,
    "device revoke": _device_revoke,
    "entry erase": _entry_erase,
    "period close": _period_close,
    "period list": _period_list,
    "sync waiting": _sync_waiting,
}

# These take more than one transaction of a unit of work.
LANE_COMMANDS: Mapping[str, LaneHandler] = {
    "conserve": _conserve,
    "sync release": _sync_release,
    "sync rescue": _sync_rescue,
}
