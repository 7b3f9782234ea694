"""A phone becomes a person's device: one invite, one key, one actor."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from daywork.core.errors import BadProof, InviteInvalid
from daywork.core.ids import Actor
from daywork.core.organisation import Organisation
from daywork.core.person import Person
from daywork.security.secrets import hashed_secret, new_actor, new_secret, normal_code
from daywork.security.signatures import is_signed_by
from daywork.store.devices import Device
from daywork.store.people import Invite
from daywork.store.unit_of_work import UnitOfWork

FAILURES_MAX = 5
LOST_REPLY_MINUTES = 10

PROOF_PREFIX = "daywork-enrol-v1\n"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a phone sends. ``public_key`` has its stored form."""

    invite: str
    label: str
    platform: str
    public_key: str
    proof: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the phone becomes. ``token`` is the secret of its new session."""

    actor: Actor
    person: Person
    organisation: Organisation
    token: str


def enrol_device(unit: UnitOfWork, enrolment: Enrolment, now: datetime) -> Enrolled:
    """Use up the invite and return the new device with a session.

    The same invite with the same key within ten minutes answers the same actor:
    the first reply may have been lost. Raises: InviteInvalid, alike for unknown,
    used and expired ones; call ``is_proven`` first.
    """
    invite = unit.people.invite(hashed_secret(normal_code(enrolment.invite)))
    if invite is None:
        raise InviteInvalid
    if invite.used_at is not None:
        return _answer_again(unit, invite, enrolment, now)
    if not _is_open(invite, now):
        raise InviteInvalid
    actor = new_actor()
    device = Device(
        organisation_id=invite.organisation_id,
        actor=actor,
        person_id=invite.person_id,
        public_key=enrolment.public_key,
        label=enrolment.label,
        platform=enrolment.platform,
    )
    unit.devices.add(device, algorithm="ES256", now=now)
    invite.used_at, invite.used_key, invite.used_actor = now, enrolment.public_key, actor
    unit.people.change_invite(invite)
    return _enrolled(unit, invite, actor, now)


def count_failure(unit: UnitOfWork, code: str, now: datetime) -> None:
    """Count a wrong key or proof. Only the fifth uses the invite up.

    Raises: InviteInvalid if the invite could not be used anyway.
    """
    invite = unit.people.invite(hashed_secret(normal_code(code)))
    if invite is None or invite.used_at is not None or not _is_open(invite, now):
        raise InviteInvalid
    invite.failures += 1
    unit.people.change_invite(invite)


def prove(enrolment: Enrolment) -> None:
    """Check that the phone holds the private key. Raises: BadProof."""
    message = (PROOF_PREFIX + enrolment.invite).encode()
    if not is_signed_by(enrolment.public_key, message, enrolment.proof):
        raise BadProof


def _is_open(invite: Invite, now: datetime) -> bool:
    return invite.failures < FAILURES_MAX and now <= invite.expires_at


def _answer_again(
    unit: UnitOfWork, invite: Invite, enrolment: Enrolment, now: datetime
) -> Enrolled:
    is_recent = invite.used_at is not None and now - invite.used_at <= timedelta(
        minutes=LOST_REPLY_MINUTES
    )
    if not is_recent or invite.used_key != enrolment.public_key or invite.used_actor is None:
        raise InviteInvalid
    return _enrolled(unit, invite, invite.used_actor, now)


def _enrolled(unit: UnitOfWork, invite: Invite, actor: Actor, now: datetime) -> Enrolled:
    token = new_secret()
    unit.devices.add_session(hashed_secret(token), invite.organisation_id, actor, now)
    person = unit.people.get(invite.organisation_id, invite.person_id)
    organisation = unit.organisations.get(invite.organisation_id)
    assert person is not None, "an invite is for a person"
    assert organisation is not None, "a person belongs to an organisation"
    return Enrolled(actor, person, organisation, token)
