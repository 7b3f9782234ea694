"""Seals of clocks.

Why: an entry that many devices touched carries a component of each for ever. A seal
stands for all of them in the row; what it stands for is kept here.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_pre_clock_seals"
down_revision = "20261125_pre_recovery"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "clock_seal",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(length=6), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "entry_id", "number", name=op.f("pk_clock_seal")
        ),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("clock_seal")
