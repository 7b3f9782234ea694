"""How much of everything is measured, in full and for trying."""

from dataclasses import dataclass
from typing import Final

ROWS_A_PULL: Final = 500
OPERATIONS_A_PUSH_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class PushCase:
    """So many phones at once, each with so many pushes of so many operations."""

    what: str
    phones: int
    pushes: int
    operations_a_push: int
    least: dict[str, float]  # the goal as a part of R, by database

    @property
    def operations(self) -> int:
        """All of them."""
        return self.phones * self.pushes * self.operations_a_push


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of one run."""

    rounds: int
    push_cases: tuple[PushCase, ...]
    stored: tuple[int, ...]  # entries that lie there when pulls are measured, ascending
    changes: int  # of an incremental pull
    pulls: int  # incremental ones a round
    postings: int  # a round


def _push_cases(pushes_of_200: int, pushes_of_50: int, pushes_of_1: int) -> tuple[PushCase, ...]:
    return (
        PushCase(
            "push, 1 device x 200",
            1,
            pushes_of_200,
            OPERATIONS_A_PUSH_MAX,
            {"SQLite": 0.45, "PostgreSQL": 0.5},
        ),
        PushCase("push, 50 devices x 50", 50, pushes_of_50, 50, {"SQLite": 0.8, "PostgreSQL": 0.8}),
        PushCase("push, 50 devices x 1", 50, pushes_of_1, 1, {"SQLite": 0.9, "PostgreSQL": 1.3}),
    )


FULL: Final = Sizes(
    rounds=3,
    push_cases=_push_cases(30, 4, 30),
    stored=(10_000, 100_000),
    changes=10,
    pulls=200,
    postings=1_000,
)
SHORT: Final = Sizes(
    rounds=1,
    push_cases=_push_cases(10, 1, 10),
    stored=(2_000, 10_000),
    changes=10,
    pulls=50,
    postings=200,
)
