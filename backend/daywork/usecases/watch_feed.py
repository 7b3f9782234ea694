"""A phone that listens: what it sees, and whether something changed there behind its cursor."""

from collections.abc import Sequence
from dataclasses import dataclass

from daywork.core.cursor import Counter, current_cursor
from daywork.core.errors import CursorExpired
from daywork.core.ids import PersonId
from daywork.core.principal import Principal
from daywork.core.scope import Sight, sight_mark
from daywork.store.feed import load_changes, load_counter
from daywork.store.sights import load_sight
from daywork.store.statements import Steps


@dataclass(slots=True)
class Watch:
    """What somebody listens for."""

    sight: Sight
    counter: Counter  # up to here nothing is new
    is_behind: bool  # something is new already

    def concerns(self, counter: Counter, changed: Sequence[tuple[PersonId, int]] | None) -> bool:
        """Whether news are in sight: the counter, and owners with their changes' revisions.

        None: too many changed to tell who. Who sees projects hears of every change.
        """
        if (counter.epoch, counter.reference_revision) != (
            self.counter.epoch,
            self.counter.reference_revision,
        ):
            return True
        if counter.revision <= self.counter.revision:
            return False
        owner_ids = self.sight.owner_ids
        if changed is None or owner_ids is None or self.sight.grants:
            return True
        return any(
            owner_id in owner_ids and revision > self.counter.revision
            for owner_id, revision in changed
        )


def begin_watch(principal: Principal, cursor: str | None, key: bytes) -> Steps:
    """Return the Watch behind ``cursor``, without one behind the present moment.

    Raises: CursorInvalid. One that has expired is behind: the pull tells more.
    """
    counter = yield from load_counter(principal.organisation_id)
    sight = yield from load_sight(principal, counter.reference_revision)
    if cursor is None:
        return Watch(sight, counter, is_behind=False)
    try:
        place = current_cursor(principal, cursor, counter, key)
    except CursorExpired:
        return Watch(sight, counter, is_behind=True)
    if place.is_filling or place.sight_mark != sight_mark(sight):
        return Watch(sight, counter, is_behind=True)
    page = yield from load_changes(principal.organisation_id, sight, place.revision, 0)
    return Watch(sight, counter, is_behind=page.end is not None)
