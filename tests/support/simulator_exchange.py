"""One exchange of a simulated phone with the server: hello, push, pull, mend a fork."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from daywork.core.ids import Actor
from daywork.core.instant import instant_text
from support.crew import Key
from support.simulator_network import PUSH, Network
from support.simulator_phone import Phone, Truth, Written, head
from support.simulator_server import Answer

RESEND_PERCENT = 30
PAGES_MAX = 200


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a phone is given when it becomes a device."""

    actor: Actor
    key: Key
    cookie: str


@dataclass
class Exchange:
    """What phones need to sync: the network, and fresh names for what was forked."""

    network: Network
    chance: random.Random
    truth: Truth
    log: dict[tuple[str, int], Written]  # what the server has, by dot
    branch: Callable[[Phone, Actor, int, Key], Awaitable[Enrolled]]
    new_key: Callable[[], Key]
    page_rows: int = 500
    # Mistakes that can be planted.
    compares_at_servers_last_only: bool = False
    reissues_onto_current: bool = False
    pushes_without_last_stored: bool = False
    mended: int = 0

    async def sync(self, phone: Phone) -> bool:
        """Say hello, push what the server lacks, pull. Return whether anything moved."""
        mended = self.mended
        return await self._exchanged(phone) or self.mended > mended

    async def _exchanged(self, phone: Phone) -> bool:
        greeted = await self._hello(phone, phone.heads())
        if greeted is None:
            return False
        has_moved = False
        for theirs in greeted:
            actor = Actor(theirs["a"])
            shared = await self._shared_if_forked(phone, actor, theirs)
            if shared is not None:
                await self._mend(phone, actor, shared)
                return True
            sent = await self._push(phone, actor, theirs["q"])
            if sent is None:
                return has_moved
            has_moved = has_moved or sent
        return await self._pull(phone) or has_moved

    def _first_to_send(self, stored: int) -> int:
        """Return behind which number a push begins.

        The last operation that the server has goes along: if its history was replaced
        between hello and push, the push is refused as forked instead of being taken as
        the continuation of another branch.
        """
        if self.pushes_without_last_stored:
            return stored
        again = 3 if self.chance.randrange(100) < RESEND_PERCENT else 1
        return max(0, stored - again)

    def next_push(self, phone: Phone) -> dict[str, Any]:
        """Return the push that the phone would send now."""
        chain = phone.chains[phone.actor]
        stored = max((q for actor, q in self.log if actor == phone.actor), default=0)
        return phone.batch(chain[self._first_to_send(stored) :])

    async def _hello(self, phone: Phone, heads: list[dict[str, Any]]) -> list[Any] | None:
        clock = int(self.network.seconds) + phone.clock_skew_seconds
        body = {
            "proto": [1, 1],
            "schema": 1,
            "app": "simulator/1",
            "now": instant_text(clock),
            "actors": heads,
            "pending": sum(one["q"] for one in heads),
            "oldest": None,
            "cursor": phone.cursor,
            "store": {"persisted": True, "free_mb": 100},
        }
        answer = await self._ask(phone, "POST", "/v1/sync/hello", body)
        if answer is None or answer.status != 200:
            return None
        actors: list[Any] = answer.body["actors"]
        return actors

    async def _ask(self, phone: Phone, method: str, path: str, body: Any = None) -> Answer | None:
        """Ask in the phone's session, which is renewed once if it has ended."""
        answer = await self.network.ask(phone, method, path, body)
        if answer is None or answer.code != "auth_expired":
            return answer
        if not await self._signed_in(phone):
            return None
        return await self.network.ask(phone, method, path, body)

    async def _signed_in(self, phone: Phone) -> bool:
        asked = await self.network.ask(
            phone, "POST", "/v1/sessions/challenge", {"actor": phone.actor}
        )
        if asked is None:
            return False
        nonce = asked.body["nonce"]
        text = f"daywork-session-v1\n{phone.actor}\n{nonce}"
        proof = {"actor": phone.actor, "nonce": nonce, "sig": phone.key.signed(text.encode())}
        answer = await self.network.ask(phone, "POST", "/v1/sessions", proof)
        if answer is None:
            return False
        if answer.status == 200:
            assert answer.cookie is not None, "a sign-in gives a session"
            phone.cookie = answer.cookie
            return True
        # The request was doubled and this is the second answer, or the device is
        # younger than the copy that the server was set back to.
        if await self._is_known(phone):
            return False
        await self._mend(phone, phone.actor, 0)
        return True

    async def _is_known(self, phone: Phone) -> bool:
        return phone.actor in {actor for (actor,) in await self._actors()}

    async def _actors(self) -> Any:
        return await self.network.server.copies.rows(
            "SELECT actor FROM device WHERE organisation_id = {organisation}"
        )

    async def _shared_if_forked(
        self, phone: Phone, actor: Actor, theirs: Mapping[str, Any]
    ) -> int | None:
        """Return how much of the chain the server shares, None if it is not forked."""
        chain = phone.chains[actor]
        if theirs.get("known") is False:
            return 0 if chain or actor == phone.actor else None
        number, own = theirs["q"], len(chain)
        if number > own and self.compares_at_servers_last_only:
            return None
        if theirs["match"] is False:
            return await self._match_at(phone, actor)
        if theirs["match"] is None and number and chain[number - 1].item["h"] != theirs["h"]:
            return await self._match_at(phone, actor)
        return own if number > own and actor == phone.actor else None

    async def _match_at(self, phone: Phone, actor: Actor) -> int | None:
        """Halve the chain with hellos until the last shared operation is found."""
        chain = phone.chains[actor]
        low, high = 0, len(chain)  # The server shares ``low``, and less than ``high``.
        while high - low > 1:
            middle = (low + high) // 2
            heads = [head(actor, chain[:middle])]
            greeted = await self._hello(phone, heads)
            if greeted is None:
                return None
            (theirs,) = greeted
            # Where the server has less than that, ``match`` is null.
            low, high = (middle, high) if theirs["match"] else (low, middle)
        return low

    async def _mend(self, phone: Phone, forked: Actor, shared: int) -> None:
        self.mended += 1
        if self.reissues_onto_current and forked != phone.actor:
            phone.mend_fork(forked, shared, phone.actor)
            return
        given = await self.branch(phone, forked, shared, self.new_key())
        is_current = forked == phone.actor
        if is_current:
            phone.become(given.actor, given.key, given.cookie)
        else:
            phone.keys[given.actor] = given.key
            phone.chains[given.actor] = ()
        phone.mend_fork(forked, shared, given.actor)

    async def _push(self, phone: Phone, actor: Actor, stored: int) -> bool | None:
        """Push what is behind ``stored``; return whether any was new, None if it ends here."""
        chain = phone.chains[actor][self._first_to_send(stored) :]
        if len(phone.chains[actor]) <= stored:
            return False
        answer = await self._ask(phone, "POST", PUSH, phone.batch(chain))
        if answer is None:
            return None
        if answer.status == 200:
            return any(result["st"] != "duplicate" for result in answer.body["results"])
        # Somebody else pushed or the server was set back since hello: begin again later.
        assert answer.code in {"forked", "gap", "not_your_device"}, answer.body
        return None

    async def _pull(self, phone: Phone) -> bool:
        has_moved = False
        for _ in range(PAGES_MAX):
            place = "" if phone.cursor is None else f"&cursor={phone.cursor}"
            path = f"/v1/sync/pull?limit={self.page_rows}{place}"
            answer = await self._ask(phone, "GET", path)
            if answer is None:
                return has_moved
            if answer.code in {"cursor_expired", "cursor_invalid"}:
                phone.forget_rows()
                continue
            assert answer.status == 200, answer.body
            page = answer.body
            if self._is_cloned(phone, page):
                shared = await self._match_at_end(phone)
                if shared is not None:
                    await self._mend(phone, phone.actor, shared)
                return True
            has_moved = self._take(phone, page) or has_moved
            if not page["more"]:
                return has_moved
        message = "a pull ends"
        raise AssertionError(message)

    async def _match_at_end(self, phone: Phone) -> int | None:
        greeted = await self._hello(phone, [head(phone.actor, phone.chains[phone.actor])])
        if greeted is None:
            return None
        return await self._shared_if_forked(phone, phone.actor, greeted[0])

    def _is_cloned(self, phone: Phone, page: Mapping[str, Any]) -> bool:
        """Whether somebody went on under this phone's name."""
        own = len(phone.chains[phone.actor])
        return any(row["vv"].get(phone.actor, [0])[0] > own for row in page["rows"])

    def _take(self, phone: Phone, page: Mapping[str, Any]) -> bool:
        ids = {dot: written.id for dot, written in self.log.items()}
        for row in page["rows"]:
            phone.learn(row, ids, self.truth)
        for gone in page["gone"]:
            phone.rows.pop(gone["id"], None)
        phone.cursor, phone.epoch = page["cursor"], page["epoch"]
        return bool(page["rows"] or page["gone"])
