"""One queue an organisation: waiting pushes share a load, a decision and a commit.

While one group is being committed, the pushes that arrive wait together for the
next. On PostgreSQL this keeps many phones of one company from standing in line
for its counter row one transaction at a time; on SQLite it feeds the writer
thread. Nothing is kept here beyond a request: a push that was not answered is
sent again by its phone.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from daywork.core.errors import DomainError
from daywork.core.ids import Dot, OrganisationId, TimeEntryId
from daywork.core.ingestion import ItemFailed
from daywork.core.push_batch import PushedBatch
from daywork.core.working_set import WorkingSet
from daywork.store.push_loading import ReferenceCache, load
from daywork.store.push_saving import save
from daywork.store.shared_turns import SharedTurns
from daywork.store.statements import Steps

PUSHES_MAX = 64
OPERATIONS_MAX = 1_000
FAILURES_MAX = 200  # items of one group that may meet a bug before it is given up

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A batch with the signature that has still to be checked."""

    batch: PushedBatch
    algorithm: str
    signature: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a group came to: an answer or a refusal for each push, in order."""

    outcomes: Sequence[Any | DomainError]
    changed: dict[TimeEntryId, str]


Decide: TypeAlias = Callable[[WorkingSet, Sequence[SignedBatch]], Decided]
RunSteps: TypeAlias = Callable[[Callable[[], Steps]], Awaitable[Any]]


class PushLane:
    """The queue of one organisation."""

    def __init__(self, organisation_id: OrganisationId, run: RunSteps, decide: Decide) -> None:
        self._organisation_id = organisation_id
        self._run = run
        self._decide = decide
        self._cache = ReferenceCache()
        self._turns: SharedTurns[SignedBatch, Any] = SharedTurns(self._decided, _fitting)

    async def submit(self, signed: SignedBatch) -> Any:
        """Return what was decided about ``signed``, after the commit.

        Raises: the DomainError that refuses the whole batch.
        """
        return await self._turns.take(signed)

    async def _decided(self, batches: Sequence[SignedBatch]) -> Sequence[Any]:
        failed: set[Dot] = set()
        while True:
            try:
                return await self._run(lambda: self._steps(batches, frozenset(failed)))  # type: ignore[no-any-return]
            except ItemFailed as failure:
                LOGGER.exception("an operation met a bug and is held")
                failed.add(failure.dot)
                # The cache may be newer than what was rolled back: read it again.
                self._cache = ReferenceCache()
                if len(failed) > FAILURES_MAX:
                    raise

    def _steps(self, batches: Sequence[SignedBatch], failed: frozenset[Dot]) -> Steps:
        pushed = [signed.batch for signed in batches]
        working = yield from load(self._organisation_id, pushed, self._cache)
        working.failed = failed
        decided = self._decide(working, batches)
        now = max(batch.received_at for batch in pushed)
        yield from save(self._organisation_id, working, decided.changed, now)
        return decided.outcomes


def _fitting(waiting: Sequence[SignedBatch]) -> int:
    count = operations = 0
    for signed in waiting[:PUSHES_MAX]:
        operations += len(signed.batch.items)
        if count and operations > OPERATIONS_MAX:
            break
        count += 1
    return count
