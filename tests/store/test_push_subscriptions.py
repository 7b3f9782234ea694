"""Push subscriptions belong to a device, and to one organisation."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.push_subscription import PushSubscription, WaitingDevice
from daywork.store.database import Database
from support.told_devices import (
    COMPANY,
    OTHER_COMPANY,
    add_company,
    add_device,
    receiver,
    retire,
    subscription_of,
)

FIRST, SECOND = Actor("aaaaaaaaaa"), Actor("bbbbbbbbbb")
OWNER = PersonId(UUID(int=1))
POLISH, GERMAN = receiver(1).subscription("pl"), receiver(2).subscription("de")
MINUTE = timedelta(minutes=1)


@pytest.fixture(name="company")
async def company_with_devices(database: Database, now: datetime) -> Database:
    await add_company(database, now)
    await add_device(database, 1, FIRST, now)
    await add_device(database, 2, SECOND, now)
    return database


async def keep(
    database: Database, actor: Actor, subscription: PushSubscription, now: datetime
) -> None:
    await database.write(
        lambda unit: unit.push_subscriptions.keep(COMPANY, actor, subscription, now)
    )


async def want(
    database: Database, now: datetime, organisation_id: OrganisationId = COMPANY
) -> None:
    await database.write(lambda unit: unit.push_subscriptions.want(organisation_id, [OWNER], now))


async def waiting(
    database: Database, organisation_id: OrganisationId = COMPANY
) -> Sequence[WaitingDevice]:
    return await database.write(lambda unit: unit.push_subscriptions.waiting(organisation_id, 10))


async def test_a_device_has_one_subscription_the_newest(company: Database, now: datetime) -> None:
    await keep(company, FIRST, POLISH, now)
    await keep(company, FIRST, GERMAN, now)

    assert await subscription_of(company, FIRST) == GERMAN


async def test_a_browser_that_enrols_anew_takes_its_subscription_along(
    company: Database, now: datetime
) -> None:
    await keep(company, FIRST, POLISH, now)
    await keep(company, SECOND, POLISH, now)

    assert await subscription_of(company, FIRST) is None
    assert await subscription_of(company, SECOND) == POLISH


async def test_a_new_subscription_keeps_what_waits_and_forgets_old_failures(
    company: Database, now: datetime
) -> None:
    await keep(company, FIRST, POLISH, now)
    await want(company, now)
    later = now + MINUTE
    await company.write(lambda unit: unit.push_subscriptions.put_off(COMPANY, FIRST, later, 3))

    await keep(company, FIRST, POLISH, now)
    (same,) = await waiting(company)
    await keep(company, FIRST, GERMAN, now)
    (changed,) = await waiting(company)

    assert (same.wanted_at, same.not_before, same.failures) == (now, later, 3)
    assert (changed.wanted_at, changed.not_before, changed.failures) == (now, None, 0)


async def test_only_the_devices_of_the_people_meant_wait(company: Database, now: datetime) -> None:
    await keep(company, FIRST, POLISH, now)
    await keep(company, SECOND, GERMAN, now)

    await want(company, now)

    assert [device.actor for device in await waiting(company)] == [FIRST]


async def test_the_newest_cause_counts(company: Database, now: datetime) -> None:
    await keep(company, FIRST, POLISH, now)

    await want(company, now)
    await want(company, now + MINUTE)

    assert [device.wanted_at for device in await waiting(company)] == [now + MINUTE]


async def test_nothing_crosses_from_one_organisation_to_another(
    company: Database, now: datetime
) -> None:
    await add_company(company, now, OTHER_COMPANY)
    await add_device(
        company, 1, "cccccccccc", now, organisation_id=OTHER_COMPANY, subscription=POLISH
    )
    await keep(company, FIRST, POLISH, now)

    await want(company, now, OTHER_COMPANY)
    await company.write(lambda unit: unit.push_subscriptions.remove(OTHER_COMPANY, FIRST))

    assert await waiting(company) == []
    assert [device.actor for device in await waiting(company, OTHER_COMPANY)] == ["cccccccccc"]
    assert await subscription_of(company, FIRST) == POLISH
    assert await subscription_of(company, "cccccccccc", OTHER_COMPANY) == POLISH


async def test_a_retired_device_loses_its_subscription(company: Database, now: datetime) -> None:
    await keep(company, FIRST, POLISH, now)
    await keep(company, SECOND, GERMAN, now)
    await retire(company, FIRST, now)

    await company.write(lambda unit: unit.push_subscriptions.remove_retired(COMPANY))

    assert await subscription_of(company, FIRST) is None
    assert await subscription_of(company, SECOND) == GERMAN


async def test_a_subscription_is_removed_only_if_it_is_still_the_one_meant(
    company: Database, now: datetime
) -> None:
    await keep(company, FIRST, GERMAN, now)

    await company.write(
        lambda unit: unit.push_subscriptions.remove(COMPANY, FIRST, POLISH.endpoint)
    )
    kept = await subscription_of(company, FIRST)
    await company.write(
        lambda unit: unit.push_subscriptions.remove(COMPANY, FIRST, GERMAN.endpoint)
    )

    assert kept == GERMAN
    assert await subscription_of(company, FIRST) is None


async def test_a_cause_that_came_up_while_a_message_was_sent_still_waits(
    company: Database, now: datetime
) -> None:
    await keep(company, FIRST, POLISH, now)
    await want(company, now)
    await want(company, now + MINUTE)

    await company.write(
        lambda unit: unit.push_subscriptions.settle(COMPANY, FIRST, now, told_at=now)
    )

    (device,) = await waiting(company)
    assert (device.wanted_at, device.told_at) == (now + MINUTE, now)


async def test_a_settled_device_does_not_wait_and_remembers_when_it_was_told(
    company: Database, now: datetime
) -> None:
    await keep(company, FIRST, POLISH, now)
    await want(company, now)

    await company.write(
        lambda unit: unit.push_subscriptions.settle(COMPANY, FIRST, now, told_at=now)
    )
    after = await waiting(company)
    await want(company, now + MINUTE)

    assert after == []
    assert [device.told_at for device in await waiting(company)] == [now]


async def test_what_became_of_a_device_that_is_gone_is_nobodys_business(
    company: Database, now: datetime
) -> None:
    await company.write(lambda unit: unit.push_subscriptions.put_off(COMPANY, FIRST, now, 1))
    await company.write(
        lambda unit: unit.push_subscriptions.settle(COMPANY, FIRST, now, told_at=now)
    )

    assert await subscription_of(company, FIRST) is None
