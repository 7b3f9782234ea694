"""Every row class, imported: Alembic compares the database with this."""

from daywork.store import (
    approvals,
    devices,
    feed_marks,
    hourly_rates,
    mappings,
    operations,
    organisations,
    people,
    postings,
    projects,
    push_subscriptions,
    scopes,
    time_entries,
)
from daywork.store.row import METADATA as METADATA  # noqa: PLC0414 - Alembic finds it here

TABLES = METADATA.tables
SUBJECTS = (
    approvals,
    devices,
    feed_marks,
    hourly_rates,
    mappings,
    operations,
    organisations,
    people,
    postings,
    projects,
    push_subscriptions,
    scopes,
    time_entries,
)
