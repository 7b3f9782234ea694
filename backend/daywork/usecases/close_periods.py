"""A pay period is closed: what comes afterwards is stored, and told apart."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from daywork.core.errors import ValueRefused
from daywork.core.organisation import Organisation
from daywork.store.unit_of_work import UnitOfWork


def close_period(
    unit: UnitOfWork, organisation: Organisation, through: date, now: datetime
) -> None:
    """Close all days up to ``through``; there is no way back, only later adjustments.

    Raises: ValueRefused for a day that has not ended at the organisation's place, or
    that is closed already.
    """
    today = now.astimezone(ZoneInfo(organisation.time_zone)).date()
    if through >= today:
        message = f"{through} has not ended yet; a period is closed when it is over."
        raise ValueRefused(message, "through")
    closed = unit.closed_periods.all(organisation.id)
    if closed and through <= closed[0].through:
        message = f"All days up to {closed[0].through} are closed already."
        raise ValueRefused(message, "through")
    unit.closed_periods.add(organisation.id, through, now)
    # Pushes look at what they know of people, projects and periods by this revision.
    unit.organisations.reference_changed(organisation.id)
