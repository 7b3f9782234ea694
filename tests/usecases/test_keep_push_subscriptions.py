"""A device says where it can be told things, and takes it back."""

from datetime import datetime
from uuid import UUID

from daywork.core.ids import Actor, PersonId
from daywork.core.principal import Principal
from daywork.store.database import Database
from daywork.usecases.keep_push_subscriptions import (
    keep_push_subscription,
    remove_push_subscription,
)
from support.told_devices import COMPANY, add_company, add_device, receiver, subscription_of

ACTOR = Actor("aaaaaaaaaa")
OTHER_ACTOR = Actor("bbbbbbbbbb")


def principal(actor: Actor) -> Principal:
    return Principal(COMPANY, PersonId(UUID(int=1)), frozenset(("worker",)), actor)


async def test_a_subscription_belongs_to_the_device_that_brings_it(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)
    await add_device(database, 1, ACTOR, now)
    await add_device(database, 1, OTHER_ACTOR, now)
    subscription = receiver(1).subscription("fr")

    await database.write(
        lambda unit: keep_push_subscription(unit, principal(ACTOR), subscription, now)
    )

    assert await subscription_of(database, ACTOR) == subscription
    assert await subscription_of(database, OTHER_ACTOR) is None


async def test_a_device_takes_back_its_own_subscription_only_and_may_do_so_twice(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)
    first, second = receiver(1).subscription(), receiver(2).subscription()
    await add_device(database, 1, ACTOR, now, subscription=first)
    await add_device(database, 1, OTHER_ACTOR, now, subscription=second)

    for _ in range(2):
        await database.write(lambda unit: remove_push_subscription(unit, principal(ACTOR)))

    assert await subscription_of(database, ACTOR) is None
    assert await subscription_of(database, OTHER_ACTOR) == second
