"""Each closing of a period is kept with its instant."""

from datetime import date, datetime, timedelta

from daywork.store.closed_periods import ClosedPeriod
from daywork.store.database import Database
from support.crew import COMPANY, found_crew


async def test_closings_are_listed_the_newest_day_first(database: Database, now: datetime) -> None:
    await found_crew(database, now)
    later = now + timedelta(days=30)

    await database.write(lambda u: u.closed_periods.add(COMPANY, date(2026, 1, 31), now))
    await database.write(lambda u: u.closed_periods.add(COMPANY, date(2026, 2, 28), later))

    assert await database.read(lambda unit: unit.closed_periods.all(COMPANY)) == [
        ClosedPeriod(date(2026, 2, 28), later),
        ClosedPeriod(date(2026, 1, 31), now),
    ]
