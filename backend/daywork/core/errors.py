"""Why a request or command was refused. One class per cause, no HTTP in sight.

DomainError
  BatchRefused            nothing of a push or hello was stored
    MalformedBody         malformed_body
    MediaTypeUnsupported  media_type_unsupported
    TooLarge              too_large
    ProtocolUnknown       proto_unknown
    BadSignature          bad_signature
    Forked                forked
    SequenceGap           gap
    PullUpgradeRequired   pull_upgrade_required
  Unauthenticated
    AuthExpired           auth_expired
    BadProof              bad_proof
  Forbidden
    RoleMissing           role.missing
    NotYourDevice         not_your_device
    DeviceRetired         device_retired
    CrossSite             csrf
  NotFound                not_found
    InviteInvalid         invite_invalid
  InvalidInput
    BadKey                bad_key
    CursorInvalid         cursor_invalid
    NameTaken             name.taken
    NameAmbiguous         name.ambiguous
    NameUnknown           name.unknown
    ValueRefused          value.refused
  InvalidState
    CursorExpired         cursor_expired
    BackupElsewhere       backup.elsewhere
    BackupUnusable        backup.unusable
    DatabaseUnreachable   database.unreachable
    DatabaseUnsafe        database.unsafe
    HomeInUse             home.in_use
  LimitExceeded
    RateLimited           rate_limited
  Unavailable             unavailable

``code`` is stable: it is what phones, scripts and ``docs/spec`` know.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from daywork.core.ids import Actor
from daywork.core.json_value import JsonValue


class DomainError(Exception):
    """A refusal with a stable code; ``members`` are told along with it."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str = "") -> None:
        """``message`` is one sentence for a person, without secrets."""
        super().__init__(message or self.code)

    @property
    def members(self) -> Mapping[str, JsonValue]:
        """The named facts of this refusal, in the words of the wire."""
        return {}


class BatchRefused(DomainError):
    """Nothing of the batch was stored; the phone keeps it."""


class MalformedBody(BatchRefused):
    """The body has no canonical form or no operations."""

    code = "malformed_body"


class MediaTypeUnsupported(BatchRefused):
    """The body is no JSON, or packed in a way that is not spoken here."""

    code = "media_type_unsupported"


class TooLarge(BatchRefused):
    """More operations or bytes than ``limits`` allow."""

    code = "too_large"

    def __init__(self, limits: Mapping[str, int]) -> None:
        """``limits`` names each limit with its value."""
        super().__init__()
        self.limits = limits

    @property
    def members(self) -> Mapping[str, JsonValue]:
        """The limits that hold."""
        return {"limits": dict(self.limits)}


class ProtocolUnknown(BatchRefused):
    """The phone speaks a grammar that this server does not."""

    code = "proto_unknown"

    def __init__(self, least: int, most: int) -> None:
        """``least`` and ``most`` are the versions spoken here, inclusive."""
        super().__init__()
        self.least = least
        self.most = most

    @property
    def members(self) -> Mapping[str, JsonValue]:
        """The versions spoken here."""
        return {"proto": [self.least, self.most]}


class BadSignature(BatchRefused):
    """The batch is not authenticated as a whole."""

    code = "bad_signature"


class Forked(BatchRefused):
    """The actor's stored history differs from the one sent."""

    code = "forked"

    def __init__(self, actor: Actor, match_at: int | None) -> None:
        """``match_at`` is the last number known to agree, None if unknown."""
        super().__init__()
        self.actor = actor
        self.match_at = match_at

    @property
    def members(self) -> Mapping[str, JsonValue]:
        """The actor, and where its histories part."""
        return {"actor": self.actor, "match_at": self.match_at}


class SequenceGap(BatchRefused):
    """The batch leaves out a sequence number."""

    code = "gap"

    def __init__(self, need: int) -> None:
        """``need`` is the first missing sequence number."""
        super().__init__()
        self.need = need

    @property
    def members(self) -> Mapping[str, JsonValue]:
        """The first missing number."""
        return {"need": self.need}


class PullUpgradeRequired(BatchRefused):
    """The phone is too old to read; it may still push."""

    code = "pull_upgrade_required"


class Unauthenticated(DomainError):
    """Nobody, or nobody any more, is behind the request."""


class AuthExpired(Unauthenticated):
    """There is no session, or it has ended."""

    code = "auth_expired"


class BadProof(Unauthenticated):
    """The signature does not prove that the key is held."""

    code = "bad_proof"


class Forbidden(DomainError):
    """The person is known and may not."""


class RoleMissing(Forbidden):
    """None of the person's roles allows it."""

    code = "role.missing"


class NotYourDevice(Forbidden):
    """The actor is unknown or another person's."""

    code = "not_your_device"


class DeviceRetired(Forbidden):
    """The device was retired; its queue goes through rescue."""

    code = "device_retired"


class CrossSite(Forbidden):
    """An unsafe request came from another site."""

    code = "csrf"


class NotFound(DomainError):
    """There is no such thing within the person's sight."""

    code = "not_found"


class InviteInvalid(NotFound):
    """The invite is unknown, used or expired, told alike."""

    code = "invite_invalid"


class InvalidInput(DomainError):
    """What was given cannot be taken."""


class BadKey(InvalidInput):
    """The public key is no P-256 point in the agreed form."""

    code = "bad_key"


class CursorInvalid(InvalidInput):
    """The cursor was not given to this person, or was changed."""

    code = "cursor_invalid"


class NameTaken(InvalidInput):
    """The name is in use."""

    code = "name.taken"


class NameUnknown(InvalidInput):
    """Nobody and nothing has this name."""

    code = "name.unknown"


class NameAmbiguous(InvalidInput):
    """The name fits several; an id decides."""

    code = "name.ambiguous"

    def __init__(self, message: str, ids: Sequence[str]) -> None:
        """``ids`` are those that the name fits."""
        super().__init__(message)
        self.ids = ids

    @property
    def members(self) -> Mapping[str, JsonValue]:
        """The ids that the name fits."""
        return {"ids": list(self.ids)}


class ValueRefused(InvalidInput):
    """A value is outside its bounds; ``field`` names it."""

    code = "value.refused"

    def __init__(self, message: str, field: str) -> None:
        """``field`` is the value's name as the person knows it."""
        super().__init__(message)
        self.field = field

    @property
    def members(self) -> Mapping[str, JsonValue]:
        """The value's name."""
        return {"field": self.field}


class InvalidState(DomainError):
    """It was possible once, or will be."""


class CursorExpired(InvalidState):
    """The cursor is older than the oldest tombstone kept, or not of this history."""

    code = "cursor_expired"

    def __init__(self, *, is_ahead: bool = False) -> None:
        """``is_ahead``: this very history once went further than it does now."""
        super().__init__()
        self.is_ahead = is_ahead


class BackupUnusable(InvalidState):
    """A backup is damaged, of a newer version, or none; nothing was changed."""

    code = "backup.unusable"


class BackupElsewhere(InvalidState):
    """This database is backed up by its own tools."""

    code = "backup.elsewhere"


class DatabaseUnreachable(InvalidState):
    """The database did not let this process in when it started."""

    code = "database.unreachable"


class DatabaseUnsafe(InvalidState):
    """The database could lose what was acknowledged; nothing is stored in it."""

    code = "database.unsafe"


class HomeInUse(InvalidState):
    """Another process has this home; only one may write to it."""

    code = "home.in_use"


class LimitExceeded(DomainError):
    """A limit was reached."""


class RateLimited(LimitExceeded):
    """Too many requests; come again later."""

    code = "rate_limited"

    def __init__(self, retry_after_seconds: int) -> None:
        """``retry_after_seconds`` is at least 1."""
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class Unavailable(DomainError):
    """Something outside is not there now; nothing was done."""

    code = "unavailable"

    def __init__(self, retry_after_seconds: int) -> None:
        """``retry_after_seconds`` is at least 1."""
        super().__init__()
        self.retry_after_seconds = retry_after_seconds
