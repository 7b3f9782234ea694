"""The stores of a unit of work share one session, opened when it is needed."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from support.told_devices import COMPANY, add_company


def test_no_session_is_opened_for_nothing() -> None:
    def never() -> Session:
        pytest.fail("a session was opened")

    unit = UnitOfWork(never)
    unit.finish()
    unit.abandon()

    assert unit._opened is None


async def test_all_stores_see_what_any_of_them_wrote(database: Database, now: datetime) -> None:
    await add_company(database, now)
    subjects = [
        *("organisations", "operations", "time_entries", "approvals", "people", "devices"),
        *("projects", "push_subscriptions", "mappings", "hourly_rates", "postings"),
    ]

    def act(unit: UnitOfWork) -> bool:
        sessions = {id(getattr(unit, subject)._session) for subject in subjects}
        return sessions == {id(unit.session)}

    assert await database.read(act)
    assert await database.read(lambda unit: unit.organisations.epoch(COMPANY)) == "e"
