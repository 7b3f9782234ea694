"""Many write, some follow, page by page: nobody misses a row, on either database (I13)."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg
import pytest

from daywork.core.ids import Actor, PersonId
from daywork.core.json_value import JsonValue
from daywork.core.person import Person
from daywork.core.roles import Role
from daywork.store.database import Database, open_database, sqlite_file
from daywork.store.devices import Device
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.grant_scopes import (
    ApproverWish,
    add_project_approver,
    remove_project_approver,
)
from daywork.usecases.read_time_entries import Pull, PullPage, pull_changes
from support.chain import NAMESPACE, Chain, allocation, interval
from support.crew import COMPANY, ROOF, SHED, Crew, Key, Phone, found_crew
from support.follower import KEY, NOON, Follower

WRITERS = 16
PUSHES, PUSHES_IN_A_SOAK = 6, 120
PAGE_ROWS = 7


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def writers(crew: Crew, databases: Sequence[Database], now: datetime) -> list[Phone]:
    """Return a phone for each database, each of a person of its own, like a process each."""
    phones = [
        Phone(
            database,
            COMPANY,
            "Ana",
            PersonId(uuid5(NAMESPACE, f"writer {number}")),
            Chain(Actor(f"writer{number:04}")),
            Key(),
        )
        for number, database in enumerate(databases)
    ]

    def act(unit: UnitOfWork) -> None:
        for number, phone in enumerate(phones):
            roles = frozenset((Role.WORKER,))
            person = Person(COMPANY, phone.person_id, f"W {number}", None, roles)
            unit.people.add(person, now)
            device = Device(
                COMPANY, phone.chain.actor, phone.person_id, phone.key.public_text, "", ""
            )
            unit.devices.add(device, algorithm="ES256", now=now)

    await crew.database.write(act)
    return phones


@asynccontextmanager
async def long_idle_transaction(url: str | None, home: Path) -> AsyncIterator[None]:
    """Keep a transaction open that has looked and does nothing, for as long as the block runs."""
    query = "SELECT count(*) FROM time_entry"
    if url is None:
        file = sqlite3.connect(sqlite_file(home))
        file.execute("BEGIN")
        file.execute(query).fetchall()
        yield
        file.close()
        return
    idle = await asyncpg.connect(url)
    async with idle.transaction(isolation="repeatable_read"):
        await idle.fetchval(query)
        yield
    await idle.close()


async def work(phone: Phone, turns: int, now: datetime) -> None:
    """Push a new entry in each turn, and move an older one to the other project."""
    chance = random.Random(str(phone.chain.actor))
    for turn in range(turns):
        name = f"{phone.chain.actor}/{turn}"
        time = interval(f"{turn % 24:02}:00", f"{turn % 24:02}:30")
        place = allocation(str(chance.choice((ROOF, SHED))))
        phone.chain.write("new", name, {"time": time, "alloc": place})
        older = f"{phone.chain.actor}/{chance.randrange(turn + 1)}"
        moved: dict[str, JsonValue] = {"alloc": allocation(str(chance.choice((ROOF, SHED))))}
        phone.chain.write("edit", older, moved, phone.chain.seen())
        results = await phone.push(now)
        assert {result["st"] for result in results} == {"applied"}
        await asyncio.sleep(0)


async def follow(follower: Follower, done: asyncio.Event) -> None:
    """Pull until all is written, and then to the end."""
    while True:
        is_last = done.is_set()  # What was committed before is in what follows.
        page = await follower.pull(PAGE_ROWS)
        if is_last and not page.has_more:
            return
        # A pull on SQLite waits for nothing, and there is no network here that would.
        await asyncio.sleep(0)


async def change_sights(crew: Crew, done: asyncio.Event, now: datetime) -> None:
    """Let Ben approve the roof, then not, and so on; in the end he does."""
    wish = ApproverWish("Roof", "Ben", None)
    while not done.is_set():
        await crew.database.write(lambda unit: add_project_approver(unit, COMPANY, wish, now))
        await asyncio.sleep(0)
        await crew.database.write(lambda unit: remove_project_approver(unit, COMPANY, wish))
        await asyncio.sleep(0)
    await crew.database.write(lambda unit: add_project_approver(unit, COMPANY, wish, now))


async def test_f9_i13_cursor_sixteen_writers_and_hot_followers_of_small_pages_miss_nothing(
    crew: Crew,
    database_url: str | None,
    tmp_path: Path,
    now: datetime,
    request: pytest.FixtureRequest,
) -> None:
    turns = PUSHES_IN_A_SOAK if request.config.getoption("--soak") else PUSHES
    # On PostgreSQL each writer and each follower is a process of its own; SQLite has one.
    databases = [
        crew.database if database_url is None else open_database(tmp_path, database_url)
        for _ in range(WRITERS + 1)
    ]
    phones = await writers(crew, databases[:WRITERS], now)
    for phone in crew.phones.values():
        phone.database = databases[WRITERS]
    done = asyncio.Event()
    # Max sees all of them, Olga everybody, Ana herself, Ben what he approves.
    followers = {who: Follower(phone) for who, phone in crew.phones.items()}
    await asyncio.gather(*(follower.pull_all() for follower in followers.values()))
    async with long_idle_transaction(database_url, tmp_path):
        following = [asyncio.create_task(follow(one, done)) for one in followers.values()]
        changing = asyncio.create_task(change_sights(crew, done, now))
        await asyncio.gather(*(work(phone, turns, now) for phone in phones))
        done.set()
        await changing
        await asyncio.gather(*following)
    await followers["Ben"].pull_all()
    fresh = {who: Follower(phone) for who, phone in crew.phones.items()}
    for follower in fresh.values():
        await follower.pull_all(500)
    for database in {id(one): one for one in databases}.values():
        if database is not crew.database:
            await database.close()

    for who, follower in followers.items():
        assert follower.rows == fresh[who].rows, who
        assert follower.told_checksums() == follower.checksums()
    assert len(fresh["Max"].rows) == len(fresh["Olga"].rows) == WRITERS * turns
    on_roof = [row for row in fresh["Max"].rows.values() if str(ROOF) in str(row["v"]["alloc"])]
    assert len(fresh["Ben"].rows) == len(on_roof) > 0
    assert fresh["Ana"].rows == {}


EARLY = """
    UPDATE sync_counter SET revision = revision + 1 WHERE organisation_id = $1 RETURNING revision
"""
RAISE = "UPDATE sync_counter SET revision = greatest(revision, $2) WHERE organisation_id = $1"
INSERT = """
    INSERT INTO time_entry
        (organisation_id, id, owner_id, revision, status, is_deleted, is_long, content)
    VALUES ($1, $2, $3, $4, 'draft', false, false, '{"n":1}')
"""


async def mistaken_write(
    url: str, entry: UUID, mistake: str, taken: asyncio.Event, may_commit: asyncio.Event
) -> int:
    """Write a row whose revision was taken before its commit; return the revision."""
    connection = await asyncpg.connect(url)
    if mistake == "a transaction of its own":
        revision: int = await connection.fetchval(EARLY, COMPANY)
    else:
        revision = await connection.fetchval("SELECT nextval('mistaken')")
    async with connection.transaction():
        await connection.execute(INSERT, COMPANY, entry, entry, revision)
        taken.set()
        await may_commit.wait()
        if mistake == "a sequence":
            await connection.execute(RAISE, COMPANY, revision)
    await connection.close()
    return revision


@pytest.mark.parametrize("mistake", ["a transaction of its own", "a sequence"])
async def test_f9_i13_cursor_a_revision_that_is_taken_before_the_commit_loses_rows(
    postgresql_url: str, tmp_path: Path, now: datetime, mistake: str
) -> None:
    """The mistake that all this guards against, planted: who follows never sees half the rows."""
    database = open_database(tmp_path, postgresql_url)
    crew = await found_crew(database, now)
    admin = await asyncpg.connect(postgresql_url)
    await admin.execute("CREATE SEQUENCE mistaken")
    cursor: str | None = None
    seen: set[int] = set()
    written: set[int] = set()

    async def pull() -> None:
        nonlocal cursor
        has_more = True
        while has_more:
            ask = Pull(cursor, PAGE_ROWS, wants_sums=False, now=NOON)
            page: PullPage = await database.look_at(
                pull_changes(crew.phones["Olga"].principal, ask, KEY)
            )
            seen.update(int(row.split('"rev":')[1].split(",")[0]) for row in page.rows)
            cursor, has_more = page.cursor, page.has_more

    async def start(number: int) -> tuple["asyncio.Task[int]", asyncio.Event]:
        """Let a writer take its revision; return it with what lets it commit."""
        taken, may_commit = asyncio.Event(), asyncio.Event()
        entry = UUID(int=1_000 + number)
        writer = asyncio.create_task(
            mistaken_write(postgresql_url, entry, mistake, taken, may_commit)
        )
        await taken.wait()
        return writer, may_commit

    await pull()
    for number in range(0, WRITERS, 2):
        slow, slow_may_commit = await start(number)
        quick, quick_may_commit = await start(number + 1)
        quick_may_commit.set()
        written.add(await quick)
        await pull()
        slow_may_commit.set()
        written.add(await slow)
        await pull()
    await admin.execute("DROP SEQUENCE mistaken")
    await admin.close()
    await database.close()

    assert len(written) == WRITERS
    assert len(written - seen) == WRITERS // 2
