"""Recovery of phones, questions to people, alarms and closed periods.

Why: a phone may be lost, cloned or retired with time on it that never arrived. The
server keeps where a retired chain stood and which chain a branch came from, asks the
person what only the person can know, tells an operator about what looks forged, and
knows since when a period is closed.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_pre_recovery"
down_revision = "20261125_pre_feed_scopes"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("retired_sequence_number", sa.BigInteger(), nullable=True))
        device.add_column(sa.Column("branch_of", sa.String(length=10), nullable=True))
    op.create_index(
        "ix_operation_held",
        "operation",
        ["organisation_id", "actor", "sequence_number"],
        unique=False,
        sqlite_where=sa.text("held_code IS NOT NULL"),
        postgresql_where=sa.text("held_code IS NOT NULL"),
    )
    op.create_table(
        "sync_question",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=False),
        sa.Column("pending_count", sa.Integer(), nullable=True),
        sa.Column("oldest_pending_at", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_sync_question_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_sync_question")),
    )
    op.create_index(
        "ix_sync_question_person", "sync_question", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "sync_alarm",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "kind", "actor", name=op.f("pk_sync_alarm")),
    )
    op.create_table(
        "closed_period",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("through_date", sa.String(length=10), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_closed_period_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "through_date", name=op.f("pk_closed_period")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("closed_period")
    op.drop_table("sync_alarm")
    op.drop_table("sync_question")
    op.drop_index("ix_operation_held", table_name="operation")
    with op.batch_alter_table("device") as device:
        device.drop_column("branch_of")
        device.drop_column("retired_sequence_number")
