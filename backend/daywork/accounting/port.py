"""What the house needs of an accounting system."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from daywork.core.ids import BatchId
from daywork.core.posting import PostingLine


@dataclass(frozen=True, slots=True)
class FrozenBatch:
    """What will be sent, byte for byte, however often it has to be tried.

    A system may want several documents; each has a name and its text.
    """

    id: BatchId
    documents: Sequence[tuple[str, str]]


class AccountingSystem(Protocol):
    """A ledger. Both calls may be repeated: the effect happens once."""

    def rendered(self, books: str, batch_id: BatchId, lines: Sequence[PostingLine]) -> FrozenBatch:
        """Return the bytes of a batch; pure, so that a dry run is the batch.

        ``books`` names an organisation's own books, the empty name those of the
        home's first one. No books are ever shared.
        """
        ...

    def deliver(self, batch: FrozenBatch) -> None:
        """Bring the batch into the ledger unless it is there already.

        Raises: Unavailable if nothing is known to have happened.
        """
        ...

    def holds(self, batch: FrozenBatch) -> bool:
        """Whether the whole batch is in the ledger: asked before anything is sent again."""
        ...
