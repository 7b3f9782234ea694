"""Who is behind a session token: one statement, read anew at each request."""

from dataclasses import dataclass
from datetime import datetime

from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.principal import Principal
from daywork.store.row import instant
from daywork.store.statements import Query, Select, Steps

_SESSIONS = Select(
    {
        "session.organisation_id": "uuid",
        "session.actor": "text",
        "session.created_at": "bigint",
        "session.last_used_at": "bigint",
        "device.person_id": "uuid",
        "device.retired_at": "bigint",
        "person.roles": "text",
    },
    "session JOIN device ON device.organisation_id = session.organisation_id"
    " AND device.actor = session.actor"
    " JOIN person ON person.organisation_id = device.organisation_id"
    " AND person.id = device.person_id",
    "session.token_hash = {0}",
    scalars=1,
)


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session with the person's present rights."""

    principal: Principal
    created_at: datetime
    last_used_at: datetime
    is_retired: bool


def look_up_session(token_hash: bytes) -> Steps:
    """Return the FoundSession of a token, or None."""
    rows = yield Query(_SESSIONS, (token_hash,))
    if not rows:
        return None
    organisation_id, actor, created_at, last_used_at, person_id, retired_at, roles = rows[0]
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
