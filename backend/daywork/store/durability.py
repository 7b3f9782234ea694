"""Acknowledged means durable: PostgreSQL is only used with settings that keep it so.

SQLite's settings are ours and are set when its file is opened; PostgreSQL's belong
to whoever runs it, so they are looked at before anything is stored.
"""

from collections.abc import Mapping

import asyncpg

from daywork.core.errors import DatabaseUnreachable, DatabaseUnsafe

# Setting -> the value with which an acknowledged commit can be lost or torn.
UNSAFE: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


async def refuse_unsafe_settings(url: str) -> None:
    """Look at the settings that sessions on ``url`` get.

    Raises: DatabaseUnreachable, DatabaseUnsafe.
    """
    try:
        connection = await asyncpg.connect(url)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        message = f"The database of DAYWORK_DATABASE_URL cannot be reached: {error}."
        raise DatabaseUnreachable(message) from error
    try:
        found = {name: str(await connection.fetchval(f"SHOW {name}")) for name in UNSAFE}
    finally:
        await connection.close()
    check_settings(found)


def check_settings(found: Mapping[str, str]) -> None:
    """Go on only if no setting is unsafe. Raises: DatabaseUnsafe, which names them."""
    faults = [name for name, unsafe in UNSAFE.items() if found[name] == unsafe]
    if faults:
        message = f"PostgreSQL could lose what was acknowledged. Switch on: {', '.join(faults)}."
        raise DatabaseUnsafe(message)
