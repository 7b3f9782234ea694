"""Devices as their persons and managers read them."""

from datetime import datetime

from daywork.core.ids import Actor
from daywork.core.instant import instant_text
from daywork.core.json_value import JsonValue
from daywork.store.devices import Device
from daywork.store.row import milliseconds
from daywork.usecases.keep_devices import PersonDevices


def own_device_wire(device: Device, present: Actor) -> dict[str, JsonValue]:
    """Return a device of the person's own; ``present`` is the one that asks."""
    return {
        "actor": device.actor,
        **_contact(device),
        "enrolled": _text(device.enrolled_at),
        "retired": _text(device.retired_at),
        "reason": device.retired_reason,
        "this": device.actor == present,
    }


def team_wire(one: PersonDevices) -> dict[str, JsonValue]:
    """Return a person's devices as a manager sees them: nothing that could be acted on."""
    return {
        "id": str(one.person.id),
        "name": one.person.name,
        "devices": [_contact(device) for device in one.devices],
    }


def _contact(device: Device) -> dict[str, JsonValue]:
    skew = device.skew_milliseconds
    return {
        "label": device.label,
        "platform": device.platform,
        "last_contact": _text(device.last_contact_at),
        "pending": device.pending_count,
        # It is from the last hello; what was announced then may all have come since.
        "oldest": _text(device.oldest_pending_at if device.pending_count else None),
        "skew_seconds": None if skew is None else skew // 1000,
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(milliseconds(moment) // 1000)
