"""A phone of a served company, that speaks through a proxy which breaks connections."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from daywork.core.hash_chain import decode_base64url
from daywork.core.ids import Actor
from support.broken_connections import Fault, Proxy, drawn, request_bytes, understood
from support.chain import Chain, allocation, interval
from support.company import Company, found_company
from support.crew import Key
from support.door import enrolment
from support.server import running_server

TRIES_MAX = 100
PUSH = "/v1/sync/push"


@dataclass
class BrokenPhone:
    """A phone: its chain, its session, and how much of the chain was acknowledged."""

    proxy: Proxy
    chain: Chain
    key: Key
    cookie: str
    acknowledged: int = 0

    def write(self, entry: str, end: str = "15:00") -> None:
        """Write a new entry."""
        values = {"time": interval("07:00", end), "alloc": allocation()}
        self.chain.write("new", self.named(entry), values)

    def named(self, entry: str) -> str:
        """Return the name of an entry of this phone's own."""
        return f"{self.chain.actor} {entry}"

    def request(self, first: int = 0, last: int | None = None) -> bytes:
        """Return the push of the operations between these places as it goes out."""
        items = self.chain.items[first:last]
        body = {
            "proto": 1,
            "schema": 1,
            "actor": self.chain.actor,
            "alg": "ES256",
            "ops": items,
            "sig": self.key.signed(decode_base64url(str(items[-1]["h"]))),
        }
        return request_bytes("POST", PUSH, body, self.cookie)

    async def push(
        self, fault: Fault | None = None, first: int = 0, last: int | None = None
    ) -> dict[str, Any] | None:
        """Push; return the answer, None if the phone cannot make anything of what it heard."""
        return understood(await self.proxy.ask(self.request(first, last), fault or Fault()))

    async def rows(self) -> list[Mapping[str, Any]]:
        """Return what the server has of this phone's person."""
        request = request_bytes("GET", "/v1/sync/pull", None, self.cookie)
        answer = understood(await self.proxy.ask(request, Fault()))
        assert answer is not None
        rows: list[Mapping[str, Any]] = answer["rows"]
        return rows

    async def stored(self) -> int:
        """Return the number of the last operation that the server has."""
        body = {"proto": [1, 1], "actors": [{"a": self.chain.actor, "q": 0, "h": None}]}
        request = request_bytes("POST", "/v1/sync/hello", body, self.cookie)
        answer = understood(await self.proxy.ask(request, Fault()))
        assert answer is not None
        return int(answer["actors"][0]["q"])


async def enrolled(company: Company, proxy: Proxy, person: str) -> BrokenPhone:
    """Make a phone one of ``person``'s devices."""
    code, key = company.invite(person).rpartition("#")[2], Key()
    raw = await proxy.ask(request_bytes("POST", "/v1/devices", enrolment(code, key), ""), Fault())
    answer = understood(raw)
    assert answer is not None
    assert answer["status"] == 201, answer
    cookie = raw.decode("latin-1").lower().partition("set-cookie: ")[2].split(";")[0]
    start = raw.decode("latin-1").lower().index(cookie)
    return BrokenPhone(
        proxy, Chain(Actor(answer["actor"])), key, raw.decode("latin-1")[start:][: len(cookie)]
    )


@contextmanager
def served_company(home: Path) -> Iterator[Company]:
    """Yield a company on a real server that lets phones push as often as they like."""
    with running_server(home, DAYWORK_PUSHES_PER_MINUTE="1000000") as server:
        yield found_company(server, "Fennick", "Europe/Berlin")


async def push_through_storm(phone: BrokenPhone, seed: int, entries: int = 4) -> int:
    """Write entries and push until all is acknowledged, whatever breaks; count the faults.

    Raises: AssertionError if then anything is missing or there twice.
    """
    chance = Random(seed)
    before, first = phone.proxy.counted, len(phone.chain.items)
    for number in range(entries):
        phone.write(f"storm {seed} {number}")
    for _ in range(TRIES_MAX):
        request = phone.request(phone.acknowledged)
        answer = understood(await phone.proxy.ask(request, drawn(chance, len(request))))
        if answer is not None and answer["status"] == 200:
            phone.acknowledged = len(phone.chain.items)
            break
        assert answer is None or answer["status"] in {400, 408}, answer
    assert phone.acknowledged == first + entries, "no_stuck_queue"
    assert await phone.stored() == len(phone.chain.items), "ack_is_durable"
    again = await phone.push(first=first)
    assert again is not None
    assert {result["st"] for result in again["results"]} == {"duplicate"}, "exactly_once_effect"
    assert len(await phone.rows()) == len(phone.chain.items), "exactly_once_effect"
    return phone.proxy.counted - before
