"""What a command of the office is worked on with: one transaction, an instant, arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from daywork.core.errors import ValueRefused
from daywork.store.unit_of_work import UnitOfWork

Arguments: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command is worked on."""

    unit: UnitOfWork
    public_url: str
    now: datetime


Handler: TypeAlias = Callable[[Desk, Arguments], Answer]


def uuid_argument(arguments: Arguments, name: str) -> UUID | None:
    """Return the id under ``name``, None without one. Raises: ValueRefused."""
    text = arguments.get(name)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        message = f"{text} is no id."
        raise ValueRefused(message, name) from error
