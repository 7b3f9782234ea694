"""Tombstones are kept for half a year, and then for as long as no newer one is as old."""

from datetime import datetime, timedelta

from daywork.core.ids import OrganisationId
from daywork.store.unit_of_work import UnitOfWork

TOMBSTONE_DAYS = 180


def move_horizon(unit: UnitOfWork, organisation_id: OrganisationId, now: datetime) -> None:
    """Move the horizon past tombstones that are older than ``TOMBSTONE_DAYS``.

    Where there is no such tombstone it stays, however old the history is: a cursor
    behind which nothing was deleted is as good as ever. It may run again at any time.
    """
    marks = unit.feed_marks
    marks.note(organisation_id, now)
    old = marks.mark_before(organisation_id, now - timedelta(days=TOMBSTONE_DAYS))
    if old is None:
        return
    newest = marks.newest_tombstone(organisation_id, old)
    if newest is not None and newest > marks.horizon(organisation_id):
        marks.move_horizon(organisation_id, newest)
    marks.forget_marks(organisation_id, old)
