"""Every row class, imported: Alembic compares the database with this."""

from daywork.store import (
    approvals,
    clock_seals,
    closed_periods,
    conservation_tallies,
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
    sync_alarms,
    sync_questions,
    time_entries,
)
from daywork.store.row import METADATA as METADATA  # noqa: PLC0414 - Alembic finds it here

TABLES = METADATA.tables
SUBJECTS = (
    approvals,
    clock_seals,
    closed_periods,
    conservation_tallies,
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
    sync_alarms,
    sync_questions,
    time_entries,
)
