"""A phone without a screen: it speaks the protocol as the app does.

It enrols with an invite and its own key, writes operations into its chain and its
archive first, and then per contact: hello, push what the server lacks in signed
batches of at most 200, pull to the end. A batch whose answer was lost is sent
again; the server answers what it has as duplicates.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from daywork.cli.replay_archive import Identity, PhoneArchive
from daywork.cli.replay_transport import Answer, Refused, Transport
from daywork.core.hash_chain import GENESIS, chain_hash, decode_base64url, encode_base64url, leaf
from daywork.core.json_value import JsonValue

PROTOCOL: Final = 1
SCHEMA: Final = 1
OPERATIONS_PER_PUSH_MAX: Final = 200
BYTES_PER_PUSH_MAX: Final = 200_000  # Of 262,144, to leave room for the envelope.
ROWS_PER_PULL: Final = 500
COORDINATE_BYTES: Final = 32
SIGN_INS_MAX: Final = 3


class HistoryDiffers(Exception):
    """The server knows another history of this actor; the phone must start afresh."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an operation says, before it has its place in a chain."""

    id: UUID
    entry_id: UUID
    kind: str
    written_at: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    salts: Mapping[str, bytes] = field(default_factory=dict)
    context: Mapping[str, JsonValue] = field(default_factory=dict)
    digest: str | None = None


@dataclass(slots=True)
class Phone:
    """One device of one person."""

    archive: PhoneArchive
    transport: Transport
    label: str
    cookie: str | None = None
    cursor: str | None = None
    acknowledged: int = 0  # Operations that the server is known to have.

    async def enrol(self, invite: str) -> None:
        """Become a device of the invited person.

        Raises: Refused, for instance ``invite_invalid``.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        proof = signature(key, f"daywork-enrol-v1\n{invite}".encode())
        answer = await self.transport.send(
            "POST",
            "/v1/devices",
            {
                "invite": invite,
                "label": self.label,
                "platform": "replay",
                "alg": "ES256",
                "public_key": public_jwk(key),
                "proof": proof,
            },
            None,
        )
        self.cookie = answer.cookie
        self.archive.keep_identity(Identity(answer.body["actor"], answer.body["person"]["id"], key))

    @property
    def actor(self) -> str:
        """The actor that the server gave this phone."""
        return self._identity.actor

    def write(self, drafts: Sequence[Draft]) -> int:
        """Put operations into the chain and the archive; return how many were new.

        An operation whose id is there already is left as it is.
        """
        chained: list[dict[str, Any]] = []
        previous = self.archive.last_chain_hash
        number = len(self.archive.operations)
        for draft in drafts:
            if str(draft.id) in self.archive.ids:
                continue
            number += 1
            operation, previous = chained_operation(self.actor, number, previous, draft)
            chained.append(operation)
        self.archive.append(chained)
        return len(chained)

    async def push(self, batch_max: int = OPERATIONS_PER_PUSH_MAX) -> dict[str, dict[str, Any]]:
        """Say hello and send what the server lacks; return the result of each by id.

        Raises: HistoryDiffers, Refused, Unreachable.
        """
        results: dict[str, dict[str, Any]] = {}
        known = await self._hello()
        while known < len(self.archive.operations):
            batch = self._batch_behind(known, batch_max)
            body = self._signed_batch(batch)
            try:
                answer = await self._send("POST", "/v1/sync/push", body)
            except Refused as refusal:
                if refusal.code != "gap":
                    raise
                known = int(refusal.problem["need"]) - 1
                continue
            for operation, result in zip(batch, answer.body["results"], strict=True):
                results[operation["id"]] = _unwrapped(result)
            known = self.acknowledged = int(answer.body["next"]) - 1
        return results

    async def pull(self) -> list[dict[str, Any]]:
        """Return the rows that are new since the last pull, however old what they tell of."""
        rows: list[dict[str, Any]] = []
        has_more = True
        while has_more:
            place = "" if self.cursor is None else f"&cursor={self.cursor}"
            try:
                answer = await self._send(
                    "GET", f"/v1/sync/pull?all=1&limit={ROWS_PER_PULL}{place}", None
                )
            except Refused as refusal:
                if refusal.code != "cursor_expired" or self.cursor is None:
                    raise
                self.cursor = None  # What the person may see has changed: from the beginning.
                continue
            rows.extend(answer.body["rows"])
            self.cursor = answer.body["cursor"]
            has_more = answer.body["more"]
        return rows

    async def get(self, path: str) -> Any:
        """Return the decoded body of a GET."""
        return (await self._send("GET", path, None)).body

    async def _hello(self) -> int:
        """Return the number of operations that the server has of this actor."""
        operations = self.archive.operations
        newest = operations[-1]["h"] if operations else encode_base64url(GENESIS)
        pending = operations[self.acknowledged :]
        answer = await self._send(
            "POST",
            "/v1/sync/hello",
            {
                "proto": [PROTOCOL, PROTOCOL],
                "schema": SCHEMA,
                "app": "replay/1",
                "now": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "actors": [{"a": self.actor, "q": len(operations), "h": newest}],
                "pending": len(pending),
                "oldest": pending[0]["w"] if pending else None,
                "cursor": self.cursor,
                "store": {"persisted": True, "free_mb": 0},
            },
        )
        told = answer.body["actors"][0]
        known = int(told["q"])
        if known > len(operations) or told["match"] is False:
            raise HistoryDiffers(self.actor)
        if known and operations[known - 1]["h"] != told["h"]:
            raise HistoryDiffers(self.actor)
        self.acknowledged = known
        return known

    def _batch_behind(self, known: int, batch_max: int) -> list[dict[str, Any]]:
        batch: list[dict[str, Any]] = []
        room_bytes = BYTES_PER_PUSH_MAX
        for operation in self.archive.operations[known : known + batch_max]:
            room_bytes -= len(json.dumps(operation, ensure_ascii=False).encode())
            if batch and room_bytes < 0:
                break
            batch.append(operation)
        return batch

    def _signed_batch(self, batch: Sequence[dict[str, Any]]) -> dict[str, Any]:
        return {
            "proto": PROTOCOL,
            "schema": SCHEMA,
            "actor": self.actor,
            "alg": "ES256",
            "ops": batch,
            "sig": signature(self._identity.key, decode_base64url(batch[-1]["h"])),
        }

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        """Send within the session; a session that has ended is renewed once."""
        if self.cookie is None:
            await self._renew_session()
        try:
            return await self.transport.send(method, path, body, self.cookie)
        except Refused as refusal:
            if refusal.code != "auth_expired":
                raise
        await self._renew_session()
        return await self.transport.send(method, path, body, self.cookie)

    async def _renew_session(self) -> None:
        """Sign in with the key; a nonce that was used up by a lost answer is asked anew."""
        for attempt in range(SIGN_INS_MAX):
            challenge = await self.transport.send(
                "POST", "/v1/sessions/challenge", {"actor": self.actor}, None
            )
            nonce = challenge.body["nonce"]
            text = f"daywork-session-v1\n{self.actor}\n{nonce}"
            proof = signature(self._identity.key, text.encode())
            body = {"actor": self.actor, "nonce": nonce, "sig": proof}
            try:
                answer = await self.transport.send("POST", "/v1/sessions", body, None)
            except Refused:
                if attempt + 1 == SIGN_INS_MAX:
                    raise
            else:
                self.cookie = answer.cookie
                return

    @property
    def _identity(self) -> Identity:
        assert self.archive.identity is not None, "the phone is enrolled first"
        return self.archive.identity


def chained_operation(
    actor: str, number: int, previous: bytes, draft: Draft
) -> tuple[dict[str, Any], bytes]:
    """Return the operation as it is sent, and its chain hash."""
    head: dict[str, JsonValue] = {
        "actor": actor,
        "q": number,
        "id": str(draft.id),
        "e": f"te:{draft.entry_id}",
        "by": draft.kind,
        "c": dict(draft.context),
        "w": draft.written_at,
    }
    if draft.digest is not None:
        head["dg"] = draft.digest
    leaves = {group: leaf(draft.salts[group], value) for group, value in draft.values.items()}
    own_hash = chain_hash(previous, head, leaves)
    operation: dict[str, Any] = {name: head[name] for name in head if name != "actor"}
    if draft.values:
        operation["s"] = {
            group: {"v": value, "n": encode_base64url(draft.salts[group])}
            for group, value in draft.values.items()
        }
    operation["h"] = encode_base64url(own_hash)
    return operation, own_hash


def signature(key: ec.EllipticCurvePrivateKey, message: bytes) -> str:
    """Return the ES256 signature in the form of IEEE P1363, as browsers make it."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
    raw = r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")
    return encode_base64url(raw)


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, JsonValue]:
    """Return the public key as a JSON web key."""
    point = key.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": encode_base64url(point.x.to_bytes(COORDINATE_BYTES, "big")),
        "y": encode_base64url(point.y.to_bytes(COORDINATE_BYTES, "big")),
    }


def _unwrapped(result: dict[str, Any]) -> dict[str, Any]:
    """Return the result as first answered; ``duplicate`` tells that it was one."""
    if result["st"] == "duplicate":
        return {**result["result"], "duplicate": True}
    return result
