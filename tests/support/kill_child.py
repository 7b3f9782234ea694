"""The process that is killed: it takes pushes and posts, and says what it has answered.

It is forked from a clean server of forks that has everything imported, opens the real
database, and kills itself at a moment that is given: moments are counted at each await
of each task, before each statement on SQLite, and whenever a file is opened or renamed.
What it says goes into a pipe, as an answer goes to a phone: after the commit.
"""

import asyncio
import itertools
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from daywork.accounting.vendors.plain_text import PlainTextLedger
from daywork.core.ids import OrganisationId
from daywork.store import database as database_module
from daywork.store import writer_thread
from daywork.store.database import Database, open_database
from daywork.store.push_lane import SignedBatch
from daywork.usecases.post_time_entries import deliver_batch, plan_batch, unfinished
from daywork.usecases.sync_time_entries import decide_pushes

WAIT_SECONDS_MAX = 5


@dataclass(frozen=True, slots=True)
class Life:
    """What one child does until it is done or dead."""

    home: Path
    url: str | None
    organisation_id: OrganisationId
    now: datetime
    pushes: Sequence[Sequence[SignedBatch]]  # by phone, in order
    answered: Sequence[int]  # how many of them each phone knows the answer to
    dies_at: int  # the number of the moment; 0: never
    answers_too_early: bool = False  # a mistake that can be planted
    never_looks_into_ledger: bool = False  # another


def live(life: Life, say: int) -> None:
    """Do the life's work; ``say`` is the pipe's end for answers."""
    moments = _Moments(life.dies_at)
    patches: list[Any] = [mock.patch.object(database_module, "_sqlite_engine", _traced(moments))]
    if life.answers_too_early:
        patches.append(mock.patch.object(writer_thread, "_run_turn", _early_turn))
    if life.never_looks_into_ledger:
        patches.append(mock.patch.object(PlainTextLedger, "holds", return_value=False))
        patches.append(mock.patch.object(PlainTextLedger, "deliver", _delivered_blindly))
    for patch in patches:
        patch.start()
    sys.addaudithook(moments.at_file)
    asyncio.run(_lived(life, say, moments))
    os.write(say, f"done {moments.count}\n".encode())


class _Moments:
    """Counts moments and ends the process at the chosen one, without a farewell."""

    def __init__(self, dies_at: int) -> None:
        self._numbers = itertools.count(1)
        self._dies_at = dies_at
        self.count = 0

    def pass_one(self, _what: object = None) -> None:
        """Count one."""
        self.count = next(self._numbers)
        if self.count == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def at_file(self, name: str, _given: object) -> None:
        """Count opened and renamed files."""
        if name in {"open", "os.rename"}:
            self.pass_one()


class _Counted:
    """A coroutine whose every suspension is a moment."""

    def __init__(self, inner: Coroutine[Any, Any, Any], moments: _Moments) -> None:
        self._inner, self._moments = inner, moments

    def __await__(self) -> Generator[Any, Any, Any]:
        step: Callable[[], Any] = lambda: self._inner.send(None)  # noqa: E731
        while True:
            try:
                wanted = step()
            except StopIteration as end:
                return end.value
            self._moments.pass_one()
            try:
                yield wanted
            except BaseException as error:  # noqa: BLE001 - it belongs to the coroutine
                thrown = error
                step = lambda: self._inner.throw(thrown)  # noqa: B023, E731
            else:
                step = lambda: self._inner.send(None)  # noqa: E731


async def _awaited(inner: Awaitable[Any]) -> Any:
    return await inner


async def _lived(life: Life, say: int, moments: _Moments) -> None:
    database = open_database(life.home, life.url)
    ledger = PlainTextLedger(life.home / "ledger")
    await _delivered_left_over(database, ledger, life)

    async def phone(number: int) -> None:
        batches = life.pushes[number]
        for place in range(life.answered[number], len(batches)):
            await database.push(life.organisation_id, batches[place], decide_pushes)
            os.write(say, f"answered {number} {place}\n".encode())
            _ANSWERED.set()
            if number == len(life.pushes) - 1:
                await _posted(database, ledger, life)

    loop = asyncio.get_running_loop()
    phones = [_awaited(_Counted(phone(number), moments)) for number in range(len(life.pushes))]
    loop.set_task_factory(
        lambda on, coroutine, **given: asyncio.Task(
            _awaited(_Counted(coroutine, moments)),
            loop=on,
            **given,
        )
    )
    await asyncio.gather(*phones)
    await _posted(database, ledger, life)
    loop.set_task_factory(None)
    await database.close()


async def _delivered_left_over(database: Database, ledger: PlainTextLedger, life: Life) -> None:
    left = await database.read(lambda unit: unfinished(unit, life.now, 0))
    for organisation_id, batch_id in left.frozen:
        await deliver_batch(database, ledger, organisation_id, batch_id, life.now)


async def _posted(database: Database, ledger: PlainTextLedger, life: Life) -> None:
    company, now = life.organisation_id, life.now
    while True:
        batch_id = await database.write(lambda unit: plan_batch(unit, ledger, company, now, 0))
        if batch_id is None:
            return
        await deliver_batch(database, ledger, company, batch_id, now)


def _traced(moments: _Moments) -> Callable[..., Engine]:
    real = database_module._sqlite_engine

    def opened(file: Path, *, read_only: bool) -> Engine:
        engine = real(file, read_only=read_only)
        if not read_only:

            @event.listens_for(engine, "connect")
            def trace(driver: Any, _record: Any) -> None:
                driver.set_trace_callback(moments.pass_one)

        return engine

    return opened


_ANSWERED = threading.Event()


def _early_turn(connection: Any, turn: Sequence[Any]) -> None:
    """Answer before the commit: the mistake of all mistakes."""
    with connection.begin():
        for act, answer in turn:
            _ANSWERED.clear()
            result, failure = writer_thread._run_job(connection, act)
            answer.set_exception(failure) if failure else answer.set_result(result)
            _ANSWERED.wait(WAIT_SECONDS_MAX / 100)


def _delivered_blindly(self: PlainTextLedger, batch: Any) -> None:
    """Append the block whether it is there or not."""
    self._folder.mkdir(parents=True, exist_ok=True)
    for name, block in batch.documents:
        with (self._folder / name).open("a", encoding="utf-8") as output:
            output.write(block)
