"""The place up to which a phone has pulled, sealed against change.

A cursor belongs to one person of one organisation and one history (epoch). It names
what the person saw by the reference revision of that moment: when the sight has
changed since, what came into it lies behind the cursor and is filled in, page by
page, before the feed goes on. It is not secret, only authenticated: one flipped
character makes it invalid.
"""

import hmac
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from daywork.core.errors import CursorExpired, CursorInvalid
from daywork.core.hash_chain import decode_base64url, encode_base64url
from daywork.core.ids import OrganisationId, PersonId
from daywork.core.principal import Principal

SIGHTS_MAX: Final = 4  # changes of sight within one filling; then the phone begins anew

_VERSION = "v2"
_OLD_VERSION = "v1"  # its cursors did not name the moment of their sight
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Counter:
    """Where an organisation's history stands."""

    epoch: str  # the mark of this history; it changes when a backup is restored
    revision: int  # of the newest change
    reference_revision: int  # of projects, tasks and people
    horizon_revision: int  # tombstones up to it may be gone


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to ``revision`` was pulled, but for what is being filled in."""

    organisation_id: OrganisationId
    person_id: PersonId
    epoch: str
    revision: int
    sight_revision: int  # the reference revision whose sight the phone follows
    sight_mark: str
    # While something is filled in: reference revisions, of which only what was in
    # sight at all of them is complete. The rest is, up to ``filled_revision``.
    complete_at: tuple[int, ...] = ()
    filled_revision: int = 0

    @property
    def is_filling(self) -> bool:
        """Whether something that came into sight has still to be pulled."""
        return bool(self.complete_at)


def sealed(cursor: Cursor, key: bytes) -> str:
    """Return ``cursor`` as the text that a phone keeps."""
    parts = (
        cursor.organisation_id,
        cursor.person_id,
        cursor.epoch,
        cursor.revision,
        cursor.sight_revision,
        cursor.sight_mark,
        ",".join(map(str, cursor.complete_at)),
        cursor.filled_revision,
    )
    payload = "/".join(map(str, parts)).encode()
    return f"{_VERSION}.{encode_base64url(payload)}.{encode_base64url(_mac(payload, key))}"


def opened(text: str, key: bytes) -> Cursor:
    """Return the cursor that ``text`` seals.

    Raises: CursorInvalid; CursorExpired for one that an older release sealed.
    """
    try:
        version, payload_text, mac_text = text.split(".")
        payload, mac = decode_base64url(payload_text), decode_base64url(mac_text)
        is_known = version in (_VERSION, _OLD_VERSION)
        if not is_known or not hmac.compare_digest(mac, _mac(payload, key)):
            raise CursorInvalid
        if version == _OLD_VERSION:
            raise CursorExpired
        organisation, person, epoch, revision, sight, mark, complete, filled = (
            payload.decode().split("/")
        )
        return Cursor(
            OrganisationId(UUID(organisation)),
            PersonId(UUID(person)),
            epoch,
            int(revision),
            int(sight),
            mark,
            tuple(int(number) for number in complete.split(",") if number),
            int(filled),
        )
    except ValueError as error:
        raise CursorInvalid from error


def current_cursor(principal: Principal, text: str, counter: Counter, key: bytes) -> Cursor:
    """Return the cursor that ``text`` seals if it is the person's and still good.

    Raises: CursorInvalid; CursorExpired if it belongs to a history that was replaced,
    lies ahead of this one, or so far back that tombstones may be missing.
    """
    cursor = opened(text, key)
    owner = (cursor.organisation_id, cursor.person_id)
    if owner != (principal.organisation_id, principal.person_id):
        raise CursorInvalid
    if cursor.epoch != counter.epoch or cursor.revision < counter.horizon_revision:
        raise CursorExpired
    # Ahead: the server was set back, and what it gives out now it gave out before.
    if cursor.revision > counter.revision or cursor.sight_revision > counter.reference_revision:
        raise CursorExpired(is_ahead=True)
    return cursor


def _mac(payload: bytes, key: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")[:_MAC_BYTES]
