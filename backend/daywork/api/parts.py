"""What the doors are given: the application's parts, chosen by the composition."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from litestar import Request

from daywork.api.byte_budget import ByteBudget
from daywork.api.nudges import Nudges
from daywork.api.rate_limit import RateLimit
from daywork.core.ids import OrganisationId, PersonId
from daywork.security.sealing import Seal
from daywork.store.database import Database

PUSHED_BYTES_MAX = 1_048_576  # of bodies that are being read, decided and answered


class Jobs(Protocol):
    """Durable work that a request sets off after its commit."""

    async def tell(self, organisation_id: OrganisationId, people: Collection[PersonId]) -> None:
        """Tell these people that something waits for them or came back."""
        ...

    async def post(self, organisation_id: OrganisationId) -> None:
        """Bring approved time to the ledger."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a handler may need."""

    database: Database
    jobs: Jobs
    clock: Callable[[], datetime]
    cursor_key: bytes
    seal: Seal  # closes what cannot be read yet
    push_limit: RateLimit
    nudges: Nudges
    public_url: str
    proxies: frozenset[str]
    pages: Path  # the built PWA
    vapid_public_key: str
    push_hosts: frozenset[str]  # further web push services that the operator trusts
    # Some two thousand operations as objects, twice what is decided at one time.
    push_budget: ByteBudget = field(default_factory=lambda: ByteBudget(PUSHED_BYTES_MAX))


def parts_of(request: Request[Any, Any, Any]) -> Parts:
    """Return the parts of the application that serves ``request``."""
    parts: Parts = request.app.state.parts
    return parts
