"""A company whose people have devices that can be told things."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, update

from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.organisation import Organisation
from daywork.core.person import Person
from daywork.core.push_subscription import PushSubscription
from daywork.core.roles import Role
from daywork.store.database import Database
from daywork.store.devices import Device, DeviceRow
from daywork.store.unit_of_work import UnitOfWork
from support.push_receiver import PushReceiver, new_receiver

COMPANY = OrganisationId(UUID(int=1))
OTHER_COMPANY = OrganisationId(UUID(int=2))


async def add_company(
    database: Database, now: datetime, organisation_id: OrganisationId = COMPANY
) -> None:
    """Store an organisation without people."""
    name = f"Company {organisation_id.int}"
    organisation = Organisation(organisation_id, name, "Europe/Berlin", "EUR")
    await database.write(lambda unit: unit.organisations.add(organisation, epoch="e", now=now))


async def add_device(
    database: Database,
    person_number: int,
    actor: str,
    now: datetime,
    *,
    organisation_id: OrganisationId = COMPANY,
    subscription: PushSubscription | None = None,
) -> PersonId:
    """Store a device, enrolled an hour before ``now``, and its person at the first time."""
    person_id = PersonId(UUID(int=person_number))
    an_hour_ago = now - timedelta(hours=1)

    def act(unit: UnitOfWork) -> None:
        if unit.people.get(organisation_id, person_id) is None:
            roles = frozenset((Role.WORKER,))
            person = Person(organisation_id, person_id, f"P {person_number}", None, roles)
            unit.people.add(person, now)
        device = Device(organisation_id, Actor(actor), person_id, "{}", "phone", "Android")
        unit.devices.add(device, algorithm="ES256", now=an_hour_ago)
        if subscription is not None:
            unit.push_subscriptions.keep(organisation_id, Actor(actor), subscription, now)

    await database.write(act)
    return person_id


async def retire(database: Database, actor: str, now: datetime) -> None:
    """Retire a device, as the office would."""
    query = update(DeviceRow).where(col(DeviceRow.actor) == actor).values(retired_at=now)
    await database.write(lambda unit: unit.session.execute(query).close())


async def hear_from(database: Database, actor: str, now: datetime) -> None:
    """Let a device ask for news."""
    await database.write(
        lambda unit: unit.devices.heard_from(
            COMPANY,
            Actor(actor),
            now=now,
            pending_count=0,
            oldest_pending_at=None,
            skew_milliseconds=None,
        )
    )


async def subscription_of(
    database: Database, actor: str, organisation_id: OrganisationId = COMPANY
) -> PushSubscription | None:
    """Return what the store holds for a device."""
    return await database.read(
        lambda unit: unit.push_subscriptions.get(organisation_id, Actor(actor))
    )


def receiver(number: int) -> PushReceiver:
    """Return a receiver at an endpoint of its own."""
    return new_receiver(f"https://fcm.googleapis.com/fcm/send/{number}")
