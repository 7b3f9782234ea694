"""Rates of one organisation: one of a kind, a subject and a day."""

from datetime import date, datetime
from uuid import UUID

from daywork.core.money import Money
from daywork.core.posting import HourlyRate
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from support.told_devices import COMPANY, OTHER_COMPANY, add_company

ANA = UUID(int=1)


async def test_a_rate_of_the_same_day_is_replaced_and_others_stay(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)
    first = HourlyRate("pay", ANA, Money(1, "EUR"), date(2026, 3, 1))
    again = HourlyRate("pay", ANA, Money(1_200, "JPY"), date(2026, 3, 1))
    others = [
        HourlyRate("billing", ANA, Money(2, "EUR"), date(2026, 3, 1)),
        HourlyRate("pay", ANA, Money(3, "EUR"), date(2026, 3, 2)),
    ]

    def act(unit: UnitOfWork) -> None:
        for rate in (first, *others, again):
            unit.hourly_rates.set(COMPANY, rate)

    await database.write(act)
    found = await database.read(lambda unit: unit.hourly_rates.all(COMPANY))

    assert len(found) == 3
    assert all(rate in found for rate in (again, *others))
    assert await database.read(lambda unit: unit.hourly_rates.all(OTHER_COMPANY)) == []
