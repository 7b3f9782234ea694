"""The content that an approval was bound to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from daywork.core.ids import PersonId, TimeEntryId
from daywork.core.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class ApprovedVersion:
    """One version of one entry as it was seen and signed; payable, and never changed."""

    entry_id: TimeEntryId
    digest: str  # "sha256:..." over content
    owner_id: PersonId
    approver_id: PersonId
    approved_at: datetime  # the server's receipt
    content: Mapping[str, JsonValue]  # time, alloc and, if it was ever written, life
