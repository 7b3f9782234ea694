"""Power cuts on SQLite: the disk is rebuilt as it may have been at any moment.

One server is recorded while it works. For each cut a point of the record is drawn: what
was synced before it is there; of what was written since, nothing, a beginning, any part,
or a part torn at 512 bytes. The database that results is opened and read.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from daywork.store import database as database_module
from daywork.store.database import open_database, sqlite_file
from support.crew import COMPANY, Crew, found_crew
from support.databases import new_sqlite
from support.disk_recorder import Event, Recorder, recorded
from support.simulator_copies import Copies
from support.simulator_log import Stored, read_stored
from support.simulator_rules import (
    check_i5_rows_are_projections,
    check_i7_status_has_no_order,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECTOR_BYTES = 512
ENTRIES = 24
RESTART_AT = 15  # The database is closed and opened again.
CHECKPOINTS_AT = (6, 18)


@dataclass(frozen=True, slots=True)
class Recording:
    """What a server did to its disk, from files that were there before."""

    before: Mapping[str, bytes]
    events: Sequence[Event]
    acknowledged: Sequence[str]  # the wire ids of operations, by number of the ack


async def record(
    home: Path, *, synchronous: str | None = None, forgets_syncs: bool = False
) -> Recording:
    """Let a company work on ``home`` and return what happened to its disk.

    ``synchronous`` is a careless setting in the place of the product's own.
    """
    await new_sqlite(home)
    before = {sqlite_file(home).name: sqlite_file(home).read_bytes()}
    recorder = Recorder(home, forgets_syncs=forgets_syncs)
    opened = database_module._sqlite_engine
    if synchronous is not None:
        opened = engine_with(f"synchronous = {synchronous}")
    engine = mock.patch.object(database_module, "_sqlite_engine", opened)
    acknowledged: list[str] = []
    with recorded(recorder), engine:
        database = open_database(home, None)
        crew = await found_crew(database, NOW)
        for number in range(ENTRIES):
            await _work(crew, number)
            for phone in crew.phones.values():
                for item in phone.chain.items:
                    if item["id"] not in acknowledged:
                        acknowledged.append(str(item["id"]))
            recorder.acknowledge(len(acknowledged))
            if number in CHECKPOINTS_AT:
                with closing(sqlite3.connect(sqlite_file(home))) as other:
                    other.execute("PRAGMA wal_checkpoint(RESTART)")
            if number == RESTART_AT:
                await database.close()
                database = crew.database = open_database(home, None)
                for phone in crew.phones.values():
                    phone.database = database
        await database.close()
    return Recording(before, recorder.events, acknowledged)


async def _work(crew: Crew, number: int) -> None:
    """Record an entry, change it, let it be approved."""
    await crew.record(f"entry {number}", NOW)
    if number % 3 == 1:
        await crew.change(f"entry {number}", NOW, "08:00", "16:00")
    if number % 2 == 1:
        await crew.approve(f"entry {number}", NOW)


async def cut(recording: Recording, home: Path, seed: int) -> int:
    """Rebuild one possible disk in ``home`` and check it; return how many pushes were acked.

    Raises: AssertionError that names the rule.
    """
    chance = Random(seed)
    end = chance.randint(1, len(recording.events))
    happened = recording.events[:end]
    for name, content in rebuilt(recording.before, happened, chance).items():
        (home / name).write_bytes(content)
    acks = [one.place for one in happened if one.kind == "ack"]
    acked = recording.acknowledged[: acks[-1] if acks else 0]
    verdict = _integrity(home)
    assert verdict == "ok", f"corrupt: {verdict} (cut {seed})"
    stored = await _read(home)
    present = {one.id for one in stored.log}
    missing = [one for one in acked if one not in present]
    assert not missing, f"ack_is_durable: {len(missing)} of {len(acked)} are gone (cut {seed})"
    _check_totals(stored)
    return len(acks)


def rebuilt(
    before: Mapping[str, bytes], events: Sequence[Event], chance: Random
) -> dict[str, bytes]:
    """Return the files as they may be after the power went at the end of ``events``."""
    files = {name: bytearray(content) for name, content in before.items()}
    waiting: dict[str, list[Event]] = {}
    for one in events:
        if one.kind == "sync":
            for earlier in waiting.pop(one.file, ()):
                _do(files, earlier)
        elif one.kind == "delete":
            # Either the name went or it did not; what is in it counts for nothing then.
            waiting.pop(one.file, None)
            if chance.randrange(2):
                files.pop(one.file, None)
        elif one.kind != "ack":
            waiting.setdefault(one.file, []).append(one)
    keep = chance.choice((_nothing, _beginning, _any_part, _torn))
    for unsynced in waiting.values():
        for one in keep(unsynced, chance):
            _do(files, one)
    return {name: bytes(content) for name, content in files.items()}


def _nothing(_unsynced: Sequence[Event], _chance: Random) -> Sequence[Event]:
    return ()


def _beginning(unsynced: Sequence[Event], chance: Random) -> Sequence[Event]:
    return unsynced[: chance.randint(0, len(unsynced))]


def _any_part(unsynced: Sequence[Event], chance: Random) -> Sequence[Event]:
    return [one for one in unsynced if chance.randrange(2)]


def _torn(unsynced: Sequence[Event], chance: Random) -> Sequence[Event]:
    return [piece for one in unsynced for piece in _sectors(one) if chance.randrange(2)]


def _do(files: dict[str, bytearray], one: Event) -> None:
    content = files.setdefault(one.file, bytearray())
    if one.kind == "truncate":
        del content[one.place :]
        return
    end = one.place + len(one.content)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[one.place : end] = one.content


def _sectors(one: Event) -> list[Event]:
    """Return the write as the disk does it: sector by sector."""
    if one.kind != "write":
        return [one]
    pieces = []
    place, rest = one.place, one.content
    while rest:
        count = SECTOR_BYTES - place % SECTOR_BYTES
        pieces.append(Event("write", one.file, place, rest[:count]))
        place, rest = place + count, rest[count:]
    return pieces


def _integrity(home: Path) -> str:
    with closing(sqlite3.connect(sqlite_file(home))) as database:
        try:
            return str(database.execute("PRAGMA integrity_check").fetchone()[0])
        except sqlite3.DatabaseError as error:
            return str(error)


async def _read(home: Path) -> Stored:
    copies = Copies(home, None)
    copies.organisation = COMPANY
    return await read_stored(copies)


def _check_totals(stored: Stored) -> None:
    for actor, last in stored.last_numbers.items():
        numbers = [one.number for one in stored.log if one.actor == actor]
        assert numbers == list(range(1, last + 1)), "half transaction"
    check_i5_rows_are_projections(stored)
    check_i7_status_has_no_order(stored, 0)


def engine_with(pragma: str) -> Any:
    """Return what opens the product's engine with another setting on the writer."""
    real = database_module._sqlite_engine

    def opened(file: Path, *, read_only: bool) -> Engine:
        engine = real(file, read_only=read_only)
        if not read_only:

            @event.listens_for(engine, "connect")
            def change(driver: Any, _record: Any) -> None:
                driver.execute(f"PRAGMA {pragma}")

        return engine

    return opened
