"""R is only worth its name if it writes the very rows that the product writes."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bench.phone import BenchPhone, Push
from bench.raw_database import RawDatabase, open_raw
from bench.stored_rows import ADD_POSTINGS, posted_changes, pushed_changes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import col, update

from daywork.api.wire.sync import read_push
from daywork.cli.replay_phone import public_jwk
from daywork.core.ids import Actor
from daywork.core.principal import Principal
from daywork.security.signatures import public_key_text
from daywork.store.database import Database
from daywork.store.devices import DeviceRow
from daywork.store.operations import OperationRow
from daywork.store.postings import PostingRow
from daywork.store.push_statements import ADD_OPERATIONS, SAVE_ENTRIES
from daywork.store.row import METADATA, Row, milliseconds
from daywork.store.statements import Change, Upsert
from daywork.store.time_entries import TimeEntryRow
from daywork.usecases.sync_time_entries import decide_pushes
from support.told_devices import COMPANY, add_company, add_device

ACTOR = Actor("aaaaaaaaaa")
WHOLE_ROWS = [
    (ADD_OPERATIONS, OperationRow),
    (SAVE_ENTRIES, TimeEntryRow),
    (ADD_POSTINGS, PostingRow),
]


@pytest.mark.parametrize(("statement", "row"), WHOLE_ROWS, ids=["operation", "entry", "posting"])
def test_r_writes_every_column_of_the_products_tables(statement: Upsert, row: type[Row]) -> None:
    assert statement.table == row.__tablename__
    assert list(statement.columns) == list(METADATA.tables[statement.table].columns.keys())


async def test_r_writes_the_rows_that_the_product_wrote(
    database: Database, database_url: str | None, tmp_path: Path, now: datetime
) -> None:
    pushes = await push_entries(database, now)
    raw = await open_raw(tmp_path, database_url)
    stored = await everything(raw)

    batches = await pushed_changes(raw, COMPANY, [push.brings for push in pushes])
    for table in ("operation", "time_entry"):
        await raw.fetch(f"DELETE FROM {table}")
    for batch in batches:
        await raw.write(raw.prepared(batch))

    assert [[len(change.rows) for change in batch] for batch in batches] == [[3, 3], [3, 3]]
    assert await everything(raw) == stored
    await raw.close()


async def test_r_writes_the_postings_of_one_project_batch_by_batch(
    database: Database, database_url: str | None, tmp_path: Path
) -> None:
    raw = await open_raw(tmp_path, database_url)
    wanted, other = UUID(int=8), UUID(int=9)
    rows = [
        (
            *(raw.key(COMPANY), raw.key(UUID(int=number)), raw.key(UUID(int=7))),
            *("sha256:x", "posted", None, 1, None),
            *(raw.key(other if number == 3 else wanted), None, 60, None, None, 2),
        )
        for number in range(1, 7)
    ]
    await raw.write(raw.prepared([Change(ADD_POSTINGS, rows)]))

    batches = await posted_changes(raw, COMPANY, wanted, 2)

    assert [[len(change.rows) for change in batch] for batch in batches] == [[2], [2], [1]]
    assert [row for (change,) in batches for row in change.rows] == rows[:2] + rows[3:]
    await raw.close()


async def push_entries(database: Database, now: datetime) -> Sequence[Push]:
    """Let a phone push twice, three new entries each."""
    phone = BenchPhone(ec.generate_private_key(ec.SECP256R1()), "sid=x", ACTOR)
    await add_company(database, now)
    person_id = await add_device(database, 1, ACTOR, now)
    key = public_key_text(public_jwk(phone.key))
    query = update(DeviceRow).where(col(DeviceRow.actor) == ACTOR).values(public_key=key)
    await database.write(lambda unit: unit.session.execute(query).close())
    principal = Principal(COMPANY, person_id, frozenset(("worker",)), ACTOR)
    pushes = phone.new_entries(pushes=2, operations_a_push=3)
    for push in pushes:
        body = push.request.partition(b"\r\n\r\n")[2]
        signed = read_push(json.loads(body), len(body), milliseconds(now), principal)
        outcome = await database.push(COMPANY, signed, decide_pushes)
        assert {result["st"] for result in outcome.results} == {"applied"}
    return pushes


async def everything(raw: RawDatabase) -> list[set[tuple[Any, ...]]]:
    """Return all rows of both tables, whole."""
    tables = ("operation", "time_entry")
    return [{tuple(row) for row in await raw.fetch(f"SELECT * FROM {table}")} for table in tables]
