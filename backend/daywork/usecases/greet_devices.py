"""Phone and server compare where their histories stand, before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from daywork.core.ids import Actor
from daywork.core.principal import Principal
from daywork.store.unit_of_work import UnitOfWork

SKEW_MILLISECONDS_MAX = 2**53


@dataclass(frozen=True, slots=True)
class ActorHead:
    """Where a phone says that one of its actors stands."""

    actor: Actor
    sequence_number: int
    chain_hash: bytes | None


@dataclass(frozen=True, slots=True)
class KnownHead:
    """Where the server stands. ``chain_hash`` None: the actor is not this person's.

    ``matches`` is None when the phone is ahead: it compares by itself.
    """

    actor: Actor
    sequence_number: int
    chain_hash: bytes | None
    matches: bool | None
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class Greeting:
    """The server's answer."""

    epoch: str
    heads: Sequence[KnownHead]


def greet_devices(
    unit: UnitOfWork,
    principal: Principal,
    heads: Sequence[ActorHead],
    pending_count: int,
    oldest_pending_at: datetime | None,
    skew_milliseconds: int | None,
    now: datetime,
) -> Greeting:
    """Compare each actor at the lower of both sequence numbers, and note what waits."""
    unit.devices.heard_from(
        principal.organisation_id,
        principal.actor,
        now=now,
        pending_count=pending_count,
        oldest_pending_at=oldest_pending_at,
        skew_milliseconds=skew_milliseconds,
    )
    return Greeting(
        epoch=unit.organisations.epoch(principal.organisation_id),
        heads=[_known_head(unit, principal, head) for head in heads],
    )


def _known_head(unit: UnitOfWork, principal: Principal, head: ActorHead) -> KnownHead:
    device = unit.devices.get(head.actor)
    is_own = (
        device is not None
        and device.organisation_id == principal.organisation_id
        and device.person_id == principal.person_id
    )
    if device is None or not is_own:
        return KnownHead(head.actor, 0, None, matches=False)
    last = device.last_sequence_number
    if head.sequence_number == 0:
        matches: bool | None = True
    elif head.sequence_number > last:
        matches = None
    else:
        stored = unit.operations.chain_hash(
            principal.organisation_id, head.actor, head.sequence_number
        )
        matches = stored is not None and stored == head.chain_hash
    return KnownHead(head.actor, last, device.last_chain_hash, matches, device.is_retired)
