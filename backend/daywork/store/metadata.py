"""Every row class, imported: Alembic compares the database with this."""

from daywork.store import (
    approvals,
    devices,
    operations,
    organisations,
    people,
    projects,
    push_subscriptions,
    time_entries,
)
from daywork.store.row import METADATA

TABLES = METADATA.tables
SUBJECTS = (
    approvals,
    devices,
    operations,
    organisations,
    people,
    projects,
    push_subscriptions,
    time_entries,
)
