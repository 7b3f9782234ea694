"""Group commit: several waiting jobs, one commit; a failing one leaves its neighbours alone."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import IntegrityError, OperationalError

from daywork.store.writer_thread import JOBS_MAX, WriterThread

Job = Callable[[Connection], int]


class Writing:
    """A writer on a file of its own, whose commits are counted."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.engine = _engine(file)
        self.commits = 0
        event.listen(self.engine, "commit", self._count)
        with self.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE note (number INTEGER UNIQUE)")
            connection.exec_driver_sql(
                "CREATE TABLE remark (number INTEGER"
                " REFERENCES note (number) DEFERRABLE INITIALLY DEFERRED)"
            )
        self.commits = 0
        self.writer = WriterThread(self.engine)

    def _count(self, _connection: Connection) -> None:
        self.commits += 1

    async def run_together(self, *jobs: Job) -> list[int | BaseException]:
        """Run ``jobs`` in one turn: they wait behind one that holds the thread."""
        started, may_go_on = threading.Event(), threading.Event()

        def hold(_connection: Connection) -> int:
            started.set()
            may_go_on.wait()
            return 0

        first = asyncio.create_task(self.writer.run(hold))
        await asyncio.to_thread(started.wait)
        waiting = asyncio.gather(*(self.writer.run(job) for job in jobs), return_exceptions=True)
        await asyncio.sleep(0)  # Each of them is in the queue now.
        self.commits = -1  # The holder's own turn ends with a commit, too.
        may_go_on.set()
        await first
        return await waiting

    def numbers(self) -> list[int]:
        """What another connection sees."""
        with sqlite3.connect(self.file) as other:
            return [number for (number,) in other.execute("SELECT number FROM note ORDER BY 1")]


@pytest.fixture
async def writing(tmp_path: Path) -> AsyncIterator[Writing]:
    made = Writing(tmp_path / "w.sqlite")
    yield made
    await asyncio.to_thread(made.writer.close)
    made.engine.dispose()


def add(number: int) -> Job:
    def act(connection: Connection) -> int:
        connection.exec_driver_sql(f"INSERT INTO note VALUES ({number})")
        return number

    return act


async def test_what_waits_together_is_committed_once(writing: Writing) -> None:
    answers = await writing.run_together(*(add(number) for number in range(5)))

    assert answers == [0, 1, 2, 3, 4]
    assert writing.commits == 1
    assert writing.numbers() == [0, 1, 2, 3, 4]


async def test_more_jobs_than_a_turn_takes_need_a_second_commit(writing: Writing) -> None:
    await writing.run_together(*(add(number) for number in range(JOBS_MAX + 1)))

    assert writing.commits == 2
    assert len(writing.numbers()) == JOBS_MAX + 1


async def test_a_failing_job_is_undone_and_leaves_its_neighbours_alone(writing: Writing) -> None:
    def fail(connection: Connection) -> int:
        connection.exec_driver_sql("INSERT INTO note VALUES (2)")
        raise LookupError

    answers = await writing.run_together(add(1), fail, add(3))

    assert [type(answer) for answer in answers] == [int, LookupError, int]
    assert writing.numbers() == [1, 3]
    assert writing.commits == 1


async def test_an_answer_comes_after_the_commit(writing: Writing) -> None:
    await writing.writer.run(add(7))

    assert writing.numbers() == [7]


async def test_everybody_hears_of_a_commit_that_failed(writing: Writing) -> None:
    def break_a_promise(connection: Connection) -> int:
        # A deferred reference is looked at by the commit, and not before.
        connection.exec_driver_sql("INSERT INTO remark VALUES (99)")
        return 0

    answers = await writing.run_together(add(1), break_a_promise, add(3))
    await writing.writer.run(add(4))

    assert [type(answer) for answer in answers] == [IntegrityError] * 3
    assert writing.numbers() == [4]


async def test_everybody_hears_of_a_transaction_that_could_not_begin(writing: Writing) -> None:
    with sqlite3.connect(writing.file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            await writing.writer.run(add(1))
        other.execute("ROLLBACK")
    await writing.writer.run(add(2))

    assert writing.numbers() == [2]


async def test_everybody_hears_of_it_when_the_database_gives_the_whole_turn_up(
    writing: Writing,
) -> None:
    def give_up(connection: Connection) -> int:
        # What SQLite does by itself on a full disk: nothing of the transaction is left.
        connection.exec_driver_sql("ROLLBACK")
        message = "the disk is full"
        raise OSError(message)

    answers = await writing.run_together(add(1), give_up, add(3))
    await writing.writer.run(add(4))

    assert all(isinstance(answer, Exception) for answer in answers)
    assert writing.numbers() == [4]


async def test_a_caller_that_has_gone_is_passed_over(writing: Writing) -> None:
    started, may_go_on = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> int:
        started.set()
        may_go_on.wait()
        return 0

    holder = asyncio.create_task(writing.writer.run(hold))
    await asyncio.to_thread(started.wait)
    gone = asyncio.create_task(writing.writer.run(add(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    may_go_on.set()
    await holder
    await writing.writer.run(add(2))

    assert writing.numbers() == [2]


async def test_what_waits_is_finished_before_the_thread_ends(tmp_path: Path) -> None:
    writing = Writing(tmp_path / "e.sqlite")
    waiting = [asyncio.create_task(writing.writer.run(add(number))) for number in range(3)]
    await asyncio.sleep(0)

    await asyncio.to_thread(writing.writer.close)
    answers = await asyncio.gather(*waiting)
    writing.engine.dispose()

    assert answers == [0, 1, 2]
    assert writing.numbers() == [0, 1, 2]


def _engine(file: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": 0.01},
    )

    @event.listens_for(engine, "connect")
    def prepare(driver: sqlite3.Connection, _record: object) -> None:
        driver.isolation_level = None
        driver.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
