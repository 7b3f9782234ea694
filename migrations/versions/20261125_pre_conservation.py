"""Counts of where every recorded hour is.

Why: the count goes through the whole log. It is made at night, and what it found is
asked for by day.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_pre_conservation"
down_revision = "20261125_pre_clock_seals"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "conservation_tally",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("bucket", sa.String(length=20), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.Column("operations", sa.BigInteger(), nullable=False),
        sa.Column("worked_seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_conservation_tally_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "bucket", name=op.f("pk_conservation_tally")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("conservation_tally")
