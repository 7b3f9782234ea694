"""The arithmetic of the table: medians of rounds, ratios to R, goals reached or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one measurement of the product, with R of the same round."""

    count: int  # operations, rows, pulls or postings
    seconds: float
    bare_seconds: float  # for the same count
    server_cpu_seconds: float
    client_cpu_seconds: float
    slowest_seconds: float = 0.0  # the 99th percentile of its requests


@dataclass(frozen=True, slots=True)
class Goal:
    """At least ``least`` times what ``against`` names, or no goal at all."""

    least: float
    against: str = "R"
    base_rate: float | None = None  # None: R of each round


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    what: str
    database: str
    unit: str
    samples: Sequence[Sample]
    goal: Goal | None = None

    @property
    def rate(self) -> float:
        """The product's, a second: the median of the rounds."""
        return median(sample.count / sample.seconds for sample in self.samples)

    @property
    def bare_rate(self) -> float:
        """R, a second: the median of the rounds."""
        return median(sample.count / sample.bare_seconds for sample in self.samples)

    @property
    def ratio(self) -> float:
        """The median of each round's own ratio, not the ratio of the medians."""
        return median(sample.bare_seconds / sample.seconds for sample in self.samples)

    @property
    def reached(self) -> float | None:
        """How many times the goal's base; None without a goal."""
        if self.goal is None:
            return None
        return self.ratio if self.goal.base_rate is None else self.rate / self.goal.base_rate

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        reached = self.reached
        return None if self.goal is None or reached is None else reached >= self.goal.least

    @property
    def server_cpu_microseconds(self) -> float:
        """What the server computes for one, without PostgreSQL's own processes."""
        return MICROSECONDS * median(s.server_cpu_seconds / s.count for s in self.samples)

    @property
    def client_share(self) -> float:
        """Which part of the time the client computed: near 1, it was the bottleneck."""
        return median(sample.client_cpu_seconds / sample.seconds for sample in self.samples)

    @property
    def slowest_milliseconds(self) -> float:
        """The 99th percentile of a request: the median of the rounds."""
        return 1_000 * median(sample.slowest_seconds for sample in self.samples)


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure that has a most, such as memory."""

    what: str
    database: str
    value: float
    most: float
    unit: str

    @property
    def is_reached(self) -> bool:
        """Whether it stays below its most."""
        return self.value <= self.most


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` (0 to 1) of ``values`` do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
