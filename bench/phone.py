"""Phones that write and sign everything before the clock starts."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

from bench.stored_rows import PushedRange
from bench.wire import get_request, post_request
from daywork.cli.replay_phone import (
    PROTOCOL,
    SCHEMA,
    Draft,
    chained_operation,
    public_jwk,
    signature,
)
from daywork.cli.replay_transport import Transport
from daywork.core.hash_chain import GENESIS, decode_base64url
from daywork.core.json_value import JsonValue

FIRST_DAY: Final = datetime(2015, 1, 5, 6, 0, tzinfo=UTC)
ENTRIES_A_DAY: Final = 4
HOURS_APART: Final = 2
WORKED: Final = timedelta(hours=1, minutes=45)
SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Push:
    """A signed request, ready to be sent, and what it brings."""

    request: bytes
    brings: PushedRange


@dataclass(slots=True)
class BenchPhone:
    """One enrolled device; its chain goes on through the whole run."""

    key: ec.EllipticCurvePrivateKey
    cookie: str
    actor: str
    project_id: UUID | None = None
    number: int = 0
    last_hash: bytes = GENESIS
    _entries: int = field(default=0)

    def new_entries(self, pushes: int, operations_a_push: int) -> list[Push]:
        """Return pushes that each create so many time entries, one after the other in time."""
        return [
            self._push([self._entry_draft() for _ in range(operations_a_push)])
            for _ in range(pushes)
        ]

    def approvals(
        self, rows: Sequence[Mapping[str, Any]], digests: Sequence[str], operations_a_push: int
    ) -> list[Push]:
        """Return pushes that approve each of these rows as they stand."""
        drafts = [
            Draft(
                id=_new_id(),
                entry_id=UUID(row["id"].removeprefix("te:")),
                kind="approve",
                written_at=_text(datetime.now(UTC)),
                context=row["vv"],
                digest=digest,
            )
            for row, digest in zip(rows, digests, strict=True)
        ]
        return [
            self._push(drafts[first : first + operations_a_push])
            for first in range(0, len(drafts), operations_a_push)
        ]

    def pull(self, rows: int, cursor: str | None = None) -> bytes:
        """Return the request for a page behind ``cursor``."""
        place = "" if cursor is None else f"&cursor={cursor}"
        return get_request(f"/v1/sync/pull?limit={rows}{place}", self.cookie)

    def _push(self, drafts: Sequence[Draft]) -> Push:
        first = self.number + 1
        operations = []
        for draft in drafts:
            self.number += 1
            operation, self.last_hash = chained_operation(
                self.actor, self.number, self.last_hash, draft
            )
            operations.append(operation)
        body = {
            "proto": PROTOCOL,
            "schema": SCHEMA,
            "actor": self.actor,
            "alg": "ES256",
            "ops": operations,
            "sig": signature(self.key, decode_base64url(operations[-1]["h"])),
        }
        request = post_request("/v1/sync/push", body, self.cookie)
        return Push(request, PushedRange(self.actor, first, self.number))

    def _entry_draft(self) -> Draft:
        day, turn = divmod(self._entries, ENTRIES_A_DAY)
        self._entries += 1
        start = FIRST_DAY + timedelta(days=day, hours=turn * HOURS_APART)
        values = _entry_values(start, self.project_id)
        salts = {group: os.urandom(SALT_BYTES) for group in values}
        return Draft(_new_id(), _new_id(), "new", _text(start + WORKED), values, salts)


async def enrolled_phone(transport: Transport, invite: str) -> BenchPhone:
    """Return a phone of the invited person."""
    key = ec.generate_private_key(ec.SECP256R1())
    answer = await transport.send(
        "POST",
        "/v1/devices",
        {
            "invite": invite,
            "label": "Bench",
            "platform": "bench",
            "alg": "ES256",
            "public_key": public_jwk(key),
            "proof": signature(key, f"daywork-enrol-v1\n{invite}".encode()),
        },
        None,
    )
    assert answer.cookie is not None, "a phone that enrols is signed in"
    return BenchPhone(key, answer.cookie, answer.body["actor"])


def _entry_values(start: datetime, project_id: UUID | None) -> dict[str, JsonValue]:
    return {
        "time": {
            "start": _text(start),
            "end": _text(start + WORKED),
            "brk": [],
            "tz": "Europe/Berlin",
            "src": "timer",
            "elapsed": None,
        },
        "alloc": {
            "project": None if project_id is None else str(project_id),
            "task": None,
            "billable": True,
            "kind": "work",
        },
        "note": "Second fix, stairwell B",
    }


def _new_id() -> UUID:
    """Return a UUID of version 7, as phones make them: in the order of time."""
    stamp = (time.time_ns() // 1_000_000).to_bytes(6)
    rest = bytearray(os.urandom(10))
    rest[0] = rest[0] & 0x0F | 0x70
    rest[2] = rest[2] & 0x3F | 0x80
    return UUID(bytes=stamp + bytes(rest))


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
