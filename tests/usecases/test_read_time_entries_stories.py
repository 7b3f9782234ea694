"""Random weeks in which rights, projects and entries change, and phones that follow the feed.

After every pull to the end a phone has exactly what its person sees at that moment: what
the rules of rights say of the entries as they are stored, not what the feed says.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from daywork.core.errors import CursorExpired, NameUnknown
from daywork.core.ids import PersonId
from daywork.core.json_value import JsonValue
from daywork.core.principal import Principal
from daywork.core.roles import Role, member_of, visible_owners
from daywork.store.database import Database, open_database
from daywork.store.time_entries import TimeEntryRow
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.grant_scopes import (
    ApproverWish,
    add_project_approver,
    remove_project_approver,
)
from daywork.usecases.move_horizon import move_horizon
from support.chain import allocation, entry_id, interval
from support.crew import COMPANY, ROOF, SHED, Phone, entry_state, found_crew
from support.databases import lent_postgresql, new_sqlite
from support.follower import NOON, Follower, is_within, scopes

STEPS = 60
STORIES, STORIES_IN_A_SOAK = 12, 400
DAY_SECONDS = 86_400
ROLES = [
    frozenset(roles)
    for roles in (
        (Role.WORKER,),
        (Role.FOREMAN,),
        (Role.MANAGER,),
        (Role.OFFICE,),
        (Role.WORKER, Role.MANAGER),
        (Role.MANAGER, Role.OFFICE),
        (Role.AUDITOR,),
    )
]


@dataclass
class Colleague(Phone):
    """A phone whose person may become something else."""

    roles: frozenset[Role] = frozenset()

    @property
    def principal(self) -> Principal:
        """Who the phone acts for."""
        roles = frozenset(map(str, self.roles))
        return Principal(self.organisation_id, self.person_id, roles, self.chain.actor)


@dataclass
class Story:
    """One random week."""

    database: Database
    people: Mapping[str, Colleague]
    followers: Mapping[str, Follower]
    chance: random.Random
    now: datetime
    owners: dict[str, str] = field(default_factory=dict)  # entry -> who wrote it
    days: int = 0
    expired: int = 0

    async def step(self) -> None:
        """Let something happen."""
        act = self.chance.choice(
            (
                *(self.record, self.move, self.approve, self.delete),
                *(self.change_rights, self.change_approvers, self.pass_time),
                *(self.pull, self.pull, self.pull, self.pull_to_the_end),
            )
        )
        await act()

    async def record(self) -> None:
        """Somebody records work."""
        name, who = f"entry {len(self.owners)}", self.anybody()
        self.owners[name] = who
        hour = f"{len(self.owners) % 24:02}"
        time = interval(f"{hour}:00", f"{hour}:{self.chance.randrange(10, 60)}")
        values: dict[str, JsonValue] = {"time": time, "alloc": self.anywhere()}
        await self.write(who, "new", name, values, {})

    async def move(self) -> None:
        """Somebody who sees an entry, perhaps its owner, says what it was for."""
        if name := self.any_entry():
            seen = await self.seen(name)
            writer = self.chance.choice((self.owners[name], self.anybody()))
            context = seen if self.chance.random() < 0.7 else dict(list(seen.items())[:1])
            await self.write(writer, "edit", name, {"alloc": self.anywhere()}, context)

    async def approve(self) -> None:
        """Somebody approves an entry; whether they may is for the server to say."""
        if name := self.any_entry():
            state = await entry_state(self.database, COMPANY, name)
            if len(state.cells.get("alloc", {})) == 1:
                await self.people[self.anybody()].decide("approve", name, self.now)

    async def delete(self) -> None:
        """An owner deletes an entry."""
        if name := self.any_entry():
            gone: dict[str, JsonValue] = {"life": {"deleted": True, "reason": None}}
            await self.write(self.owners[name], "delete", name, gone, await self.seen(name))

    async def change_rights(self) -> None:
        """Somebody becomes something else, or gets another manager."""
        who, manager = self.anybody(), self.people[self.anybody()].person_id
        colleague = self.people[who]
        colleague.roles = self.chance.choice((colleague.roles, self.chance.choice(ROLES)))

        def act(unit: UnitOfWork) -> None:
            person = unit.people.get(COMPANY, colleague.person_id)
            assert person is not None
            unit.people.change(replace(person, roles=colleague.roles, manager_id=manager))

        await self.database.write(act)

    async def change_approvers(self) -> None:
        """Somebody comes to approve a project, or ceases to."""
        wish = ApproverWish(self.chance.choice(("Roof", "Shed")), self.anybody(), None)
        if self.chance.random() < 0.6:
            await self.database.write(partial(add_wish, wish, self.now))
            return
        try:
            await self.database.write(lambda unit: remove_project_approver(unit, COMPANY, wish))
        except NameUnknown:
            assert wish.person

    async def pass_time(self) -> None:
        """Days go by, and the nightly job runs."""
        self.days += self.chance.choice((1, 20, 40))
        await self.database.write(lambda unit: move_horizon(unit, COMPANY, self.now))

    async def pull(self) -> bool:
        """Somebody's phone takes a page, or asks and never gets the answer; True at the end."""
        who = self.anybody()
        follower = self.followers[who]
        before = replace(follower, rows=dict(follower.rows))
        try:
            page = await follower.pull(self.chance.randrange(1, 6), self.instant)
        except CursorExpired:
            self.expired += 1
            follower.cursor, follower.rows = None, {}
            return False
        if self.chance.random() < 0.2:
            follower.cursor, follower.rows = before.cursor, before.rows
            return False
        if not page.has_more:
            await self.check(who)
        return not page.has_more

    async def pull_to_the_end(self) -> None:
        """Phones pull until somebody has everything."""
        while not await self.pull():
            pass

    async def check(self, who: str) -> None:
        """A phone that has pulled to the end has what its person sees, and nothing else."""
        follower = self.followers[who]
        follower.drop_old()
        assert follower.told_checksums() == follower.checksums(), who
        assert follower.rows == await self.database.read(partial(in_sight, follower)), who

    @property
    def instant(self) -> int:
        """Now, in seconds since 1970."""
        return NOON + self.days * DAY_SECONDS

    def anybody(self) -> str:
        """Return a name."""
        return self.chance.choice(sorted(self.people))

    def any_entry(self) -> str | None:
        """Return an entry, if there is one."""
        return self.chance.choice(sorted(self.owners)) if self.owners else None

    def anywhere(self) -> JsonValue:
        """Return an allocation."""
        place = self.chance.choice((ROOF, SHED, None))
        return allocation(None if place is None else str(place))

    async def seen(self, name: str) -> dict[str, JsonValue]:
        """Return the context of somebody who knows the whole entry."""
        state = await entry_state(self.database, COMPANY, name)
        return {actor: [number, mark] for actor, (number, mark) in state.clock.items()}

    async def write(
        self,
        who: str,
        kind: str,
        name: str,
        values: Mapping[str, JsonValue],
        context: Mapping[str, JsonValue],
    ) -> None:
        """Let a phone write and push."""
        self.people[who].chain.write(kind, name, values, context)
        await self.people[who].push(self.now)


def add_wish(wanted: ApproverWish, now: datetime, unit: UnitOfWork) -> None:
    add_project_approver(unit, COMPANY, wanted, now)


def in_sight(follower: Follower, unit: UnitOfWork) -> dict[str, dict[str, Any]]:
    """Return the rows that a phone should have, from the rights and the entries as they are."""
    principal = follower.phone.principal
    members = [person.as_member() for person in unit.people.all(COMPANY)]
    owner_ids = visible_owners(member_of(principal), members)
    approvers = unit.scopes.approvers(COMPANY)
    approved = {f"p:{one}" for one, people in approvers.items() if principal.person_id in people}
    rows = {}
    for entry in unit.session.scalars(select(TimeEntryRow)).all():
        row = {"id": f"te:{entry.id}", "rev": entry.revision, **json.loads(entry.content)}
        is_seen = owner_ids is None or PersonId(entry.owner_id) in owner_ids
        is_seen = is_seen or bool(approved & scopes(row))
        told = [follower.sums[scope] for scope in scopes(row) if scope in follower.sums]
        if is_seen and not entry.is_deleted and any(is_within(row, one) for one in told):
            rows[row["id"]] = row
    return rows


async def begun(database: Database, seed: int, now: datetime) -> Story:
    """Return a story at its beginning."""
    crew = await found_crew(database, now)
    people = {
        name: Colleague(**vars(phone), roles=frozenset(map(Role, phone.principal.roles)))
        for name, phone in crew.phones.items()
    }
    followers = {name: Follower(phone) for name, phone in people.items()}
    return Story(database, people, followers, random.Random(seed), now)


def seeds(request: pytest.FixtureRequest) -> Sequence[int]:
    """Return the seeds of this run."""
    count = STORIES_IN_A_SOAK if request.config.getoption("--soak") else STORIES
    return range(count)


async def test_i13_i14_in_random_stories_a_phone_has_what_its_person_sees_and_nothing_else(
    tmp_path: Path, now: datetime, request: pytest.FixtureRequest
) -> None:
    for seed in seeds(request):
        home = tmp_path / str(seed)
        home.mkdir()
        await new_sqlite(home)
        database = open_database(home, None)
        await played(database, seed, now)
        await database.close()


async def test_i13_i14_the_same_holds_on_postgresql(tmp_path: Path, now: datetime) -> None:
    for seed in range(2):
        async with lent_postgresql() as url:
            database = open_database(tmp_path, url)
            await played(database, seed, now)
            await database.close()


async def played(database: Database, seed: int, now: datetime) -> None:
    """Play the story of ``seed`` and let everybody pull to the end."""
    story = await begun(database, seed, now)
    try:
        for _ in range(STEPS):
            await story.step()
        for who, follower in story.followers.items():
            await follower.pull_all(3, story.instant)
            await story.check(who)
    except BaseException as error:
        error.add_note(f"in the story of seed {seed}")
        raise
    names = {entry_id(name) for name in story.owners}
    assert all(set(follower.rows) <= names for follower in story.followers.values())
