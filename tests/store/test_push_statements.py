"""A push reads what it touches, however much its organisation has recorded."""

from pathlib import Path

import pytest

from daywork.store import push_statements as sql
from daywork.store.database import sqlite_file
from daywork.store.migration import migrate
from daywork.store.statements import Select, SelectEach
from support.plans import planned

STATEMENTS = {
    name: value for name, value in vars(sql).items() if isinstance(value, Select | SelectEach)
}
NARROW = {
    "WAITING_OPERATIONS": "ix_operation_waiting",
    "NEAR_ENTRIES": "ix_time_entry_interval (organisation_id=? AND owner_id=? AND started_at>?",
    "LONG_ENTRIES": "ix_time_entry_long",
    "ENTRIES": "(organisation_id=? AND id=?)",
    "OPERATIONS_BY_ID": "(organisation_id=? AND id=?)",
    "OPERATIONS_OF_ENTRIES": "(organisation_id=? AND entry_id=?)",
    "POSTINGS": "(organisation_id=? AND entry_id=?)",
    "CHAIN_HASHES": "(organisation_id=? AND actor=? AND sequence_number=?)",
    "KNOWN_OPERATIONS": "(organisation_id=? AND actor=? AND sequence_number=?)",
    "OPERATIONS_AT": "(organisation_id=? AND actor=? AND sequence_number=?)",
    "CLOCK_SEALS": "(organisation_id=? AND entry_id=?)",
    "NEXT_ENTRIES": "(organisation_id=? AND id>?)",
    "NEXT_HELD": "ix_operation_held",
    "DEVICES": "actor=?",
}


@pytest.mark.parametrize("name", NARROW)
async def test_no_query_of_a_push_reads_more_than_it_needs(name: str, tmp_path: Path) -> None:
    await migrate(tmp_path, None)

    plan = planned(sqlite_file(tmp_path), STATEMENTS[name])

    assert any(NARROW[name] in step for step in plan), plan


def test_every_query_of_a_push_is_looked_at_or_small() -> None:
    reference = {
        "APPROVERS",
        "CLOSED_PERIODS",
        "COUNTER",
        "EFFECTIVE_COUNT",
        "MEMBERS",
        "PROJECTS",
        "TASKS",
    }

    assert STATEMENTS.keys() == NARROW.keys() | reference
