"""Who comes into sight is filled in, who leaves it goes, and nothing else is ever told."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from daywork.core.errors import CursorExpired
from daywork.core.ids import ProjectId
from daywork.core.person import Person
from daywork.core.roles import Role
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.read_time_entries import checksum
from support.chain import entry_id
from support.crew import COMPANY, Crew, found_crew
from support.follower import NOON, Follower

NAMES = ("ana 0", "ana 1", "ana 2", "ben 0", "ben 1", "max 0", "new")


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    """Ana has three entries, Ben two, Max one; Olga manages Ben, Max nobody but Ana."""
    founded = await found_crew(database, now)
    await change(founded, "Olga", roles=frozenset((Role.OFFICE, Role.MANAGER)))
    await change(founded, "Ana", manager_id=founded.phones["Max"].person_id)
    await change(founded, "Ben", manager_id=founded.phones["Olga"].person_id)
    await change(founded, "Max", manager_id=founded.phones["Olga"].person_id)
    await change(founded, "Olga", manager_id=founded.phones["Olga"].person_id)
    for place, name in enumerate(NAMES[:-1]):
        who = name.split()[0].capitalize()
        await founded.record(name, now, f"0{place}:00", f"0{place}:30", who=who)
    return founded


async def change(crew: Crew, who: str, **values: Any) -> None:
    """Change somebody's roles or manager, as the office does."""

    def act(unit: UnitOfWork) -> None:
        person = unit.people.get(COMPANY, crew.phones[who].person_id)
        assert person is not None
        changed: Person = replace(person, **values)
        unit.people.change(changed)

    await crew.database.write(act)


async def give_manager(crew: Crew, who: str, manager: str) -> None:
    await change(crew, who, manager_id=crew.phones[manager].person_id)


ANAS, BENS, MAXS = {"ana 0", "ana 1", "ana 2"}, {"ben 0", "ben 1"}, {"max 0"}


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
async def test_i13_cursor_who_comes_into_sight_is_filled_in_in_the_same_stream(
    crew: Crew, now: datetime, limit: int
) -> None:
    boss = Follower(crew.phones["Max"])
    await boss.pull_all()
    assert boss.has(*NAMES) == ANAS | MAXS
    await give_manager(crew, "Ben", "Max")
    await crew.change("ana 1", now, "01:00", "01:20")

    await boss.pull_all(limit)

    assert boss.has(*NAMES) == ANAS | BENS | MAXS
    assert boss.rows[entry_id("ana 1")]["v"]["time"][0]["end"] == "2026-03-02T01:20:00Z"
    assert boss.purged == []
    assert await boss.pull_all() == 1


async def test_i13_cursor_a_filling_that_was_cut_off_goes_on_from_any_page_it_has(
    crew: Crew, now: datetime
) -> None:
    """A page that was not stored is asked for again; changes in between are not lost."""
    boss = Follower(crew.phones["Max"])
    await boss.pull_all()
    await give_manager(crew, "Ben", "Max")
    ben = crew.phones["Ben"]
    stored = replace(boss)
    for _ in range(2):  # The first time the answer never arrives.
        boss = replace(stored, rows=dict(stored.rows))
        page = await boss.pull(1)
        assert page.has_more
    ben.chain.write("edit", "ben 0", {"note": "late"}, ben.chain.seen(1))
    await ben.push(now)

    await boss.pull_all(1)

    assert boss.has(*NAMES) == ANAS | BENS | MAXS
    assert boss.rows[entry_id("ben 0")]["v"]["note"] == ["late"]


async def test_i14_scope_safety_who_leaves_the_sight_is_purged_and_never_told_of_again(
    crew: Crew, now: datetime
) -> None:
    boss = Follower(crew.phones["Max"])
    await boss.pull_all()
    await give_manager(crew, "Ana", "Olga")
    await crew.change("ana 1", now, "01:00", "01:20")

    await boss.pull_all()

    assert boss.purged == [f"w:{crew.phones['Ana'].person_id}"]
    assert (boss.has(*NAMES), boss.gone) == (MAXS, [])
    await crew.change("ana 1", now, "01:00", "01:10")
    assert (await boss.pull()).rows == []
    assert boss.purged == [f"w:{crew.phones['Ana'].person_id}"]
    assert f"w:{crew.phones['Ana'].person_id}" not in boss.sums


async def test_i14_scope_safety_a_purge_is_told_until_its_page_has_arrived(crew: Crew) -> None:
    boss = Follower(crew.phones["Max"])
    await boss.pull_all()
    stored = replace(boss)
    await give_manager(crew, "Ana", "Olga")

    for _ in range(2):
        again = replace(stored, rows=dict(stored.rows), purged=[])
        await again.pull()
        assert again.has(*NAMES) == MAXS


async def test_who_leaves_and_comes_back_between_two_pulls_was_never_away(
    crew: Crew, now: datetime
) -> None:
    boss = Follower(crew.phones["Max"])
    await boss.pull_all()
    await give_manager(crew, "Ana", "Olga")
    await crew.change("ana 1", now, "01:00", "01:20")
    await give_manager(crew, "Ana", "Max")

    page = await boss.pull()

    assert (len(page.rows), boss.purged, boss.has(*NAMES)) == (1, [], ANAS | MAXS)


async def test_i13_cursor_the_sight_may_change_while_it_is_filled_in(crew: Crew) -> None:
    boss = Follower(crew.phones["Max"])
    await boss.pull_all()
    await give_manager(crew, "Ben", "Max")
    assert (await boss.pull(1)).has_more
    await give_manager(crew, "Ana", "Olga")
    assert (await boss.pull(1)).has_more
    await give_manager(crew, "Ana", "Max")

    await boss.pull_all(1)

    assert boss.has(*NAMES) == ANAS | BENS | MAXS
    assert boss.purged == [f"w:{crew.phones['Ana'].person_id}"]


async def test_whose_sight_changes_too_often_while_it_is_filled_in_begins_anew(crew: Crew) -> None:
    boss = Follower(crew.phones["Max"])
    await boss.pull_all()
    await give_manager(crew, "Ben", "Max")
    for manager in ("Olga", "Max", "Olga"):
        assert (await boss.pull(1)).has_more
        await give_manager(crew, "Ana", manager)
    assert (await boss.pull(1)).has_more
    await give_manager(crew, "Ana", "Max")

    with pytest.raises(CursorExpired):
        await boss.pull(1)
    boss.cursor, boss.rows = None, {}
    await boss.pull_all()
    assert boss.has(*NAMES) == ANAS | BENS | MAXS


async def test_who_comes_to_see_everybody_is_filled_in_and_who_ceases_to_is_purged(
    crew: Crew,
) -> None:
    boss = Follower(crew.phones["Max"])
    await boss.pull_all()
    ids = {name: f"w:{phone.person_id}" for name, phone in crew.phones.items()}
    await change(crew, "Max", roles=frozenset((Role.MANAGER, Role.OFFICE)))
    office = replace(boss.phone, name="Olga")  # whose roles see everything
    boss.phone = office

    await boss.pull_all()
    assert (boss.has(*NAMES), boss.purged) == (ANAS | BENS | MAXS, [])
    assert set(boss.sums) == set(ids.values())
    await change(crew, "Max", roles=frozenset((Role.MANAGER,)))
    boss.phone = crew.phones["Max"]
    await boss.pull_all()

    assert boss.has(*NAMES) == ANAS | MAXS
    assert boss.purged == [ids["Ben"]]


async def test_the_checksum_is_that_of_the_rows_a_phone_has(crew: Crew, now: datetime) -> None:
    boss, ana = Follower(crew.phones["Max"]), Follower(crew.phones["Ana"])
    for store in (boss, ana):
        assert (await store.pull(1)).sums == ()
        await store.pull_all()
    own = f"w:{crew.phones['Ana'].person_id}"

    for store in (boss, ana):
        assert store.told_checksums() == store.checksums()
        assert store.sums[own].count == 3
    assert boss.sums[own].window_start == "2026-01-27T00:00:00Z"
    assert ana.sums[own].window_start == "2025-12-03T00:00:00Z"
    before = boss.sums[own].checksum
    await crew.change("ana 1", now, "01:00", "01:20")
    await boss.pull()
    assert boss.sums[own].checksum != before


def test_the_checksum_is_the_one_of_the_protocol_in_whatever_order() -> None:
    rows = [(UUID(int=1), 7), (UUID(int=2), 8)]

    assert checksum(rows) == checksum(rows[::-1]) == "05a7b675c22e4a72"
    assert checksum([]) == "0" * 16


@pytest.mark.parametrize(("days", "own", "others"), [(30, 2, 2), (36, 2, 1), (91, 1, 1)])
async def test_a_window_has_the_last_weeks_and_whatever_is_not_settled(
    crew: Crew, now: datetime, days: int, own: int, others: int
) -> None:
    await crew.approve("ana 0", now)
    await crew.change("ana 1", now, "01:00", "01:20")
    later = NOON + days * 86_400
    ana, boss = Follower(crew.phones["Ana"]), Follower(crew.phones["Max"])
    for store in (ana, boss):
        await store.pull_all(now=later)
    scope = f"w:{crew.phones['Ana'].person_id}"

    assert len(ana.has(*NAMES) & {"ana 0", "ana 1"}) == own
    assert len(boss.has(*NAMES) & {"ana 0", "ana 1"}) == others
    assert ana.sums[scope].count == own + 1
    assert boss.sums[scope].count == others + 1
    await crew.change("ana 0", now, "00:00", "00:10")
    for store in (ana, boss):
        await store.pull_all(now=later)
        assert store.told_checksums()[scope] == store.checksums()[scope]
        assert "ana 0" in store.has(*NAMES)


async def test_what_is_settled_out_of_the_window_is_told_to_who_has_it(
    crew: Crew, now: datetime
) -> None:
    """Else the phone would show for ever that somebody has to decide."""
    boss = Follower(crew.phones["Max"])
    later = NOON + 36 * 86_400
    await boss.pull_all(now=later)
    await crew.approve("ana 0", now)

    await boss.pull_all(now=later)

    assert boss.rows[entry_id("ana 0")]["status"] == "approved"
    assert ProjectId(UUID(boss.rows[entry_id("ana 0")]["v"]["alloc"][0]["project"]))
