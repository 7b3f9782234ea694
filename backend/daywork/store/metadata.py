"""Every row class, imported: Alembic compares the database with this."""

from daywork.store import approvals, operations, organisations, time_entries
from daywork.store.row import METADATA

TABLES = METADATA.tables
SUBJECTS = (approvals, operations, organisations, time_entries)
