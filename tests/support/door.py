"""The server's door without a network: the real application on a real database.

Only the durable work behind it is a list: what a request sets off is looked at
where the work itself is tested.
"""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx

from daywork.api.nudges import Nudges
from daywork.api.office_commands import run_office_command
from daywork.api.parts import Parts
from daywork.api.rate_limit import RateLimit
from daywork.app import create_app
from daywork.core.canonical_json import canonical
from daywork.core.hash_chain import decode_base64url, encode_base64url
from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.json_value import JsonValue
from daywork.security.sealing import Seal
from daywork.store.database import Database
from support.chain import Chain, allocation, interval
from support.crew import Key

HOST = "http://localhost:8000"
CLIENT = {"X-Daywork-Client": "tests"}
PUSHES_PER_MINUTE = 60
PROXY = "192.0.2.1"


@dataclass
class JobList:
    """What requests set off, in order."""

    told: list[Collection[PersonId]] = field(default_factory=list)
    posted: list[OrganisationId] = field(default_factory=list)

    async def tell(self, organisation_id: OrganisationId, people: Collection[PersonId]) -> None:
        """Note who would be told."""
        assert organisation_id.version is not None
        self.told.append(people)

    async def post(self, organisation_id: OrganisationId) -> None:
        """Note whose approved time would go to the ledger."""
        self.posted.append(organisation_id)


@dataclass
class Moment:
    """The server's clock, which a test sets."""

    now: datetime


@dataclass
class Door:
    """The application, its clock, and the office behind it."""

    database: Database
    client: httpx.AsyncClient
    jobs: JobList
    moment: Moment
    parts: Parts
    organisation: str = ""
    app: Any = None

    async def office(self, command: str, /, **arguments: Any) -> dict[str, Any]:
        """Run a command of the office."""
        return await run_office_command(self.database, HOST, self.moment.now, command, arguments)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        cookie: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Send a request as a named client; ``body`` is JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else None
        if body is not None and content is None:
            content = json.dumps(body, ensure_ascii=False).encode()
        given = CLIENT | {name.replace("_", "-"): text for name, text in headers.items()}
        if cookie is not None:
            given["Cookie"] = cookie
        return await self.client.request(method, path, content=content, headers=given)

    async def invite(self, person: str, role: str = "worker", **more: str) -> str:
        """Return the code of a fresh invite."""
        wish = {"person": person, "role": role, "organisation": self.organisation, **more}
        return str((await self.office("invite", **wish))["invite"])

    async def enrolled(
        self, person: str, role: str = "worker", cookie: str | None = None, **more: str
    ) -> "DoorPhone":
        """Return a phone that has become a device of ``person``; it may still have a session."""
        code, key = await self.invite(person, role, **more), Key()
        answer = await self.send("POST", "/v1/devices", enrolment(code, key), cookie)
        assert answer.status_code == 201, answer.text
        said = answer.json()
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        return DoorPhone(self, Chain(Actor(said["actor"])), key, cookie, said["person"]["id"])


@dataclass
class DoorPhone:
    """A phone that speaks through the door."""

    door: Door
    chain: Chain
    key: Key
    cookie: str
    person_id: str
    pushed: int = 0

    def write(
        self, entry: str, start: str = "07:00", end: str | None = "15:00", **more: Any
    ) -> None:
        """Write a new entry."""
        values = {"time": interval(start, end), "alloc": allocation(), **more}
        self.chain.write("new", entry, values)

    def body(self, items: Sequence[Mapping[str, JsonValue]], **changes: Any) -> dict[str, Any]:
        """Return a signed push of ``items``."""
        signature = self.key.signed(decode_base64url(str(items[-1]["h"]))) if items else "A" * 86
        return {
            "proto": 1,
            "schema": 1,
            "actor": self.chain.actor,
            "alg": "ES256",
            "ops": list(items),
            "sig": signature,
        } | changes

    async def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Send a request in this phone's session."""
        return await self.door.send(method, path, body, self.cookie)

    async def push(self) -> list[dict[str, Any]]:
        """Push what was not pushed before; return the results."""
        answer = await self.ask("POST", "/v1/sync/push", self.body(self.chain.items[self.pushed :]))
        assert answer.status_code == 200, answer.text
        self.pushed = len(self.chain.items)
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def push_items(self, items: Sequence[Mapping[str, JsonValue]]) -> list[dict[str, Any]]:
        """Push ``items`` as they are; return the results."""
        answer = await self.try_push(items)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def try_push(
        self, items: Sequence[Mapping[str, JsonValue]], **changes: Any
    ) -> httpx.Response:
        """Push ``items`` and return the answer as it came."""
        return await self.ask("POST", "/v1/sync/push", self.body(items, **changes))

    async def decide(
        self, kind: str, entry: str, row: Mapping[str, Any], **values: Any
    ) -> dict[str, Any]:
        """Decide about the entry as ``row`` shows it; return the result.

        ``dg`` replaces the digest; other values go into the decision.
        """
        digest = values.pop("dg", None) or row_digest(row)
        self.chain.write(kind, entry, values, row["vv"], dg=digest)
        return (await self.push())[-1]

    async def pull(self, cursor: str | None = None, limit: int = 500) -> dict[str, Any]:
        """Return one page of the feed."""
        place = "" if cursor is None else f"&cursor={cursor}"
        answer = await self.ask("GET", f"/v1/sync/pull?limit={limit}{place}")
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    async def rows(self) -> dict[str, dict[str, Any]]:
        """Return all rows that this phone may see, by id."""
        return {row["id"]: row for row in (await self.pull())["rows"]}


def enrolment(code: str, key: Key, **changes: Any) -> dict[str, Any]:
    """Return the body with which a phone becomes a device."""
    return {
        "invite": code,
        "label": "Ana's phone",
        "platform": "android",
        "alg": "ES256",
        "public_key": key.jwk,
        "proof": key.signed(f"daywork-enrol-v1\n{code}".encode()),
    } | changes


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal; its form is the documents'."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["type"] == f"urn:daywork:problem:{said['code']}"
    assert said["title"]
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, str(said["code"])


def row_digest(row: Mapping[str, Any]) -> str:
    """Return what a phone signs when it decides about ``row``: the first of its values."""
    said = {group: row["v"][group][0] for group in ("time", "alloc", "life") if row["v"].get(group)}
    return "sha256:" + encode_base64url(sha256(canonical(said)).digest())


@asynccontextmanager
async def opened_door(database: Database, now: datetime, **settings: Any) -> AsyncIterator[Door]:
    """Yield the application with one organisation; ``settings`` replace parts of it."""
    jobs = JobList()
    moment = Moment(now)
    usual = Parts(
        database=database,
        jobs=jobs,
        clock=lambda: moment.now,
        cursor_key=bytes(32),
        seal=Seal(bytes(32)),
        push_limit=RateLimit(PUSHES_PER_MINUTE),
        nudges=Nudges(database),
        public_url=HOST,
        proxies=frozenset((PROXY,)),
        pages=Path("/nonexistent"),
        vapid_public_key="B",
        push_hosts=frozenset(),
    )
    parts = replace(usual, **settings)
    app: Any = create_app(parts)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    # Each request gives its own cookie: no jar between them.
    none = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    async with httpx.AsyncClient(transport=transport, base_url=HOST, cookies=none) as client:
        door = Door(database, client, jobs, moment, parts, app=app)
        made = await door.office(
            "org create", name="Fennick", time_zone="Europe/Berlin", currency="EUR"
        )
        door.organisation = made["id"]
        yield door
