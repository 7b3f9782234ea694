"""Who is behind a session token: read anew at each request, in one statement.

Requests that come at the same time share the statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.principal import Principal
from daywork.store.row import instant
from daywork.store.statements import Query, Select, Steps

_SESSIONS = Select(
    {
        "session.token_hash": "bytea",
        "session.organisation_id": "uuid",
        "session.actor": "text",
        "session.created_at": "bigint",
        "session.last_used_at": "bigint",
        "device.person_id": "uuid",
        "device.retired_at": "bigint",
        "person.roles": "text",
    },
    "session JOIN device ON device.organisation_id = session.organisation_id"
    " AND device.actor = session.actor CROSS JOIN person",
    "person.organisation_id = device.organisation_id AND person.id = device.person_id",
    scalars=0,
    keys={"session.token_hash": "bytea"},
)


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session with the person's present rights."""

    principal: Principal
    created_at: datetime
    last_used_at: datetime
    is_retired: bool


def look_up_sessions(token_hashes: Sequence[bytes]) -> Steps:
    """Return the FoundSession of each token, or None, in the order of the hashes."""
    rows = yield Query(_SESSIONS, (), [(token_hash,) for token_hash in token_hashes])
    found = {bytes(row[0]): _found(row[1:]) for row in rows}
    return [found.get(token_hash) for token_hash in token_hashes]


def _found(row: Sequence[Any]) -> FoundSession:
    organisation_id, actor, created_at, last_used_at, person_id, retired_at, roles = row
    return FoundSession(
        principal=Principal(
            OrganisationId(organisation_id),
            PersonId(person_id),
            frozenset(roles.split()),
            Actor(actor),
        ),
        created_at=instant(created_at),
        last_used_at=instant(last_used_at),
        is_retired=retired_at is not None,
    )
