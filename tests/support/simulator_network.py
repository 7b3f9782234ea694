"""Between phones and the server of the simulator: everything that goes wrong on the way.

Requests and replies are lost, doubled, cut, delayed behind later ones; a phone can be
cut off in one direction for a while. Time is the server's virtual clock.
"""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from support.simulator_phone import Phone
from support.simulator_server import Answer, SimulatedServer

REQUEST_LOSS_PERCENT = 7
REPLY_LOSS_PERCENT = 10
DOUBLED_PERCENT = 10
DELAYED_PERCENT = 7
CUT_PERCENT = 3
DELAY_SECONDS_MAX = 7_200
PUSH = "/v1/sync/push"


@dataclass(frozen=True, slots=True)
class Request:
    """A request on its way."""

    method: str
    path: str
    body: Any
    cookie: str


@dataclass
class Network:
    """The way from every phone to the server and back."""

    server: SimulatedServer
    chance: random.Random
    heard: Callable[[Request, Answer], None]  # told of every answer, also of lost ones
    is_healthy: bool = False
    cut_out: dict[str, float] = field(default_factory=dict)  # phone's name: until (seconds)
    cut_in: dict[str, float] = field(default_factory=dict)
    late: list[tuple[float, Request]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """The server's clock."""
        return self.server.now.timestamp()

    async def ask(self, phone: Phone, method: str, path: str, body: Any = None) -> Answer | None:
        """Return the answer, or None if the phone never hears one."""
        request = Request(method, path, body, phone.cookie)
        if self.is_healthy:
            return await self._deliver(request)
        if self.cut_out.get(phone.name, 0) > self.seconds or self._happens(REQUEST_LOSS_PERCENT):
            return self._counted("request lost")
        if self._happens(DELAYED_PERCENT):
            due = self.seconds + self.chance.randrange(DELAY_SECONDS_MAX)
            self.late.append((due, request))
            return self._counted("delayed")
        if body is not None and self._happens(CUT_PERCENT):
            await self._deliver_cut(request)
            return self._counted("cut")
        if self._happens(DOUBLED_PERCENT):
            self._count("doubled")
            answers = await asyncio.gather(self._deliver(request), self._deliver(request))
            answer = self.chance.choice(answers)
        else:
            answer = await self._deliver(request)
        is_cut_off = self.cut_in.get(phone.name, 0) > self.seconds
        if is_cut_off or self._happens(REPLY_LOSS_PERCENT):
            return self._counted("reply lost")
        return answer

    async def deliver_late(self, *, everything: bool = False) -> None:
        """Let delayed requests arrive, in whatever order; nobody waits for the answers."""
        due = [one for one in self.late if everything or one[0] <= self.seconds]
        self.late = [one for one in self.late if one not in due]
        self.chance.shuffle(due)
        for _, request in due:
            await self._deliver(request)

    def delay(self, cookie: str, body: Any) -> None:
        """Let a push go out that arrives some time later."""
        self.late.append((self.seconds + DELAY_SECONDS_MAX, Request("POST", PUSH, body, cookie)))

    async def _deliver(self, request: Request) -> Answer:
        answer = await self.server.ask(request.method, request.path, request.body, request.cookie)
        assert answer.status < 500, f"no 5xx: {request.path} {answer.body}"
        self.heard(request, answer)
        return answer

    async def _deliver_cut(self, request: Request) -> None:
        whole = json.dumps(request.body).encode()
        part = whole[: self.chance.randrange(len(whole))]
        answer = await self.server.ask(request.method, request.path, part, request.cookie)
        assert answer.status == 400, f"a cut body is refused, not {answer.status}"

    def _happens(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def _counted(self, what: str) -> Answer | None:
        """Count what went wrong; the phone hears nothing."""
        self._count(what)
        return None

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
