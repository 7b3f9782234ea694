"""Phones that listen are nudged when something in their sight has changed.

A nudge says nothing but "pull": whatever is lost here, the phone's next pull finds. A
door that has committed wakes its organisation's watcher at once; other processes'
commits, and those of durable work, it finds by looking at the counter, one cheap
question a second for each organisation with listeners.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from daywork.core.errors import Unavailable
from daywork.core.ids import Actor, OrganisationId
from daywork.core.principal import Principal
from daywork.store.database import Database
from daywork.store.feed import load_news
from daywork.usecases.watch_feed import Watch

# A proxy may pass a response on only when it is whole: so it ends, nudge or none.
STREAM_SECONDS = 25.0
LOOK_SECONDS = 1.0
STREAMS_A_DEVICE_MAX = 2  # a network that changed leaves a dead one behind
STREAMS_MAX = 10_000
BUSY_SECONDS = 30

HEAD = b"retry: 1000\n: listening\n\n"
NUDGE = b"event: changed\ndata: {}\n\n"

LOGGER = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Listener:
    """One open stream."""

    actor: Actor
    watch: Watch
    is_nudged: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def nudge(self) -> None:
        """Tell the phone to pull, and end."""
        self.is_nudged = True
        self.ended.set()


@dataclass(slots=True)
class _Room:
    """The listeners of one organisation, and who looks for them."""

    listeners: list[_Listener] = field(default_factory=list)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    watcher: asyncio.Task[None] | None = None


class Nudges:
    """All open streams of this process."""

    def __init__(
        self,
        database: Database,
        stream_seconds: float = STREAM_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._database = database
        self._stream_seconds = stream_seconds
        self._look_seconds = look_seconds
        self._rooms: dict[OrganisationId, _Room] = {}
        self._is_closed = False

    @property
    def count(self) -> int:
        """How many streams are open."""
        return sum(len(room.listeners) for room in self._rooms.values())

    def wake(self, organisation_id: OrganisationId) -> None:
        """Look at once whether somebody has to be nudged."""
        room = self._rooms.get(organisation_id)
        if room is not None:
            room.woken.set()

    def check_room(self) -> None:
        """Go on only if one more may listen. Raises: Unavailable."""
        if self.count >= STREAMS_MAX:
            raise Unavailable(BUSY_SECONDS)

    async def told(self, principal: Principal, watch: Watch) -> AsyncIterator[bytes]:
        """Yield what the phone is told: a head, and at most one nudge in its time."""
        yield HEAD
        if watch.is_behind:
            yield NUDGE
            return
        with self._listening(principal, watch) as listener:
            with suppress(TimeoutError):
                await asyncio.wait_for(listener.ended.wait(), self._stream_seconds)
            if listener.is_nudged:
                yield NUDGE

    def close(self) -> None:
        """End all streams, and those that still come, so that the server can stop."""
        self._is_closed = True
        for room in self._rooms.values():
            for listener in room.listeners:
                listener.ended.set()

    @contextmanager
    def _listening(self, principal: Principal, watch: Watch) -> Iterator[_Listener]:
        listener = _Listener(principal.actor, watch)
        if self._is_closed:
            listener.ended.set()
        organisation_id = principal.organisation_id
        room = self._rooms.setdefault(organisation_id, _Room())
        own = [one for one in room.listeners if one.actor == principal.actor]
        if len(own) >= STREAMS_A_DEVICE_MAX:
            own[0].ended.set()
        room.listeners.append(listener)
        room.woken.set()  # Something may have changed since it looked.
        if room.watcher is None:
            room.watcher = asyncio.create_task(self._look_for(organisation_id, room))
        try:
            yield listener
        finally:
            room.listeners.remove(listener)
            if not room.listeners:
                room.watcher.cancel()
                del self._rooms[organisation_id]

    async def _look_for(self, organisation_id: OrganisationId, room: _Room) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(room.woken.wait(), self._look_seconds)
            room.woken.clear()
            try:
                await self._look(organisation_id, room)
            except Exception:
                LOGGER.exception("nobody could be nudged; phones pull by themselves")
                await asyncio.sleep(self._look_seconds)

    async def _look(self, organisation_id: OrganisationId, room: _Room) -> None:
        waiting = [one for one in room.listeners if not one.ended.is_set()]
        if not waiting:
            return
        since = min(one.watch.counter.revision for one in waiting)
        counter, changed = await self._database.look_at(load_news(organisation_id, since))
        for listener in waiting:
            if listener.watch.concerns(counter, changed):
                listener.nudge()
            else:
                listener.watch.counter = counter
