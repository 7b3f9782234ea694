"""Looking behind the door: all that is stored, and whether a phone's chain still verifies."""

import json
from typing import Any

from sqlmodel import select

from daywork.core.hash_chain import decode_base64url
from daywork.core.operation import kept_reading
from daywork.store.metadata import TABLES
from daywork.store.operations import OperationRow
from daywork.store.unit_of_work import UnitOfWork
from support.door import Door, DoorPhone


async def everything(door: Door) -> str:
    """Return all that is stored, in one text."""

    def act(unit: UnitOfWork) -> str:
        rows = [
            str(tuple(row))
            for table in TABLES.values()
            for row in unit.session.execute(table.select())
        ]
        return "\n".join(rows)

    return await door.database.read(act)


async def chain_verifies(door: Door, phone: DoorPhone) -> bool:
    """Whether the stored operations of the phone still hash to what was signed."""

    def act(unit: UnitOfWork) -> list[tuple[dict[str, Any], bytes]]:
        query = select(OperationRow).where(OperationRow.actor == phone.chain.actor)
        rows = sorted(unit.session.scalars(query), key=lambda row: row.sequence_number)
        return [(json.loads(row.item), row.chain_hash) for row in rows]

    previous = bytes(32)
    for item, stored in await door.database.read(act):
        if kept_reading(phone.chain.actor, item).chain_hash(previous) != stored:
            return False
        previous = stored
    return previous == decode_base64url(str(phone.chain.items[-1]["h"]))
