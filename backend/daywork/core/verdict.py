"""What the server answers for one operation of a push.

Every verdict is durable before it is told, so the phone may go on after each of
them: even a held operation is stored and never sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from daywork.core.json_value import JsonValue

HeldCode: TypeAlias = Literal[
    "causal_gap",
    "malformed",
    "bad_hash",
    "schema_unknown",
    "value_invalid",
    "project_closed",
    "unknown_ref",
    "not_authorised",
    "too_old_erased",
    "future_time",
    "quota",
    "internal",
]

HELD_CODES: Final[frozenset[HeldCode]] = frozenset(
    (
        "causal_gap",
        "malformed",
        "bad_hash",
        "schema_unknown",
        "value_invalid",
        "project_closed",
        "unknown_ref",
        "not_authorised",
        "too_old_erased",
        "future_time",
        "quota",
        "internal",
    )
)

# What a person can do about it, as words that the phone has buttons for.
FIXES: Final[Mapping[HeldCode, tuple[str, ...]]] = {
    "project_closed": ("choose_project", "ask_manager"),
    "unknown_ref": ("choose_project", "ask_manager"),
    "not_authorised": ("ask_manager",),
    "causal_gap": ("count_it_anyway",),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """Stored and part of the time entry."""

    note: str | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amendment:
    """Part of the time entry, but behind an approval that had not seen it."""

    note: str | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Late:
    """Stored after its pay period was closed; becomes an adjustment."""

    note: str | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """Stored, not part of the time entry; ``field`` names the cause if it is one."""

    code: HeldCode
    field: str | None = None
    note: str | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Known already; ``result`` is the stored answer to the first one."""

    result: Mapping[str, JsonValue]


Verdict: TypeAlias = Applied | Amendment | Late | Held | Duplicate
