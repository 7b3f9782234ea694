"""The place up to which a phone has pulled, sealed against change.

A cursor belongs to one person of one organisation, one history (epoch) and one
sight: whoever comes to see other people's entries than before has to begin anew,
because what came into sight lies behind the cursor. It is not secret, only
authenticated: one flipped character makes it invalid.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from daywork.core.errors import CursorInvalid
from daywork.core.hash_chain import decode_base64url, encode_base64url
from daywork.core.ids import OrganisationId, PersonId

_VERSION = "v1"
_MAC_BYTES = 16
_SIGHT_BYTES = 6


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to ``revision`` was pulled."""

    organisation_id: OrganisationId
    person_id: PersonId
    epoch: str
    sight: str  # of whose entries the person saw: see ``sight_of``
    revision: int


def sealed(cursor: Cursor, key: bytes) -> str:
    """Return ``cursor`` as the text that a phone keeps."""
    owner = (str(cursor.organisation_id), str(cursor.person_id))
    payload = "/".join((*owner, cursor.epoch, cursor.sight, str(cursor.revision))).encode()
    return f"{_VERSION}.{encode_base64url(payload)}.{encode_base64url(_mac(payload, key))}"


def opened(text: str, key: bytes) -> Cursor:
    """Return the cursor that ``text`` seals. Raises: CursorInvalid."""
    try:
        version, payload_text, mac_text = text.split(".")
        payload, mac = decode_base64url(payload_text), decode_base64url(mac_text)
        if version != _VERSION or not hmac.compare_digest(mac, _mac(payload, key)):
            raise CursorInvalid
        organisation, person, epoch, sight, revision = payload.decode().split("/")
        return Cursor(
            OrganisationId(UUID(organisation)),
            PersonId(UUID(person)),
            epoch,
            sight,
            int(revision),
        )
    except ValueError as error:
        raise CursorInvalid from error


def sight_of(owner_ids: Collection[PersonId] | None) -> str:
    """Return a mark of the people whose entries are seen; None means everybody's."""
    if owner_ids is None:
        return "all"
    text = " ".join(sorted(str(owner_id) for owner_id in owner_ids))
    return encode_base64url(hashlib.sha256(text.encode()).digest()[:_SIGHT_BYTES])


def _mac(payload: bytes, key: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")[:_MAC_BYTES]
