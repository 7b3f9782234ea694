"""The only place that chooses implementations."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import httpx

from daywork.accounting.vendors.plain_text import PlainTextLedger
from daywork.api.nudges import Nudges
from daywork.api.parts import Parts
from daywork.api.rate_limit import RateLimit
from daywork.api.static_pages import pages_folder
from daywork.core.ids import OrganisationId
from daywork.jobs.engine import DurableJobs, durable_jobs
from daywork.jobs.tools import Tools
from daywork.notifications.public_transport import open_public_transport
from daywork.notifications.vapid import contact_of, load_vapid_key
from daywork.notifications.web_push import WebPushSender
from daywork.security.sealing import Seal
from daywork.security.secrets import key_file
from daywork.settings import Settings
from daywork.store.backup import back_up, forget_old
from daywork.store.database import Database, open_database
from daywork.store.durability import refuse_unsafe_settings
from daywork.store.epoch_marker import EpochMarker
from daywork.store.home_lock import make_home
from daywork.store.migration import migrate
from daywork.store.push_lane import SignedBatch
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.keep_epochs import keep_epochs
from daywork.usecases.release_operations import learnt
from daywork.usecases.sync_time_entries import decide_pushes


@dataclass(frozen=True, slots=True)
class World:
    """What lies outside and may be another in tests: the clock and the network."""

    clock: Callable[[], datetime]
    open_push_transport: Callable[[Collection[str]], httpx.AsyncBaseTransport] = (
        open_public_transport
    )


def real_world() -> World:
    """Return the clock of the machine and its network."""
    return World(clock=lambda: datetime.now(UTC))


@asynccontextmanager
async def composed(settings: Settings, world: World) -> AsyncIterator[Parts]:
    """Yield the application's parts, with the durable work running.

    The caller holds the home's lock where the database is SQLite.
    """
    keys = settings.home / "keys"
    async with AsyncExitStack() as stack:
        database = await open_store(settings)
        stack.push_async_callback(database.close)
        marker = EpochMarker(settings.epoch_marker)
        await keep_marks(database, marker)
        stack.push_async_callback(keep_marks, database, marker)
        seal = Seal(key_file(keys, "seal.key"))
        await read_learnt(database, seal, world.clock())
        vapid = load_vapid_key(keys, contact_of(settings.public_url))
        sender = WebPushSender(vapid, partial(world.open_push_transport, settings.push_hosts))
        tools = Tools(
            database=database,
            ledger=PlainTextLedger(settings.home / "ledger"),
            sender=sender,
            clock=world.clock,
            hold_seconds=settings.posting_hold_seconds,
            marker=marker,
            back_up=partial(_back_up, settings),
        )
        jobs: DurableJobs = await stack.enter_async_context(
            durable_jobs(settings.home, settings.database_url, tools)
        )
        yield Parts(
            database=database,
            jobs=jobs,
            clock=world.clock,
            cursor_key=key_file(keys, "cursor.key"),
            seal=seal,
            push_limit=RateLimit(settings.pushes_per_minute),
            nudges=Nudges(database),
            public_url=settings.public_url,
            proxies=settings.proxies,
            pages=pages_folder(),
            vapid_public_key=vapid.public_key,
            push_hosts=settings.push_hosts,
        )


async def keep_marks(database: Database, marker: EpochMarker) -> None:
    """Notice a database that was set back, and write down how far each history has come."""
    known = marker.read()
    marker.write(await database.write(lambda unit: keep_epochs(unit, known)))


async def read_learnt(database: Database, seal: Seal, now: datetime) -> None:
    """Judge what phones sent under a schema that only this version knows."""
    for organisation in await database.read(lambda unit: unit.organisations.all()):
        organisation_id = organisation.id

        def find(unit: UnitOfWork, of: OrganisationId = organisation_id) -> Sequence[SignedBatch]:
            return learnt(unit, of, seal, now)

        for signed in await database.read(find):
            await database.push(organisation_id, signed, decide_pushes)


def _back_up(settings: Settings, now: datetime) -> None:
    if settings.database_url is None and settings.backups_kept:
        back_up(settings.home, settings.backups, now)
        forget_old(settings.backups, settings.backups_kept)


async def open_store(settings: Settings) -> Database:
    """Return the database at its newest schema.

    Raises: DatabaseUnreachable; DatabaseUnsafe if PostgreSQL could lose what was
    acknowledged; ValueRefused if the home cannot be written to.
    """
    make_home(settings.home)
    if settings.database_url is not None:
        await refuse_unsafe_settings(settings.database_url)
    await migrate(settings.home, settings.database_url)
    return open_database(settings.home, settings.database_url)
