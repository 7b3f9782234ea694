"""The one thread that writes to SQLite.

Each turn takes every waiting job (at most ``JOBS_MAX``), runs them in one
``BEGIN IMMEDIATE`` with a savepoint around each, commits once, and only then
answers: an answer always means that the work is on the disk. A failing job
leaves its neighbours alone. The group commit is what makes many phones fast:
one fsync serves all of them.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

JOBS_MAX = 64

Answer = TypeVar("Answer")


class WriterThread:
    """Runs jobs on the single writing connection of ``engine``, in order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="daywork-writer", daemon=True)
        self._thread.start()

    async def run(self, act: Callable[[Connection], Answer]) -> Answer:
        """Run ``act`` in the next turn and return its result once it is committed.

        Raises: whatever ``act`` raises (its own changes are undone), or the
        database's error if the commit of the whole turn fails.
        """
        answer: Future[Answer] = Future()
        self._jobs.put((act, answer))
        return await asyncio.wrap_future(answer)

    def close(self) -> None:
        """Finish the waiting jobs and end the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while (turn := self._next_turn()) is not None:
                _run_turn(connection, turn)

    def _next_turn(self) -> Sequence["_Job"] | None:
        first = self._jobs.get()
        if first is None:
            return None
        turn = [first]
        while len(turn) < JOBS_MAX:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:  # Seen too early: end after this turn.
                self._jobs.put(None)
                break
            turn.append(job)
        return turn


_Job = tuple[Callable[[Connection], Any], "Future[Any]"]


def _run_turn(connection: Connection, turn: Sequence[_Job]) -> None:
    jobs = [job for job in turn if job[1].set_running_or_notify_cancel()]
    done: list[tuple[Any, Exception | None]] = []
    try:
        with connection.begin():
            for act, _ in jobs:
                done.append(_run_job(connection, act))
    except Exception as error:  # noqa: BLE001 - every waiting caller must hear of it
        # A commit that failed leaves its transaction open, and no other could begin.
        connection.connection.rollback()
        # Nothing of the turn is on the disk, and some of it may not even have begun.
        failures = [failure for _, failure in done] + [None] * (len(jobs) - len(done))
        done = [(None, failure or error) for failure in failures]
    for (_, answer), (result, failure) in zip(jobs, done, strict=True):
        if failure is None:
            answer.set_result(result)
        else:
            answer.set_exception(failure)


def _run_job(
    connection: Connection, act: Callable[[Connection], Any]
) -> tuple[Any, Exception | None]:
    connection.exec_driver_sql("SAVEPOINT job")
    try:
        result = act(connection)
    except Exception as error:  # noqa: BLE001 - handed to the caller of this job alone
        connection.exec_driver_sql("ROLLBACK TO job")
        connection.exec_driver_sql("RELEASE job")
        return None, error
    connection.exec_driver_sql("RELEASE job")
    return result, None
