"""Who approves a project sees its time entries while they are in it, and decides about them."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

import pytest

from daywork.core.errors import NameAmbiguous, NameUnknown
from daywork.core.ids import PersonId, ProjectId
from daywork.core.json_value import JsonValue
from daywork.core.merge import digest_of
from daywork.core.person import Person
from daywork.core.roles import Role
from daywork.store.database import Database
from daywork.store.scopes import TimeEntryScopeRow
from daywork.store.time_entries import TimeEntryRow
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.grant_scopes import (
    ApproverWish,
    add_project_approver,
    project_approvers,
    remove_project_approver,
)
from daywork.usecases.read_time_entries import entry_history
from support.chain import allocation, entry_id
from support.crew import COMPANY, ROOF, SHED, Crew, Phone, entry_state, found_crew
from support.follower import NOON, Follower

NAMES = ("roof 0", "roof 1", "shed 0", "ben's", "new")
ROOFS = {"roof 0", "roof 1"}


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    """Ana works on the roof and the shed, Ben on the roof."""
    founded = await found_crew(database, now)
    for place, name in enumerate(("roof 0", "roof 1")):
        await founded.record(name, now, f"0{place}:00", f"0{place}:30")
    await founded.record("shed 0", now, "02:00", "02:30", project=SHED)
    await founded.record("ben's", now, "03:00", "03:30", who="Ben")
    return founded


def wish(who: str, project: str = "Roof") -> ApproverWish:
    return ApproverWish(project, who, None)


def add_wish(wanted: ApproverWish, now: datetime, unit: UnitOfWork) -> None:
    add_project_approver(unit, COMPANY, wanted, now)


async def add(crew: Crew, who: str, now: datetime, project: str = "Roof") -> None:
    await crew.database.write(partial(add_wish, wish(who, project), now))


async def remove(crew: Crew, who: str, project: str = "Roof") -> None:
    await crew.database.write(
        lambda unit: remove_project_approver(unit, COMPANY, wish(who, project))
    )


async def move(crew: Crew, entry: str, now: datetime, project: ProjectId) -> None:
    """Let Ana say that the entry was for another project."""
    state = await entry_state(crew.database, COMPANY, entry)
    context: dict[str, JsonValue] = {
        actor: [number, mark] for actor, (number, mark) in state.clock.items()
    }
    ana = crew.phones["Ana"]
    ana.chain.write("edit", entry, {"alloc": allocation(str(project))}, context)
    await ana.push(now)


async def follower_of(crew: Crew, who: str) -> Follower:
    follower = Follower(crew.phones[who])
    await follower.pull_all()
    return follower


@pytest.mark.parametrize("limit", [1, 2, 500])
async def test_i13_cursor_a_new_approver_is_filled_in_with_the_project_and_follows_it(
    crew: Crew, now: datetime, limit: int
) -> None:
    ben = await follower_of(crew, "Ben")
    await add(crew, "Ben", now)
    await crew.change("roof 1", now, "01:00", "01:20")

    await ben.pull_all(limit)
    assert ben.has(*NAMES) == ROOFS | {"ben's"}
    await crew.record("new", now, "04:00", "04:30")
    await crew.change("roof 0", now, "00:00", "00:10")
    await ben.pull_all(limit)

    assert ben.has(*NAMES) == ROOFS | {"ben's", "new"}
    assert ben.rows[entry_id("roof 0")]["v"]["time"][0]["end"] == "2026-03-02T00:10:00Z"
    assert ben.sums[f"p:{ROOF}"].count == 4
    assert ben.told_checksums() == ben.checksums()
    assert (ben.purged, ben.gone) == ([], [])


async def test_i14_scope_safety_an_entry_that_leaves_the_project_goes_and_one_that_comes_appears(
    crew: Crew, now: datetime
) -> None:
    ben = await follower_of(crew, "Ben")
    await add(crew, "Ben", now)
    await ben.pull_all()
    await move(crew, "roof 0", now, SHED)
    await move(crew, "shed 0", now, ROOF)

    await ben.pull_all(1)

    left = (await entry_state(crew.database, COMPANY, "roof 0")).revision
    assert ben.gone == [{"id": entry_id("roof 0"), "rev": left, "why": "scope"}]
    assert ben.has(*NAMES) == {"roof 1", "shed 0", "ben's"}
    await crew.change("roof 0", now, "00:00", "00:10")
    assert (await ben.pull()).rows == []
    await move(crew, "roof 0", now, ROOF)
    await ben.pull_all()
    assert ben.has(*NAMES) == {"roof 0", "roof 1", "shed 0", "ben's"}
    assert ben.told_checksums() == ben.checksums()


async def test_what_leaves_a_project_stays_with_whoever_sees_it_for_another_reason(
    crew: Crew, now: datetime
) -> None:
    followers = {}
    for who, projects in (("Ben", ("Roof", "Shed")), ("Max", ("Roof",)), ("Ana", ("Roof",))):
        for project in projects:
            await add(crew, who, now, project)
        followers[who] = await follower_of(crew, who)
    await move(crew, "roof 0", now, SHED)

    for follower in followers.values():
        await follower.pull_all(1)
        assert follower.gone == []
        assert "roof 0" in follower.has(*NAMES)
        assert follower.rows[entry_id("roof 0")]["v"]["alloc"][0]["project"] == str(SHED)


async def test_an_entry_of_two_projects_is_in_both_until_somebody_decides(
    crew: Crew, now: datetime
) -> None:
    await add(crew, "Ben", now, "Shed")
    ben = await follower_of(crew, "Ben")
    for who in ("Ana", "Max"):  # Neither knows of the other.
        phone = crew.phones[who]
        place = allocation(str(SHED if who == "Max" else ROOF))
        phone.chain.write("edit", "roof 0", {"alloc": place}, crew.phones["Ana"].chain.seen(1))
        await phone.push(now)

    await ben.pull_all()

    assert len(ben.rows[entry_id("roof 0")]["v"]["alloc"]) == 2
    await move(crew, "roof 0", now, ROOF)
    await ben.pull_all()
    assert ben.has("roof 0") == set()


async def test_i14_scope_safety_a_former_approver_is_purged_and_has_the_own_and_the_teams_still(
    crew: Crew, now: datetime
) -> None:
    for who in ("Ben", "Max"):
        await add(crew, who, now)
    ben, boss = await follower_of(crew, "Ben"), await follower_of(crew, "Max")
    for who in ("Ben", "Max"):
        await remove(crew, who)
    await crew.change("roof 0", now, "00:00", "00:10")

    for follower in (ben, boss):
        await follower.pull_all(1)

    assert ben.purged == boss.purged == [f"p:{ROOF}"]
    assert ben.has(*NAMES) == {"ben's"}
    assert boss.has(*NAMES) == ROOFS | {"shed 0", "ben's"}
    assert boss.rows[entry_id("roof 0")]["v"]["time"][0]["end"] == "2026-03-02T00:10:00Z"
    assert f"p:{ROOF}" not in ben.sums


async def test_who_approves_again_is_told_what_left_the_project_in_between(
    crew: Crew, now: datetime
) -> None:
    await add(crew, "Ben", now)
    ben = await follower_of(crew, "Ben")
    await remove(crew, "Ben")
    await move(crew, "roof 0", now, SHED)
    await add(crew, "Ben", now)

    await ben.pull_all(1)

    assert (ben.purged, ben.has(*NAMES)) == ([f"p:{ROOF}"], {"roof 1", "ben's"})
    assert ben.told_checksums() == ben.checksums()


async def test_i14_scope_safety_a_team_that_leaves_takes_nothing_that_a_project_shows(
    crew: Crew, now: datetime
) -> None:
    await add(crew, "Max", now)
    boss = await follower_of(crew, "Max")

    def give_away(unit: UnitOfWork) -> None:
        olga = unit.people.get(COMPANY, crew.phones["Olga"].person_id)
        ana = unit.people.get(COMPANY, crew.phones["Ana"].person_id)
        assert olga is not None
        assert ana is not None
        unit.people.change(replace(olga, roles=frozenset((Role.OFFICE, Role.MANAGER))))
        unit.people.change(replace(ana, manager_id=olga.id))

    await crew.database.write(give_away)
    await boss.pull_all(1)

    assert boss.purged == [f"w:{crew.phones['Ana'].person_id}"]
    assert boss.has(*NAMES) == ROOFS | {"ben's"}


async def test_a_project_shows_the_last_weeks_and_whatever_is_not_settled(
    crew: Crew, now: datetime
) -> None:
    await crew.approve("roof 0", now)
    await add(crew, "Ben", now)
    later = NOON + 36 * 86_400

    ben = Follower(crew.phones["Ben"])
    await ben.pull_all(now=later)

    assert ben.has(*NAMES) == {"roof 1", "ben's"}
    assert ben.told_checksums() == ben.checksums()


async def test_a_projects_approver_decides_and_does_not_edit(crew: Crew, now: datetime) -> None:
    await add(crew, "Ben", now)
    ben, ana = crew.phones["Ben"], crew.phones["Ana"]

    assert await ben.decide("approve", "roof 0", now) == "applied"
    assert await ben.decide("reject", "roof 1", now, reason="which roof?") == "applied"
    state = await entry_state(crew.database, COMPANY, "roof 0")
    assert state.approved is not None
    assert state.approved.approver_id == ben.person_id
    for entry, code in (("roof 1", "not_authorised"), ("shed 0", "unknown_ref")):
        ben.chain.write("edit", entry, {"note": "mine"}, ana.chain.seen())
        (result,) = await ben.push(now)
        assert (result["st"], result["code"]) == ("held", code)


async def test_nobody_approves_their_own_time_as_a_projects_approver(
    crew: Crew, now: datetime
) -> None:
    for who in ("Ana", "Ben"):
        await add(crew, who, now)

    assert await crew.phones["Ben"].decide("approve", "ben's", now) == "held"
    assert await crew.phones["Ana"].decide("approve", "ben's", now) == "applied"


async def test_an_approval_of_what_was_in_the_project_stands_wherever_the_entry_went_meanwhile(
    crew: Crew, now: datetime
) -> None:
    """Else the order in which two phones find a network would decide about pay."""
    await add(crew, "Ben", now)
    ben = crew.phones["Ben"]
    state = await entry_state(crew.database, COMPANY, "roof 0")
    seen: dict[str, JsonValue] = {
        actor: [number, mark] for actor, (number, mark) in state.clock.items()
    }
    ben.chain.write("approve", "roof 0", None, seen, dg=digest_of(state.cells))
    await move(crew, "roof 0", now, SHED)

    (result,) = await ben.push(now)

    assert (result["st"], result["note"]) == ("applied", "superseded")
    assert (await entry_state(crew.database, COMPANY, "roof 0")).status == "approved+amendment"
    assert await ben.decide("approve", "roof 0", now) == "held"


async def test_a_projects_approver_knows_the_names_of_who_works_on_it_and_no_others(
    crew: Crew, now: datetime
) -> None:
    await add(crew, "Ben", now)

    async def owners(who: str) -> frozenset[PersonId]:
        person_id = crew.phones[who].person_id
        return await crew.database.read(
            lambda unit: unit.time_entries.owners_seen(COMPANY, person_id)
        )

    assert await owners("Ben") == {crew.phones[who].person_id for who in ("Ana", "Ben")}
    assert await owners("Ana") == frozenset()
    await move(crew, "roof 0", now, SHED)
    await move(crew, "roof 1", now, SHED)
    assert await owners("Ben") == {crew.phones["Ben"].person_id}


async def test_a_history_is_shown_to_the_projects_approver(crew: Crew, now: datetime) -> None:
    await add(crew, "Ben", now)
    wanted = (await entry_state(crew.database, COMPANY, "roof 0")).id
    ben: Phone = crew.phones["Ben"]

    found = await crew.database.read(lambda unit: entry_history(unit, ben.principal, wanted))

    assert len(found.operations) == 1


async def test_noted_entries_have_the_revisions_of_the_entries_whoever_moved_them(
    crew: Crew, now: datetime
) -> None:
    await add(crew, "Ben", now)
    ids = {name: (await entry_state(crew.database, COMPANY, name)).id for name in ROOFS}
    await crew.database.write(
        lambda unit: unit.time_entries.mark_posted(COMPANY, {ids["roof 0"]: "sha256:z"})
    )
    # Overlapping gives a neighbour a flag and with it a revision.
    await crew.record("new", now, "01:10", "01:50")

    def both(unit: UnitOfWork) -> list[tuple[int, int]]:
        found = []
        for entry_id_ in ids.values():
            scope = unit.session.get(TimeEntryScopeRow, (COMPANY, entry_id_, ROOF))
            entry = unit.session.get(TimeEntryRow, (COMPANY, entry_id_))
            assert scope is not None
            assert entry is not None
            found.append((scope.revision, entry.revision))
        return found

    pairs = await crew.database.read(both)
    assert [scope for scope, _ in pairs] == [entry for _, entry in pairs]
    assert min(revision for _, revision in pairs) > 4


async def test_without_approvers_nothing_is_noted(crew: Crew, now: datetime) -> None:
    ids = [(await entry_state(crew.database, COMPANY, name)).id for name in NAMES[:4]]

    async def noted() -> int:
        return await crew.database.read(
            lambda unit: sum(len(unit.scopes.projects_of(COMPANY, one)) for one in ids)
        )

    assert await noted() == 0
    for who in ("Ben", "Max"):
        await add(crew, who, now)
    assert await noted() == 3
    for who in ("Ben", "Max"):
        await remove(crew, who)
    assert await noted() == 0


async def test_approvers_are_listed_and_wrong_names_are_refused(crew: Crew, now: datetime) -> None:
    twin = Person(COMPANY, crew.phones["Ana"].person_id, "Ben", None, frozenset((Role.WORKER,)))
    for _ in range(2):
        await add(crew, "Ben", now)

    listed = await crew.database.read(lambda unit: project_approvers(unit, COMPANY))
    assert [(one.project.name, one.person.name) for one in listed] == [("Roof", "Ben")]
    for unknown in (wish("Ben", "Cellar"), wish("Eve"), ApproverWish("Roof", None, UUID(int=9))):
        with pytest.raises(NameUnknown):
            await crew.database.write(partial(add_wish, unknown, now))
    with pytest.raises(NameUnknown):
        await remove(crew, "Ana")
    await crew.database.write(lambda unit: unit.people.change(twin))
    with pytest.raises(NameAmbiguous):
        await add(crew, "Ben", now)
    await crew.database.write(partial(add_wish, ApproverWish(str(ROOF), None, twin.id), now))
    assert len(await crew.database.read(lambda unit: project_approvers(unit, COMPANY))) == 2
