"""All measurements in their order, the databases taking turns in every round."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.figures import Bound, Goal, Line, Sample
from bench.measure import (
    fill,
    first_pull_round,
    later_pull_round,
    posting_round,
    push_round,
)
from bench.served import Crew, Served, found_crew
from bench.sizes import OPERATIONS_A_PUSH_MAX, Sizes

# Recorded peers (docs/performance.md): milliseconds on a machine of this kind.
RXDB_FIRST_PULL_ROWS_A_SECOND = 10_000 / 0.069
FASTEST_LATER_PULLS_A_SECOND = 1 / 0.0018

FIRST_PULL_LEAST = 1 / 0.6
LATER_PULL_LEAST = 1 / 0.35
GROWTH_LEAST = 1 / 1.3
REPUSH_LEAST = 2.0

PULL_PHONES = 50

START_SECONDS_MOST = 3.0
MEGABYTES_MOST = 180.0
MICROSECONDS_MOST = 60.0


@dataclass(slots=True)
class Measured:
    """The samples of one database, by what was measured, in the order of the table."""

    place: Served
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def add(self, what: str, sample: Sample) -> None:
        """Keep a round's sample."""
        self.samples.setdefault(what, []).append(sample)


async def run_course(places: Sequence[Served], sizes: Sizes) -> tuple[list[Line], list[Bound]]:
    """Measure everything; the lines of one thing stand together."""
    both = [Measured(place) for place in places]
    await _push(both, sizes)
    await _pull(both, sizes)
    await _post(both, sizes)
    lines = [
        line
        for several in zip(*(_lines(one, sizes) for one in both), strict=True)
        for line in several
    ]
    return lines, [bound for one in both for bound in _bounds(one, sizes)]


async def _push(both: Sequence[Measured], sizes: Sizes) -> None:
    devices = max(case.phones for case in sizes.push_cases)
    crews = [await found_crew(one.place, "Pushes", devices) for one in both]
    for number in range(sizes.rounds):
        for case in sizes.push_cases:
            _say(f"round {number + 1}: {case.what}")
            for one, crew in zip(both, crews, strict=True):
                first, again = await push_round(one.place, crew, case)
                one.add(case.what, first)
                one.add(_again(case.what), again)


async def _pull(both: Sequence[Measured], sizes: Sizes) -> None:
    crews = [await found_crew(one.place, "Pulls", PULL_PHONES) for one in both]
    present = 0
    for stored in sizes.stored:
        _say(f"pulls with {stored:,} entries stored")
        places: list[tuple[Measured, Crew, str]] = []
        for one, crew in zip(both, crews, strict=True):
            await fill(one.place, crew, stored - sizes.changes - present)
            _, cursor = await first_pull_round(one.place, crew, stored - sizes.changes)
            await fill(one.place, crew, sizes.changes)
            places.append((one, crew, cursor))
        present = stored
        for _ in range(sizes.rounds):
            for one, crew, cursor in places:
                if stored == sizes.stored[0]:
                    sample, _ = await first_pull_round(one.place, crew, stored)
                    one.add(_first_pull(stored), sample)
                one.add(
                    _later_pull(sizes.changes, stored),
                    await later_pull_round(one.place, crew, cursor, sizes.pulls),
                )


async def _post(both: Sequence[Measured], sizes: Sizes) -> None:
    crews = [await found_crew(one.place, "Postings", 1) for one in both]
    for number in range(sizes.rounds):
        _say(f"round {number + 1}: posting")
        for one, crew in zip(both, crews, strict=True):
            sample = await posting_round(one.place, crew, number + 1, sizes.postings)
            one.add(_posting(sizes), sample)


def _lines(one: Measured, sizes: Sizes) -> list[Line]:
    """Return this database's lines in the order of the table."""
    database = one.place.database
    lines = []
    for case in sizes.push_cases:
        first = Line(case.what, database, "op", one.samples[case.what], Goal(case.least[database]))
        goal = Goal(REPUSH_LEAST, "first push", first.rate)
        again = _again(case.what)
        lines += [first, Line(again, database, "op", one.samples[again], goal)]
    smallest = sizes.stored[0]
    goal = Goal(FIRST_PULL_LEAST, "RxDB, recorded", RXDB_FIRST_PULL_ROWS_A_SECOND)
    what = _first_pull(smallest)
    lines.append(Line(what, database, "row", one.samples[what], goal))
    goal = Goal(LATER_PULL_LEAST, "best peer, recorded", FASTEST_LATER_PULLS_A_SECOND)
    for stored in sizes.stored:
        what = _later_pull(sizes.changes, stored)
        line = Line(what, database, "pull", one.samples[what], goal)
        goal = Goal(GROWTH_LEAST, f"with {smallest:,}", line.rate)
        lines.append(line)
    what = _posting(sizes)
    lines.append(Line(what, database, "posting", one.samples[what]))
    return lines


def _bounds(one: Measured, sizes: Sizes) -> list[Bound]:
    database = one.place.database
    largest = next(c for c in sizes.push_cases if c.operations_a_push == OPERATIONS_A_PUSH_MAX)
    cpu = median(
        1_000_000 * sample.server_cpu_seconds / sample.count for sample in one.samples[largest.what]
    )
    return [
        Bound("server CPU an operation at 200", database, cpu, MICROSECONDS_MOST, "µs"),
        Bound(
            "server memory, its peak", database, one.place.peak_megabytes(), MEGABYTES_MOST, "MB"
        ),
        Bound("start to ready", database, median(one.place.start_seconds), START_SECONDS_MOST, "s"),
    ]


def _again(what: str) -> str:
    return f"re-{what}"


def _first_pull(stored: int) -> str:
    return f"first pull of {stored:,}"


def _later_pull(changes: int, stored: int) -> str:
    return f"pull of {changes} with {stored:,} stored"


def _posting(sizes: Sizes) -> str:
    return f"posting of {sizes.postings:,} approved"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
