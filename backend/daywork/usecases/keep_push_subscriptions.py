"""A device says where it can be told things, or that it does not want to be told."""

from datetime import datetime

from daywork.core.principal import Principal
from daywork.core.push_subscription import PushSubscription
from daywork.store.unit_of_work import UnitOfWork


def keep_push_subscription(
    unit: UnitOfWork, principal: Principal, subscription: PushSubscription, now: datetime
) -> None:
    """Store the subscription of the principal's device in place of an earlier one.

    ``subscription`` was checked: see ``notifications.subscription_check``.
    """
    unit.push_subscriptions.keep(principal.organisation_id, principal.actor, subscription, now)


def remove_push_subscription(unit: UnitOfWork, principal: Principal) -> None:
    """Forget the subscription of the principal's device, if there is one."""
    unit.push_subscriptions.remove(principal.organisation_id, principal.actor)
