"""Run migrations on the connection that ``daywork.store.migration`` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString

from daywork.store import metadata
from daywork.store.row import Id, Instant


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as plain ones: a migration must not import today's code."""
    if kind != "type":
        return False
    if isinstance(item, Id):
        return 'sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")'
    if isinstance(item, Instant):
        return "sa.BigInteger()"
    if isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata.METADATA,
    render_item=render_item,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
