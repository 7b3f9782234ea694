"""The place up to which a phone has pulled, sealed against change.

A cursor belongs to one person of one organisation and one history (epoch). It is
not secret, only authenticated: one flipped character makes it invalid.
"""

import hmac
from dataclasses import dataclass
from uuid import UUID

from daywork.core.errors import CursorInvalid
from daywork.core.hash_chain import decode_base64url, encode_base64url
from daywork.core.ids import OrganisationId, PersonId

_VERSION = "v1"
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to ``revision`` was pulled."""

    organisation_id: OrganisationId
    person_id: PersonId
    epoch: str
    revision: int


def sealed(cursor: Cursor, key: bytes) -> str:
    """Return ``cursor`` as the text that a phone keeps."""
    payload = "/".join(
        (str(cursor.organisation_id), str(cursor.person_id), cursor.epoch, str(cursor.revision))
    ).encode()
    return f"{_VERSION}.{encode_base64url(payload)}.{encode_base64url(_mac(payload, key))}"


def opened(text: str, key: bytes) -> Cursor:
    """Return the cursor that ``text`` seals. Raises: CursorInvalid."""
    try:
        version, payload_text, mac_text = text.split(".")
        payload, mac = decode_base64url(payload_text), decode_base64url(mac_text)
        if version != _VERSION or not hmac.compare_digest(mac, _mac(payload, key)):
            raise CursorInvalid
        organisation, person, epoch, revision = payload.decode().split("/")
        return Cursor(
            OrganisationId(UUID(organisation)), PersonId(UUID(person)), epoch, int(revision)
        )
    except ValueError as error:
        raise CursorInvalid from error


def _mac(payload: bytes, key: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")[:_MAC_BYTES]
