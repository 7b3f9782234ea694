"""Find long entries.

Why: whoever pushes is compared with entries nearby in time and with those that are
longer than two days, however old. Without an index of their own the long ones made
each push read all that its person ever recorded.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_pre_find_long_entries"
down_revision = "20261125_pre_books"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_index(
        "ix_time_entry_long",
        "time_entry",
        ["organisation_id", "owner_id"],
        unique=False,
        sqlite_where=sa.text("is_long"),
        postgresql_where=sa.text("is_long"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_index("ix_time_entry_long", table_name="time_entry")
