"""A device proves itself again and gets a new session."""

from datetime import datetime, timedelta

from daywork.core.errors import BadProof, DeviceRetired
from daywork.core.ids import Actor
from daywork.security.secrets import hashed_secret, new_secret
from daywork.security.signatures import is_signed_by
from daywork.store.unit_of_work import UnitOfWork

CHALLENGE_SECONDS = 60
PROOF_PREFIX = "daywork-session-v1"


def ask_device(unit: UnitOfWork, actor: Actor, now: datetime) -> str:
    """Return a nonce for the device to sign; unknown actors get one alike.

    Raises: DeviceRetired: what such a phone still holds goes another road.
    """
    device = unit.devices.get(actor)
    if device is not None and device.is_retired:
        raise DeviceRetired
    nonce = new_secret()
    expires_at = now + timedelta(seconds=CHALLENGE_SECONDS)
    unit.devices.add_challenge(hashed_secret(nonce), actor, expires_at)
    return nonce


def sign_in_device(
    unit: UnitOfWork, actor: Actor, nonce: str, signature: str, now: datetime
) -> str:
    """Return the token of a new session.

    Raises: BadProof if the nonce was not open for ``actor`` or the signature does
    not verify; DeviceRetired.
    """
    is_open = unit.devices.take_challenge(hashed_secret(nonce), actor, now)
    device = unit.devices.get(actor)
    message = f"{PROOF_PREFIX}\n{actor}\n{nonce}".encode()
    if not is_open or device is None or not is_signed_by(device.public_key, message, signature):
        raise BadProof
    if device.is_retired:
        raise DeviceRetired
    token = new_secret()
    unit.devices.add_session(hashed_secret(token), device.organisation_id, actor, now)
    return token


def sign_out_device(unit: UnitOfWork, token: str) -> None:
    """End the session of ``token``."""
    unit.devices.end_session(hashed_secret(token))
