"""First tables.

Why: nothing was there before.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_pre_first_tables"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    """Go up."""
    _add_people()
    _add_devices()
    _add_push_subscriptions()
    _add_projects()
    _add_operations()
    _add_time_entries()
    _add_postings()


def downgrade() -> None:
    """Go down: tables take their indexes along, those that refer to others go first."""
    for table in (
        "posting_attempt",
        "posting_batch",
        "posting",
        "approved_version",
        "time_entry",
        "operation",
        "hourly_rate",
        "mapping",
        "task",
        "project",
        "push_subscription",
        "session_challenge",
        "session",
        "device",
        "invite",
        "person",
        "sync_counter",
        "organisation",
    ):
        op.drop_table(table)


def _add_people() -> None:
    """Organisations, their counters, people and invites."""
    op.create_table(
        "organisation",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_practice", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_table(
        "sync_counter",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("reference_revision", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_sync_counter_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_sync_counter")),
    )
    op.create_table(
        "person",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("manager_id", ID, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_person_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_name", ["organisation_id", "name"], unique=False)
    op.create_table(
        "invite",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("used_key", sa.String(length=400), nullable=True),
        sa.Column("used_actor", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_invite_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_invite")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invite_secret_hash")),
    )


def _add_devices() -> None:
    """Devices and their sessions."""
    op.create_table(
        "device",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("public_key", sa.String(length=400), nullable=False),
        sa.Column("algorithm", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("retired_reason", sa.String(length=40), nullable=True),
        sa.Column("last_sequence_number", sa.BigInteger(), nullable=False),
        sa.Column("last_chain_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("last_contact_at", sa.BigInteger(), nullable=True),
        sa.Column("pending_count", sa.Integer(), nullable=True),
        sa.Column("oldest_pending_at", sa.BigInteger(), nullable=True),
        sa.Column("skew_milliseconds", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_device_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "actor", name=op.f("pk_device")),
        sa.UniqueConstraint("actor", name=op.f("uq_device_actor")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_actor"), ["actor"], unique=False)
    op.create_table(
        "session_challenge",
        sa.Column("nonce_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_session_challenge")),
    )


def _add_push_subscriptions() -> None:
    """Where devices are told things."""
    op.create_table(
        "push_subscription",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=False),
        sa.Column("endpoint", sa.String(length=2048), nullable=False),
        sa.Column("receiver_key", sa.LargeBinary(length=65), nullable=False),
        sa.Column("auth_secret", sa.LargeBinary(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "actor"],
            ["device.organisation_id", "device.actor"],
            name=op.f("fk_push_subscription_organisation_id_actor"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "actor", name=op.f("pk_push_subscription")),
    )
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.create_index(
            "ix_push_subscription_wanted", ["organisation_id", "wanted_at"], unique=False
        )


def _add_projects() -> None:
    """Projects and tasks, their names in the ledger, and rates."""
    op.create_table(
        "project",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_billable", sa.Boolean(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_project_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_project")),
    )
    op.create_table(
        "task",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "project_id"],
            ["project.organisation_id", "project.id"],
            name=op.f("fk_task_organisation_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_task")),
    )
    op.create_table(
        "mapping",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("local_id", ID, nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mapping_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "version", name=op.f("pk_mapping")),
    )
    op.create_table(
        "hourly_rate",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("from_date", sa.String(length=10), nullable=False),
        sa.Column("minor_units_per_hour", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_hourly_rate_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "kind", "subject_id", "from_date", name=op.f("pk_hourly_rate")
        ),
    )


def _add_operations() -> None:
    """The operation log."""
    op.create_table(
        "operation",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=False),
        sa.Column("sequence_number", sa.BigInteger(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", ID, nullable=True),
        sa.Column("entry_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("schema_number", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("held_code", sa.String(length=32), nullable=True),
        sa.Column("alias_of", sa.String(length=40), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "actor", "sequence_number", name=op.f("pk_operation")
        ),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index("ix_operation_entry", ["organisation_id", "entry_id"], unique=False)
        batch_op.create_index(
            "ix_operation_waiting",
            ["organisation_id", "held_code"],
            unique=False,
            sqlite_where=sa.text("held_code = 'causal_gap'"),
            postgresql_where=sa.text("held_code = 'causal_gap'"),
        )
        batch_op.create_index(
            "uq_operation_id",
            ["organisation_id", "id"],
            unique=True,
            sqlite_where=sa.text("alias_of IS NULL AND id IS NOT NULL"),
            postgresql_where=sa.text("alias_of IS NULL AND id IS NOT NULL"),
        )


def _add_time_entries() -> None:
    """Entries as they stand, and the versions of them that were approved."""
    op.create_table(
        "time_entry",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        sa.Column("posted_digest", sa.String(length=50), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_time_entry")),
    )
    with op.batch_alter_table("time_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_time_entry_interval", ["organisation_id", "owner_id", "started_at"], unique=False
        )
        batch_op.create_index(
            "ix_time_entry_owner_revision",
            ["organisation_id", "owner_id", "revision"],
            unique=False,
        )
        batch_op.create_index(
            "ix_time_entry_revision", ["organisation_id", "revision"], unique=False
        )
    op.create_table(
        "approved_version",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("digest", sa.String(length=50), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("approver_id", ID, nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "entry_id", "digest", name=op.f("pk_approved_version")
        ),
    )


def _add_postings() -> None:
    """Postings, their batches and attempts."""
    op.create_table(
        "posting",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("digest", sa.String(length=50), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("work_date", sa.String(length=10), nullable=True),
        sa.Column("worked_seconds", sa.BigInteger(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_posting_entry", ["organisation_id", "entry_id"], unique=False)
        batch_op.create_index(
            "ix_posting_state", ["organisation_id", "state", "approved_at"], unique=False
        )
    op.create_table(
        "posting_batch",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("vendor", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("worked_seconds", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_posting_batch")),
    )
    with op.batch_alter_table("posting_batch", schema=None) as batch_op:
        batch_op.create_index("ix_posting_batch_state", ["state"], unique=False)
    op.create_table(
        "posting_attempt",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "batch_id", "number", name=op.f("pk_posting_attempt")
        ),
    )
