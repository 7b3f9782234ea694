"""HTTP as a phone in the field needs it: it expects to be cut off and asks again.

A lost connection is tried again with full jitter; 429 and 503 are tried again
after the server's own ``Retry-After``. Only when nothing was heard for GIVE_UP_SECONDS
the phone gives up. Requests are safe to repeat: what the server has already is
answered as a duplicate.
"""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx

CLIENT_NAME: Final = "replay"
GIVE_UP_SECONDS: Final = 120.0
FIRST_WAIT_SECONDS: Final = 0.05
LONGEST_WAIT_SECONDS: Final = 2.0
ANSWER_SECONDS_MAX: Final = 60.0
CONNECTIONS_MAX: Final = 16

_COME_AGAIN: Final = frozenset((httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE))


class Unreachable(Exception):
    """Nothing was heard of the server for GIVE_UP_SECONDS."""


class Refused(Exception):
    """The server answered with a problem; ``code`` is its stable word."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        """``problem`` holds the members of the problem document."""
        self.status = status
        self.code = str(problem.get("code", ""))
        self.problem = problem
        super().__init__(f"{status} {self.code or problem.get('title', '')}".strip())


@dataclass(slots=True)
class Traffic:
    """What went over the wire, for the summary."""

    requests: int = 0
    lost_connections: int = 0
    waits: int = 0  # Times that the server asked us to come again later.
    waited_seconds: float = 0.0


@dataclass(slots=True)
class Answer:
    """A decoded body, and the session cookie when the server set one."""

    body: Any
    cookie: str | None


@dataclass(slots=True)
class Transport:
    """The connections that all phones of one replay share."""

    client: httpx.AsyncClient
    traffic: Traffic = field(default_factory=Traffic)
    jitter: random.Random = field(default_factory=random.Random)

    async def send(
        self, method: str, path: str, body: Mapping[str, Any] | None, cookie: str | None
    ) -> Answer:
        """Send until the server has answered; return its answer.

        Raises: Refused for 4xx and 5xx other than "come again", Unreachable.
        """
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"X-Daywork-Client": CLIENT_NAME}
        if content is not None:
            headers["Content-Type"] = "application/json"
        if cookie is not None:
            headers["Cookie"] = cookie
        silent_since = time.monotonic()
        longest_wait = FIRST_WAIT_SECONDS
        while True:
            self.traffic.requests += 1
            try:
                response = await self.client.request(method, path, content=content, headers=headers)
            except httpx.TransportError as error:
                self.traffic.lost_connections += 1
                if time.monotonic() - silent_since > GIVE_UP_SECONDS:
                    msg = f"nothing was heard of {self.client.base_url} for {GIVE_UP_SECONDS:.0f} s"
                    raise Unreachable(msg) from error
                await asyncio.sleep(self.jitter.uniform(0, longest_wait))
                longest_wait = min(2 * longest_wait, LONGEST_WAIT_SECONDS)
                continue
            if response.status_code not in _COME_AGAIN:
                return _answer(response)
            silent_since = time.monotonic()
            await self._wait_as_asked(response)

    async def _wait_as_asked(self, response: httpx.Response) -> None:
        asked = response.headers.get("Retry-After", "1")
        seconds = float(asked) if asked.isdigit() else 1.0
        seconds += self.jitter.uniform(0, seconds / 4)
        self.traffic.waits += 1
        self.traffic.waited_seconds += seconds
        await asyncio.sleep(seconds)


def open_client(url: str) -> httpx.AsyncClient:
    """Return a client that keeps its connections and no cookies."""
    keeps_none = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        base_url=url,
        cookies=keeps_none,
        timeout=ANSWER_SECONDS_MAX,
        limits=httpx.Limits(
            max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX
        ),
        # Packing costs both sides more than the loopback interface saves.
        headers={"Accept-Encoding": "identity"},
        trust_env=False,  # The server is ours, on this machine: no proxy between.
    )


def _answer(response: httpx.Response) -> Answer:
    try:
        body = response.json() if response.content else None
    except ValueError:
        body = None
    if response.is_error:
        problem = body if isinstance(body, dict) else {"title": response.reason_phrase}
        raise Refused(response.status_code, problem)
    cookie = response.headers.get("Set-Cookie")
    return Answer(body, None if cookie is None else cookie.split(";")[0])
