"""Whether news concern somebody who listens."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.cursor import Counter
from daywork.core.errors import CursorInvalid
from daywork.core.ids import PersonId, ProjectId
from daywork.core.scope import Grant, Sight
from daywork.store.database import Database
from daywork.usecases.read_time_entries import Pull, PullPage, pull_changes
from daywork.usecases.watch_feed import Watch, begin_watch
from support.crew import Crew, found_crew
from support.follower import KEY, NOON

ANA, BEN = PersonId(UUID(int=1)), PersonId(UUID(int=2))
Changed = Sequence[tuple[PersonId, int]] | None
SINCE = Counter("e", 10, 3, 0)
OWN = Sight(frozenset((ANA,)))


@pytest.mark.parametrize(
    ("sight", "counter", "changed", "concerns"),
    [
        (OWN, SINCE, [(ANA, 11)], False),
        (OWN, replace(SINCE, revision=11), [(ANA, 11)], True),
        (OWN, replace(SINCE, revision=11), [(BEN, 11)], False),
        (OWN, replace(SINCE, revision=11), [(ANA, 9), (BEN, 11)], False),
        (OWN, replace(SINCE, revision=11), None, True),
        (OWN, replace(SINCE, reference_revision=4), [], True),
        (OWN, replace(SINCE, epoch="f"), [], True),
        (OWN, replace(SINCE, horizon_revision=9), [], False),
        (Sight(None), replace(SINCE, revision=11), [(BEN, 11)], True),
        (
            Sight(frozenset((ANA,)), frozenset((Grant(ProjectId(BEN), 1),))),
            replace(SINCE, revision=11),
            [(BEN, 11)],
            True,
        ),
    ],
)
def test_news_concern_whoever_sees_them_and_has_not_looked_since(
    sight: Sight,
    counter: Counter,
    changed: Sequence[tuple[PersonId, int]] | None,
    *,
    concerns: bool,
) -> None:
    assert Watch(sight, SINCE, is_behind=False).concerns(counter, changed) is concerns


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    for number in range(3):
        await founded.record(f"e{number}", now, f"0{number}:00", f"0{number}:30")
    return founded


async def test_a_watch_is_behind_if_something_in_sight_changed_after_its_cursor(
    crew: Crew, now: datetime
) -> None:
    async def cursor_of(who: str, limit: int = 500) -> str:
        pull = Pull(None, limit, wants_sums=False, now=NOON)
        page: PullPage = await crew.database.look_at(
            pull_changes(crew.phones[who].principal, pull, KEY)
        )
        return page.cursor

    async def is_behind(who: str, cursor: str | None) -> bool:
        watch: Watch = await crew.database.look_at(
            begin_watch(crew.phones[who].principal, cursor, KEY)
        )
        return watch.is_behind

    cursors = {who: await cursor_of(who) for who in ("Ana", "Ben", "Max")}
    in_the_middle = await cursor_of("Ana", 2)
    assert [await is_behind(who, cursors[who]) for who in cursors] == [False] * 3
    assert await is_behind("Ana", in_the_middle)
    await crew.change("e0", now, "00:00", "00:10")

    assert [await is_behind(who, cursors[who]) for who in cursors] == [True, False, True]
    assert not await is_behind("Ana", None)
    with pytest.raises(CursorInvalid):
        await is_behind("Ben", cursors["Ana"])
