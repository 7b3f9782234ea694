"""The phone spells operations to the byte and goes on after every interruption."""

import json
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from daywork.cli.replay_archive import Identity, open_archive
from daywork.cli.replay_phone import (
    Draft,
    HistoryDiffers,
    Phone,
    chained_operation,
    public_jwk,
    signature,
)
from daywork.cli.replay_transport import Refused, Transport
from daywork.core.hash_chain import GENESIS, decode_base64url

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "hash.json").read_text("utf-8"))
ACTOR = "k3v9q2xd7m"


def draft_of(operation: dict[str, Any]) -> Draft:
    groups = operation.get("s", {})
    return Draft(
        id=UUID(operation["id"]),
        entry_id=UUID(operation["e"].removeprefix("te:")),
        kind=operation["by"],
        written_at=operation["w"],
        values={group: cell["v"] for group, cell in groups.items()},
        salts={group: decode_base64url(cell["n"]) for group, cell in groups.items()},
        context=operation["c"],
        digest=operation.get("dg"),
    )


def numbered_draft(number: int) -> Draft:
    return Draft(UUID(int=number), UUID(int=1000 + number), "new", "2026-03-02T17:00:00Z")


class TinyServer:
    """The few answers of the protocol that a phone's loop depends on."""

    def __init__(self) -> None:
        self.operations: list[dict[str, Any]] = []
        self.batches: list[int] = []
        self.session = "sid=first"
        self.loses_next_answer = False
        self.forgets_next_nonce = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else {}
        match request.url.path:
            case "/v1/devices":
                person = {"id": "p1", "name": "Ana", "roles": ["worker"]}
                headers = {"Set-Cookie": "sid=first; Path=/"}
                return httpx.Response(201, json={"actor": ACTOR, "person": person}, headers=headers)
            case "/v1/sessions/challenge":
                return httpx.Response(200, json={"nonce": "n"})
            case "/v1/sessions":
                if self.forgets_next_nonce:
                    self.forgets_next_nonce = False
                    return httpx.Response(401, json={"code": "bad_proof"})
                return httpx.Response(200, headers={"Set-Cookie": f"{self.session}; Path=/"})
        if request.headers.get("Cookie") != self.session:
            return httpx.Response(401, json={"code": "auth_expired"})
        if request.url.path == "/v1/sync/hello":
            return self._hello(body)
        return self._push(request, body)

    def _hello(self, body: dict[str, Any]) -> httpx.Response:
        known = len(self.operations)
        told = {
            "a": ACTOR,
            "q": known,
            "h": self.operations[-1]["h"] if known else None,
            "match": True if known >= body["actors"][0]["q"] else None,
        }
        return httpx.Response(200, json={"actors": [told]})

    def _push(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        self.batches.append(len(body["ops"]))
        results = []
        for operation in body["ops"]:
            if operation["q"] <= len(self.operations):
                results.append({"st": "duplicate", "result": {"st": "applied"}})
            else:
                self.operations.append(operation)
                results.append({"st": "applied"})
        if self.loses_next_answer:
            self.loses_next_answer = False
            raise httpx.ReadError("cut off", request=request)
        return httpx.Response(200, json={"next": len(self.operations) + 1, "results": results})


@pytest.fixture
def server() -> TinyServer:
    return TinyServer()


@pytest.fixture
async def phone(tmp_path: Path, server: TinyServer) -> Phone:
    client = httpx.AsyncClient(
        base_url="http://127.0.0.1:1", transport=httpx.MockTransport(server.answer)
    )
    phone = Phone(open_archive(tmp_path), Transport(client, jitter=Random(1)), "Ana's phone")
    await phone.enrol("secret")
    return phone


def test_operations_are_spelt_as_the_vector_says() -> None:
    previous = GENESIS
    for case in VECTOR["operations"]:
        operation, previous = chained_operation(
            VECTOR["actor"], case["op"]["q"], previous, draft_of(case["op"])
        )

        assert operation == {**case["op"], "h": case["h"]}
        assert previous.hex() == case["h_hex"]


def test_a_signature_has_the_form_that_browsers_make() -> None:
    key = ec.generate_private_key(ec.SECP256R1())

    raw = decode_base64url(signature(key, b"daywork-enrol-v1\nsecret"))

    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key.public_key().verify(
        encode_dss_signature(r, s), b"daywork-enrol-v1\nsecret", ec.ECDSA(SHA256())
    )
    assert len(raw) == 64


def test_the_public_key_names_its_point_and_nothing_secret() -> None:
    jwk = public_jwk(ec.generate_private_key(ec.SECP256R1()))

    assert sorted(jwk) == ["crv", "kty", "x", "y"]
    assert len(str(jwk["x"])) == len(str(jwk["y"])) == 43


async def test_a_push_takes_several_batches_of_at_most_200(
    phone: Phone, server: TinyServer
) -> None:
    phone.write([numbered_draft(number) for number in range(450)])

    results = await phone.push()

    assert server.batches == [200, 200, 50]
    assert [one["q"] for one in server.operations] == list(range(1, 451))
    assert len(results) == 450
    assert phone.acknowledged == 450


async def test_long_notes_make_smaller_batches(phone: Phone, server: TinyServer) -> None:
    values = {"note": "ü" * 2000}
    phone.write(
        [
            Draft(
                UUID(int=n), UUID(int=n), "new", "2026-03-02T17:00:00Z", values, {"note": bytes(16)}
            )
            for n in range(120)
        ]
    )

    await phone.push()

    assert sum(server.batches) == 120
    assert len(server.batches) > 1


async def test_a_lost_answer_is_asked_again_and_nothing_is_stored_twice(
    phone: Phone, server: TinyServer
) -> None:
    phone.write([numbered_draft(1), numbered_draft(2)])
    server.loses_next_answer = True

    results = await phone.push()

    assert [one["q"] for one in server.operations] == [1, 2]
    assert all(result == {"st": "applied", "duplicate": True} for result in results.values())


async def test_what_is_in_the_archive_is_not_written_again(
    phone: Phone, server: TinyServer
) -> None:
    first = phone.write([numbered_draft(1)])
    second = phone.write([numbered_draft(1), numbered_draft(2)])
    await phone.push()

    assert (first, second) == (1, 1)
    assert len(server.operations) == 2


async def test_a_server_that_was_set_back_gets_its_operations_again(
    phone: Phone, server: TinyServer
) -> None:
    phone.write([numbered_draft(number) for number in range(5)])
    await phone.push()
    del server.operations[2:]

    await phone.push()

    assert [one["q"] for one in server.operations] == [1, 2, 3, 4, 5]


async def test_a_session_that_has_ended_is_renewed_with_the_key(
    phone: Phone, server: TinyServer
) -> None:
    server.session = "sid=second"
    server.forgets_next_nonce = True
    phone.write([numbered_draft(1)])

    await phone.push()

    assert phone.cookie == "sid=second"
    assert len(server.operations) == 1


async def test_a_sign_in_that_is_always_refused_ends(phone: Phone, server: TinyServer) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    phone.archive.keep_identity(Identity(ACTOR, "p1", key))
    phone.cookie = None
    phone.transport.client = httpx.AsyncClient(
        base_url="http://127.0.0.1:1",
        transport=httpx.MockTransport(
            lambda request: (
                httpx.Response(401, json={"code": "bad_proof"})
                if request.url.path == "/v1/sessions"
                else server.answer(request)
            )
        ),
    )

    with pytest.raises(Refused, match="bad_proof"):
        await phone.push()


async def test_another_history_on_the_server_is_noticed(phone: Phone, server: TinyServer) -> None:
    phone.write([numbered_draft(1)])
    await phone.push()
    server.operations[0] = {**server.operations[0], "h": "A" * 43}
    phone.write([numbered_draft(2)])

    with pytest.raises(HistoryDiffers):
        await phone.push()


async def test_a_server_that_is_ahead_is_noticed(phone: Phone, server: TinyServer) -> None:
    server.operations = [{"q": 1, "h": "A" * 43}]

    with pytest.raises(HistoryDiffers):
        await phone.push()
