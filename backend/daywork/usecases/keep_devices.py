"""A person's devices: listed, retired, and continued under a fresh actor after a fork."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from daywork.core.errors import BadProof, NotFound, NotYourDevice
from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.person import Person
from daywork.core.principal import Principal
from daywork.core.roles import member_of, visible_owners
from daywork.core.sync_question import QuestionKind, SyncQuestion, possible_loss_id
from daywork.security.secrets import hashed_secret, new_actor, new_secret
from daywork.security.signatures import is_signed_by
from daywork.store.devices import Device
from daywork.store.unit_of_work import UnitOfWork

BRANCH_PROOF_PREFIX = "daywork-branch-v1\n"


class RetiredReason(StrEnum):
    """Why a device is no longer used."""

    REPLACED = "replaced"  # by another phone
    LOST = "lost"  # the phone, or its storage
    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"  # by the office: stolen, say


@dataclass(frozen=True, slots=True)
class Branch:
    """A phone's wish to go on under a fresh actor. ``public_key`` has its stored form."""

    branch_of: Actor
    public_key: str
    proof: str


@dataclass(frozen=True, slots=True)
class Branched:
    """The fresh actor, and the secret of its session."""

    actor: Actor
    token: str


@dataclass(frozen=True, slots=True)
class PersonDevices:
    """A person with the devices that may still hold something."""

    person: Person
    devices: Sequence[Device]


def own_devices(unit: UnitOfWork, principal: Principal) -> Sequence[Device]:
    """Return the person's devices, retired ones too, the oldest first."""
    return unit.devices.of_person(principal.organisation_id, principal.person_id)


def retire_own_device(
    unit: UnitOfWork, principal: Principal, actor: Actor, reason: RetiredReason, now: datetime
) -> None:
    """Retire one of the person's own devices. Raises: NotFound, for others' alike."""
    device = unit.devices.get(actor)
    is_own = device is not None and (device.organisation_id, device.person_id) == (
        principal.organisation_id,
        principal.person_id,
    )
    if device is None or not is_own:
        raise NotFound
    retire_device(unit, device, reason, now)


def retire_lost_device(unit: UnitOfWork, before: Actor, enrolled: Actor, now: datetime) -> None:
    """Retire the device that a newly enrolled one stands in for, if it is the same person's.

    ``before`` is the device whose session the phone still has: its storage was lost, the
    session was not.
    """
    device, fresh = unit.devices.get(before), unit.devices.get(enrolled)
    if device is None or fresh is None or device.actor == fresh.actor:
        return
    owner = (device.organisation_id, device.person_id)
    if owner == (fresh.organisation_id, fresh.person_id):
        retire_device(unit, device, RetiredReason.LOST, now)


def retire_device(unit: UnitOfWork, device: Device, reason: RetiredReason, now: datetime) -> None:
    """Take a device out of use; what it had announced is asked about.

    Retiring it again changes nothing.
    """
    if device.is_retired:
        return
    unit.devices.retire(device, str(reason), now)
    if device.pending_count and reason is not RetiredReason.SIGNED_OUT:
        unit.sync_questions.ask(device.organisation_id, _possible_loss(device, now))


def branch_device(
    unit: UnitOfWork, principal: Principal, branch: Branch, now: datetime
) -> Branched:
    """Return a fresh actor that continues one of the person's forked histories.

    The old one goes on belonging to whichever phone the server knows it from.
    Raises: NotYourDevice, BadProof.
    """
    device = unit.devices.get(branch.branch_of)
    is_own = device is not None and (device.organisation_id, device.person_id) == (
        principal.organisation_id,
        principal.person_id,
    )
    if device is None or not is_own:
        raise NotYourDevice
    message = (BRANCH_PROOF_PREFIX + branch.branch_of).encode()
    if not is_signed_by(branch.public_key, message, branch.proof):
        raise BadProof
    actor = new_actor()
    fresh = Device(
        organisation_id=device.organisation_id,
        actor=actor,
        person_id=device.person_id,
        public_key=branch.public_key,
        label=device.label,
        platform=device.platform,
        branch_of=device.actor,
    )
    unit.devices.add(fresh, algorithm="ES256", now=now)
    token = new_secret()
    unit.devices.add_session(hashed_secret(token), device.organisation_id, actor, now)
    return Branched(actor, token)


def team_devices(unit: UnitOfWork, principal: Principal) -> Sequence[PersonDevices]:
    """Return whose phones may hold what a manager has not seen yet, by name.

    The people are those whose entries ``principal`` sees, without the person itself;
    retired devices only while it is asked what became of what never came.
    """
    people = unit.people.all(principal.organisation_id)
    members = [person.as_member() for person in people]
    visible = visible_owners(member_of(principal), members)
    shown = [p for p in people if p.id != principal.person_id and _is_among(p.id, visible)]
    of_person: dict[PersonId, list[Device]] = {person.id: [] for person in shown}
    for device in unit.devices.all(principal.organisation_id):
        if device.person_id in of_person and (not device.is_retired or _is_asked(unit, device)):
            of_person[device.person_id].append(device)
    ordered = sorted(shown, key=lambda person: (person.name, str(person.id)))
    return [PersonDevices(person, of_person[person.id]) for person in ordered]


def device_of(unit: UnitOfWork, organisation_id: OrganisationId, actor: Actor) -> Device:
    """Return a device of the organisation. Raises: NotFound."""
    device = unit.devices.get(actor)
    if device is None or device.organisation_id != organisation_id:
        raise NotFound
    return device


def _is_asked(unit: UnitOfWork, device: Device) -> bool:
    """Whether the person of a lost device has still to say what became of what it announced."""
    question = possible_loss_id(device.person_id, device.actor)
    return unit.sync_questions.get(device.organisation_id, question) is not None


def _possible_loss(device: Device, now: datetime) -> SyncQuestion:
    return SyncQuestion(
        id=possible_loss_id(device.person_id, device.actor),
        person_id=device.person_id,
        kind=QuestionKind.POSSIBLE_LOSS,
        actor=device.actor,
        asked_at=now,
        pending_count=device.pending_count,
        oldest_pending_at=device.oldest_pending_at,
    )


def _is_among(person_id: PersonId, visible: Collection[PersonId] | None) -> bool:
    return visible is None or person_id in visible
