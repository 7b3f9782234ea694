"""What workflows work with. They carry ids only, so the tools wait for them here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from daywork.accounting.port import AccountingSystem
from daywork.notifications.port import PushSender
from daywork.store.database import Database
from daywork.store.epoch_marker import EpochMarker


@dataclass(frozen=True, slots=True)
class Tools:
    """The parts of the application that durable work needs."""

    database: Database
    ledger: AccountingSystem
    sender: PushSender
    clock: Callable[[], datetime]
    hold_seconds: int
    marker: EpochMarker
    back_up: Callable[[datetime], None]  # makes the nightly backup, or does nothing


_ON_HAND: list[Tools] = []


def lay_out(tools: Tools) -> None:
    """Make ``tools`` the ones that workflows of this process use."""
    _ON_HAND[:] = [tools]


def clear_away() -> None:
    """Leave no tools behind."""
    _ON_HAND.clear()


def on_hand() -> Tools:
    """Return this process's tools."""
    assert _ON_HAND, "the engine lays the tools out before any workflow runs"
    return _ON_HAND[0]
