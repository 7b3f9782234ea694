"""The door of every test here, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from daywork.store.database import Database
from support.door import Door, opened_door


@pytest.fixture
async def door(database: Database, now: datetime) -> AsyncIterator[Door]:
    """The application with one organisation."""
    async with opened_door(database, now) as opened:
        yield opened
