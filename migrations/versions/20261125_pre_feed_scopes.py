"""Scopes of the feed, its window and its horizon.

Why: a phone keeps the last weeks and what is not settled, and learns in the same feed
when somebody comes into its sight or leaves it. For that the history of people's rights
is kept, a project may have approvers, and a settled time entry knows when it began.
Tombstones are kept for a while, not for ever.
"""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261125_pre_feed_scopes"
down_revision = "20261125_pre_find_long_entries"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
ENTRIES_AT_ONCE = 1_000

TIME_ENTRY = sa.table(
    "time_entry",
    sa.column("organisation_id", ID),
    sa.column("id", ID),
    sa.column("status", sa.String()),
    sa.column("content", sa.Text()),
    sa.column("settled_start", sa.BigInteger()),
)


def upgrade() -> None:
    """Go up."""
    op.add_column(
        "sync_counter",
        sa.Column("horizon_revision", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column("time_entry", sa.Column("settled_start", sa.BigInteger(), nullable=True))
    op.create_table(
        "feed_mark",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_feed_mark_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "noted_at", name="pk_feed_mark"),
    )
    _create_rights()
    op.create_table(
        "time_entry_scope",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("is_inside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entry_id"],
            ["time_entry.organisation_id", "time_entry.id"],
            name="fk_time_entry_scope_organisation_id_entry_id",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "entry_id", "project_id", name="pk_time_entry_scope"
        ),
    )
    op.create_index(
        "ix_time_entry_scope_revision",
        "time_entry_scope",
        ["organisation_id", "project_id", "revision"],
    )
    op.execute(
        "INSERT INTO membership (organisation_id, person_id, from_revision, roles, manager_id)"
        " SELECT organisation_id, id, 0, roles, manager_id FROM person"
    )
    _fill_settled_starts()


def _create_rights() -> None:
    op.create_table(
        "membership",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("from_revision", sa.BigInteger(), nullable=False),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("manager_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name="fk_membership_organisation_id_person_id",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "person_id", "from_revision", name="pk_membership"
        ),
    )
    op.create_table(
        "project_approver",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("from_revision", sa.BigInteger(), nullable=False),
        sa.Column("to_revision", sa.BigInteger(), nullable=True),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name="fk_project_approver_organisation_id_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "project_id"],
            ["project.organisation_id", "project.id"],
            name="fk_project_approver_organisation_id_project_id",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "project_id",
            "person_id",
            "from_revision",
            name="pk_project_approver",
        ),
    )
    op.create_index(
        "ix_project_approver_person", "project_approver", ["organisation_id", "person_id"]
    )


def _fill_settled_starts() -> None:
    connection = op.get_bind()
    place = sa.tuple_(TIME_ENTRY.c.organisation_id, TIME_ENTRY.c.id)
    query = (
        sa.select(TIME_ENTRY.c.organisation_id, TIME_ENTRY.c.id, TIME_ENTRY.c.content)
        .where(TIME_ENTRY.c.status == "approved")
        .order_by(TIME_ENTRY.c.organisation_id, TIME_ENTRY.c.id)
        .limit(ENTRIES_AT_ONCE)
    )
    last: tuple[Any, Any] | None = None
    while True:
        page = query if last is None else query.where(place > last)
        rows = connection.execute(page).all()
        if not rows:
            return
        for organisation_id, entry_id, content in rows:
            last = (organisation_id, entry_id)
            connection.execute(
                sa.update(TIME_ENTRY)
                .where(TIME_ENTRY.c.organisation_id == organisation_id, TIME_ENTRY.c.id == entry_id)
                .values(settled_start=_settled_start(json.loads(content)))
            )


def _settled_start(content: dict[str, Any]) -> int | None:
    flags = content["flags"]
    if any(flag.startswith("conflict:") or flag == "delete_vs_edit" for flag in flags):
        return None
    starts = [time.get("start") or f"{time['date']}T00:00:00Z" for time in content["v"]["time"]]
    return min(int(datetime.fromisoformat(start).astimezone(UTC).timestamp()) for start in starts)


def downgrade() -> None:
    """Go down."""
    for table in ("time_entry_scope", "project_approver", "membership", "feed_mark"):
        op.drop_table(table)
    op.drop_column("time_entry", "settled_start")
    op.drop_column("sync_counter", "horizon_revision")
