"""Books.

Why: each organisation of a home has books of its own. The oldest one keeps the
place where everything was written before.
"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "20261125_pre_books"
down_revision = "20261124_pre_first_tables"
branch_labels = None
depends_on = None

ORGANISATION = sa.table(
    "organisation",
    sa.column("id", sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")),
    sa.column("created_at", sa.BigInteger()),
    sa.column("books", sa.String()),
)


def upgrade() -> None:
    """Go up."""
    op.add_column(
        "organisation", sa.Column("books", sa.String(length=36), nullable=False, server_default="")
    )
    connection = op.get_bind()
    query = sa.select(ORGANISATION.c.id).order_by(ORGANISATION.c.created_at, ORGANISATION.c.id)
    for found in list(connection.execute(query).scalars())[1:]:
        connection.execute(
            sa.update(ORGANISATION).where(ORGANISATION.c.id == found).values(books=_text(found))
        )
    op.create_index("uq_organisation_books", "organisation", ["books"], unique=True)


def downgrade() -> None:
    """Go down."""
    op.drop_index("uq_organisation_books", "organisation")
    op.drop_column("organisation", "books")


def _text(found: object) -> str:
    """Return an id as text; SQLite gives its 16 bytes."""
    return str(UUID(bytes=found)) if isinstance(found, bytes) else str(found)
