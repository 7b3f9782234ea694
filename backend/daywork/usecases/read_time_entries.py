"""What a phone may read: the feed of its person's entries, and one entry's history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from daywork.core.cursor import Cursor, opened, sealed, sight_of
from daywork.core.errors import CursorExpired, CursorInvalid, NotFound
from daywork.core.ids import Actor, PersonId, TimeEntryId
from daywork.core.principal import Principal
from daywork.core.roles import Member, Permission, Role, may_see
from daywork.store.feed import PAGE_ROWS_MAX, load_changes, load_counter, load_members
from daywork.store.operations import HistoryOperation
from daywork.store.statements import Steps
from daywork.store.unit_of_work import UnitOfWork

ROWS_MAX = PAGE_ROWS_MAX


@dataclass(frozen=True, slots=True)
class PullPage:
    """One page of the feed. ``rows`` are texts, ready to be sent."""

    epoch: str
    cursor: str
    has_more: bool
    rows: Sequence[str]
    gone: Sequence[str]
    reference_revision: int


@dataclass(frozen=True, slots=True)
class EntryHistory:
    """All operations of one entry, with the names of authors and devices."""

    operations: Sequence[HistoryOperation]
    names: Mapping[PersonId, str]
    labels: Mapping[Actor, str]


def pull_changes(principal: Principal, cursor: str | None, limit: int, key: bytes) -> Steps:
    """Return the PullPage behind ``cursor``, from the beginning without one.

    ``limit`` is 1 to ``ROWS_MAX``. Raises: CursorInvalid if the cursor is not this
    person's; CursorExpired if it belongs to a history that was replaced, or if the
    person sees other people's entries by now.
    """
    organisation_id = principal.organisation_id
    counter = yield from load_counter(organisation_id)
    members = (yield from load_members(organisation_id)) if _sees_team(principal) else ()
    owner_ids = visible_owners(principal, members)
    sight = sight_of(owner_ids)
    revision = 0
    if cursor is not None:
        place = opened(cursor, key)
        is_own = (place.organisation_id, place.person_id) == (organisation_id, principal.person_id)
        if not is_own:
            raise CursorInvalid
        if (place.epoch, place.sight) != (counter.epoch, sight):
            raise CursorExpired
        revision = place.revision
    page = yield from load_changes(organisation_id, revision, owner_ids, limit)
    end = page.rows[-1][1] if page.has_more else max(counter.revision, revision)
    rows, gone = [], []
    for entry_id, row_revision, is_deleted, content in page.rows:
        start = f'{{"id":"te:{entry_id}","rev":{row_revision},'
        if is_deleted:
            gone.append(start + '"why":"deleted"}')
        else:
            rows.append(start + content[1:])
    place = Cursor(organisation_id, principal.person_id, counter.epoch, sight, end)
    return PullPage(
        epoch=counter.epoch,
        cursor=sealed(place, key),
        has_more=page.has_more,
        rows=rows,
        gone=gone,
        reference_revision=counter.reference_revision,
    )


def entry_history(unit: UnitOfWork, principal: Principal, entry_id: TimeEntryId) -> EntryHistory:
    """Return the history of an entry. Raises: NotFound, alike for unknown and unseen."""
    owner_id = unit.time_entries.owner(principal.organisation_id, entry_id)
    people = unit.people.all(principal.organisation_id)
    visible = visible_owners(principal, [person.as_member() for person in people])
    if owner_id is None or (visible is not None and owner_id not in visible):
        raise NotFound
    return EntryHistory(
        operations=unit.operations.history(principal.organisation_id, entry_id),
        names={person.id: person.name for person in people},
        labels=unit.devices.labels(principal.organisation_id),
    )


def visible_owners(
    principal: Principal, members: Collection[Member]
) -> Collection[PersonId] | None:
    """Return whose entries ``principal`` sees; None means everybody's.

    ``members`` are the organisation's people; only who sees a team needs them.
    """
    me = _member(principal)
    if me.may(Permission.SEE_ALL):
        return None
    if not me.may(Permission.SEE_TEAM):
        return {principal.person_id}
    return {owner.id for owner in members if may_see(me, owner, members)}


def _sees_team(principal: Principal) -> bool:
    me = _member(principal)
    return me.may(Permission.SEE_TEAM) and not me.may(Permission.SEE_ALL)


def _member(principal: Principal) -> Member:
    return Member(principal.person_id, frozenset(Role(role) for role in principal.roles))
