"""What a phone may read: the feed of its person's entries, and one entry's history."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from daywork.core.cursor import SIGHTS_MAX, Counter, Cursor, current_cursor, sealed
from daywork.core.errors import CursorExpired, NotFound
from daywork.core.ids import Actor, PersonId, TimeEntryId
from daywork.core.instant import instant_text
from daywork.core.principal import Principal
from daywork.core.roles import member_of, visible_owners
from daywork.core.scope import (
    BEFORE_ALL,
    Rights,
    Sight,
    entered,
    left,
    scope_names,
    sight_mark,
)
from daywork.core.window import OTHERS_DAYS, OWN_DAYS, window_start
from daywork.store.feed import (
    PAGE_ROWS_MAX,
    FeedRow,
    Window,
    load_changes,
    load_counter,
    load_filling,
    load_kept,
    load_members,
)
from daywork.store.operations import HistoryOperation
from daywork.store.sights import load_rights, load_sight
from daywork.store.statements import Steps
from daywork.store.unit_of_work import UnitOfWork

ROWS_MAX = PAGE_ROWS_MAX
_SUM_BYTES = 8
_SUM_MODULUS = 2**64


@dataclass(frozen=True, slots=True)
class Pull:
    """What a phone asks for."""

    cursor: str | None  # None: from the beginning
    limit: int  # 1 to ROWS_MAX
    wants_sums: bool
    now: int  # seconds since 1970
    wants_all: bool = False  # also what is settled and older than the window


@dataclass(frozen=True, slots=True)
class ScopeSum:
    """What a phone that has everything has of one scope."""

    scope: str
    revision: int
    window_start: str
    count: int
    checksum: str  # 16 hexadecimal digits


@dataclass(frozen=True, slots=True)
class PullPage:
    """One page of the feed. ``rows`` are texts, ready to be sent."""

    epoch: str
    cursor: str
    has_more: bool
    rows: Sequence[str]
    gone: Sequence[str]
    purge: Sequence[str]  # scopes to let go of, before the rows are taken
    sums: Sequence[ScopeSum]
    reference_revision: int


@dataclass(frozen=True, slots=True)
class EntryHistory:
    """All operations of one entry, with the names of authors and devices."""

    operations: Sequence[HistoryOperation]
    names: Mapping[PersonId, str]
    labels: Mapping[Actor, str]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a phone stands: its cursor, what it sees, what is filled in and what it left."""

    cursor: Cursor
    sight: Sight
    entering: Sight
    purge: Sequence[str] = ()


def pull_changes(principal: Principal, pull: Pull, key: bytes) -> Steps:
    """Return the PullPage behind the cursor, from the beginning without one.

    What came into sight since is filled in first; what left it is to be purged.
    Raises: CursorInvalid if the cursor is not this person's; CursorExpired if it
    belongs to a history that was replaced, lies ahead of this one or so far back
    that tombstones may be missing.
    """
    organisation_id = principal.organisation_id
    counter = yield from load_counter(organisation_id)
    place = yield from _place(principal, pull.cursor, counter, key)
    window = Window(
        me=principal.person_id,
        own_start=0 if pull.wants_all else window_start(pull.now, OWN_DAYS),
        others_start=0 if pull.wants_all else window_start(pull.now, OTHERS_DAYS),
    )
    cursor, found, has_more = place.cursor, list[FeedRow](), False
    if cursor.is_filling:
        between = (cursor.filled_revision, cursor.revision)
        page = yield from load_filling(organisation_id, place.entering, between, window, pull.limit)
        found += page.rows
        if page.end is None:
            cursor = replace(cursor, complete_at=(), filled_revision=0)
        else:
            cursor, has_more = replace(cursor, filled_revision=page.end), True
    if not has_more:
        room = pull.limit - len(found)
        page = yield from load_changes(organisation_id, place.sight, cursor.revision, room)
        found += page.rows
        has_more = page.end is not None
        cursor = replace(cursor, revision=counter.revision if page.end is None else page.end)
    sums: Sequence[ScopeSum] = ()
    if pull.wants_sums and not has_more:
        sums = yield from _sums(principal, place.sight, window, counter)
    return PullPage(
        epoch=counter.epoch,
        cursor=sealed(cursor, key),
        has_more=has_more,
        rows=[_start(row) + row[3][1:] for row in found if row[2] is None],
        gone=[f'{_start(row)}"why":"{row[2]}"}}' for row in found if row[2] is not None],
        purge=place.purge,
        sums=sums,
        reference_revision=counter.reference_revision,
    )


def entry_history(unit: UnitOfWork, principal: Principal, entry_id: TimeEntryId) -> EntryHistory:
    """Return the history of an entry. Raises: NotFound, alike for unknown and unseen."""
    organisation_id = principal.organisation_id
    owner_id = unit.time_entries.owner(organisation_id, entry_id)
    people = unit.people.all(organisation_id)
    visible = visible_owners(member_of(principal), [person.as_member() for person in people])
    if owner_id is None:
        raise NotFound
    is_seen = visible is None or owner_id in visible
    if not is_seen and not _approves(unit, principal, entry_id):
        raise NotFound
    return EntryHistory(
        operations=unit.operations.history(organisation_id, entry_id),
        names={person.id: person.name for person in people},
        labels=unit.devices.labels(organisation_id),
    )


def _approves(unit: UnitOfWork, principal: Principal, entry_id: TimeEntryId) -> bool:
    approvers = unit.scopes.approvers(principal.organisation_id)
    projects = unit.scopes.projects_of(principal.organisation_id, entry_id)
    return any(principal.person_id in approvers.get(project, ()) for project in projects)


def _place(principal: Principal, text: str | None, counter: Counter, key: bytes) -> Steps:
    """Return the _Place of a phone, with its cursor at the sight of this moment."""
    cursor = None if text is None else current_cursor(principal, text, counter, key)
    if cursor is None:
        sight = yield from load_sight(principal, counter.reference_revision)
        cursor = Cursor(
            organisation_id=principal.organisation_id,
            person_id=principal.person_id,
            epoch=counter.epoch,
            revision=counter.revision,
            sight_revision=counter.reference_revision,
            sight_mark=sight_mark(sight),
            complete_at=(BEFORE_ALL,),
        )
        return _Place(cursor, sight, entering=sight)
    if cursor.sight_revision == counter.reference_revision and not cursor.is_filling:
        sight = yield from load_sight(principal, counter.reference_revision, cursor.sight_mark)
        if sight_mark(sight) != cursor.sight_mark:
            raise CursorExpired
        return _Place(cursor, sight, entering=Sight(frozenset()))
    rights = yield from load_rights(principal)
    return _moved(cursor, rights, counter.reference_revision)


def _moved(cursor: Cursor, rights: Rights, revision: int) -> _Place:
    """Return the place at the sight of ``revision``: what entered, what left."""
    me = cursor.person_id
    before, sight = rights.sight_at(me, cursor.sight_revision), rights.sight_at(me, revision)
    if sight_mark(before) != cursor.sight_mark:
        raise CursorExpired
    gone = left(before, sight, rights.person_ids)
    complete_at, filled = cursor.complete_at, cursor.filled_revision
    if sight != before:
        complete_at, filled = (*complete_at, cursor.sight_revision), 0
    if not gone.is_empty and (before.grants or sight.grants):
        # The phone purges by person or project: what it sees for another reason goes too.
        complete_at = (BEFORE_ALL,)
    if len(complete_at) > SIGHTS_MAX:
        raise CursorExpired
    entering = Sight(frozenset())
    if complete_at:
        known = [rights.sight_at(me, number) for number in complete_at]
        entering = entered(sight, known, rights.person_ids)
    moved = replace(
        cursor,
        sight_revision=revision,
        sight_mark=sight_mark(sight),
        complete_at=() if entering.is_empty else complete_at,
        filled_revision=0 if entering.is_empty else filled,
    )
    return _Place(moved, sight, entering, scope_names(gone))


def _sums(principal: Principal, sight: Sight, window: Window, counter: Counter) -> Steps:
    """Return a ScopeSum for each scope of the sight, also for those without rows."""
    names = scope_names(sight) if sight.owner_ids is not None else None
    if names is None:
        members = yield from load_members(principal.organisation_id)
        names = scope_names(Sight(frozenset(member.id for member in members)))
    kept = yield from load_kept(principal.organisation_id, sight, window)
    of_scope: dict[str, list[tuple[UUID, int]]] = {name: [] for name in names}
    for name, entry_id, revision in kept:
        of_scope.setdefault(name, []).append((entry_id, revision))
    own = f"w:{window.me}"
    return [
        ScopeSum(
            scope=name,
            revision=counter.revision,
            window_start=instant_text(window.own_start if name == own else window.others_start),
            count=len(rows),
            checksum=checksum(rows),
        )
        for name, rows in of_scope.items()
    ]


def checksum(rows: Iterable[tuple[UUID, int]]) -> str:
    """Return the sum over ids and revisions, in whatever order, as 16 hexadecimal digits."""
    total = 0
    for entry_id, revision in rows:
        digest = hashlib.sha256(f"te:{entry_id}/{revision}".encode()).digest()
        total += int.from_bytes(digest[:_SUM_BYTES])
    return f"{total % _SUM_MODULUS:016x}"


def _start(row: FeedRow) -> str:
    return f'{{"id":"te:{row[0]}","rev":{row[1]},'
