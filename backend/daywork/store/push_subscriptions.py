"""Push subscriptions of devices, and what they are waiting to be told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Session
from sqlmodel import Field, col, delete, select, update

from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.push_subscription import PushSubscription, WaitingDevice
from daywork.store.devices import DeviceRow
from daywork.store.row import Id, Instant, Row


class PushSubscriptionRow(Row, table=True):
    """The one push subscription of a device. ``endpoint`` is a secret of the device."""

    __tablename__ = "push_subscription"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "actor"], ["device.organisation_id", "device.actor"]
        ),
        Index("ix_push_subscription_wanted", "organisation_id", "wanted_at"),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    actor: str = Field(primary_key=True, sa_type=String(10))
    endpoint: str = Field(sa_type=String(2_048))
    receiver_key: bytes = Field(sa_type=LargeBinary(65))
    auth_secret: bytes = Field(sa_type=LargeBinary(16))
    language: str = Field(sa_type=String(8))
    kept_at: datetime = Field(sa_type=Instant)
    wanted_at: datetime | None = Field(default=None, sa_type=Instant)
    told_at: datetime | None = Field(default=None, sa_type=Instant)
    not_before: datetime | None = Field(default=None, sa_type=Instant)
    failures: int = 0


class PushSubscriptionStore:
    """Queries on the push subscriptions of one organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(
        self,
        organisation_id: OrganisationId,
        actor: Actor,
        subscription: PushSubscription,
        now: datetime,
    ) -> None:
        """Store the device's subscription in place of an earlier one.

        A browser has one subscription: another device with the same endpoint was
        this browser before it enrolled anew.
        """
        self._session.execute(
            delete(PushSubscriptionRow).where(
                col(PushSubscriptionRow.organisation_id) == organisation_id,
                col(PushSubscriptionRow.endpoint) == subscription.endpoint,
                col(PushSubscriptionRow.actor) != actor,
            )
        )
        row = PushSubscriptionRow(
            organisation_id=organisation_id,
            actor=actor,
            endpoint=subscription.endpoint,
            receiver_key=subscription.receiver_key,
            auth_secret=subscription.auth_secret,
            language=subscription.language,
            kept_at=now,
        )
        known = self._session.get(PushSubscriptionRow, (organisation_id, actor))
        if known is not None:
            row.wanted_at, row.told_at = known.wanted_at, known.told_at
            if known.endpoint == row.endpoint:
                row.not_before, row.failures = known.not_before, known.failures
        self._session.merge(row)
        self._session.flush()

    def get(self, organisation_id: OrganisationId, actor: Actor) -> PushSubscription | None:
        """Return the device's subscription, or None."""
        row = self._session.get(PushSubscriptionRow, (organisation_id, actor))
        return None if row is None else _subscription(row)

    def remove(
        self, organisation_id: OrganisationId, actor: Actor, endpoint: str | None = None
    ) -> None:
        """Forget the device's subscription; with ``endpoint`` only if it is still that one."""
        query = delete(PushSubscriptionRow).where(
            col(PushSubscriptionRow.organisation_id) == organisation_id,
            col(PushSubscriptionRow.actor) == actor,
        )
        if endpoint is not None:
            query = query.where(col(PushSubscriptionRow.endpoint) == endpoint)
        self._session.execute(query)

    def remove_retired(self, organisation_id: OrganisationId) -> None:
        """Forget the subscriptions of devices that were retired."""
        retired = select(DeviceRow.actor).where(
            DeviceRow.organisation_id == organisation_id, col(DeviceRow.retired_at).is_not(None)
        )
        self._session.execute(
            delete(PushSubscriptionRow).where(
                col(PushSubscriptionRow.organisation_id) == organisation_id,
                col(PushSubscriptionRow.actor).in_(retired),
            )
        )

    def want(
        self, organisation_id: OrganisationId, person_ids: Collection[PersonId], now: datetime
    ) -> None:
        """Note on each device of these people that something waits to be told.

        The newest cause counts: only a contact after it has seen it.
        """
        devices = select(DeviceRow.actor).where(
            DeviceRow.organisation_id == organisation_id, col(DeviceRow.person_id).in_(person_ids)
        )
        self._session.execute(
            update(PushSubscriptionRow)
            .where(
                col(PushSubscriptionRow.organisation_id) == organisation_id,
                col(PushSubscriptionRow.actor).in_(devices),
            )
            .values(wanted_at=now)
        )

    def waiting(self, organisation_id: OrganisationId, limit: int) -> Sequence[WaitingDevice]:
        """Return the devices that something waits for, those that may be told first in front.

        They are kept from other processes until the commit.
        """
        query = (
            select(PushSubscriptionRow, DeviceRow.last_contact_at)
            .join(
                DeviceRow,
                (col(DeviceRow.organisation_id) == PushSubscriptionRow.organisation_id)
                & (col(DeviceRow.actor) == PushSubscriptionRow.actor),
            )
            .where(
                PushSubscriptionRow.organisation_id == organisation_id,
                col(PushSubscriptionRow.wanted_at).is_not(None),
            )
            .order_by(
                col(PushSubscriptionRow.not_before).nulls_first(),
                col(PushSubscriptionRow.told_at).nulls_first(),
                PushSubscriptionRow.actor,
            )
            .limit(limit)
            .with_for_update(of=PushSubscriptionRow)
        )
        return [_waiting(row, contact_at) for row, contact_at in self._session.execute(query)]

    def put_off(
        self, organisation_id: OrganisationId, actor: Actor, not_before: datetime, failures: int
    ) -> None:
        """Leave the device alone until ``not_before``."""
        row = self._session.get(PushSubscriptionRow, (organisation_id, actor))
        if row is not None:
            row.not_before, row.failures = not_before, failures
            self._session.flush()

    def settle(
        self,
        organisation_id: OrganisationId,
        actor: Actor,
        wanted_at: datetime,
        told_at: datetime | None,
    ) -> None:
        """Nothing waits any more, unless it came up after ``wanted_at``.

        ``told_at`` is given when a message was taken by the push service.
        """
        row = self._session.get(PushSubscriptionRow, (organisation_id, actor))
        if row is None:
            return
        if row.wanted_at == wanted_at:
            row.wanted_at = None
        row.not_before, row.failures = None, 0
        row.told_at = told_at or row.told_at
        self._session.flush()


def _subscription(row: PushSubscriptionRow) -> PushSubscription:
    return PushSubscription(
        endpoint=row.endpoint,
        receiver_key=row.receiver_key,
        auth_secret=row.auth_secret,
        language=row.language,
    )


def _waiting(row: PushSubscriptionRow, contact_at: datetime | None) -> WaitingDevice:
    assert row.wanted_at is not None, "the query asks for those that wait"
    return WaitingDevice(
        actor=Actor(row.actor),
        subscription=_subscription(row),
        wanted_at=row.wanted_at,
        told_at=row.told_at,
        not_before=row.not_before,
        contact_at=contact_at,
        failures=row.failures,
    )
