"""One round of each measurement: the product, and R right behind it."""

import asyncio
import gc
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from bench.figures import Sample, percentile
from bench.phone import BenchPhone, Push
from bench.served import Crew, Served, let_settle
from bench.sizes import OPERATIONS_A_PUSH_MAX, ROWS_A_PULL, PushCase
from bench.stored_rows import posted_changes, pushed_changes
from bench.wire import Answers, Burst
from daywork.core.hash_chain import digest
from daywork.store.statements import Change
from daywork.usecases.post_time_entries import BATCH_POSTINGS_MAX

LOOK_AGAIN_SECONDS: Final = 0.005
POSTED_SECONDS_MAX: Final = 120

_PAGE = (
    "SELECT id, revision, is_deleted, content FROM time_entry"
    " WHERE organisation_id = $1 AND revision > $2 ORDER BY revision LIMIT $3"
)
_POSTINGS_IN = "SELECT count(*) FROM posting WHERE organisation_id = $1 AND state = $2"


@dataclass(slots=True)
class Watch:
    """What a stretch took: time, and the CPU of server and client."""

    place: Served
    seconds: float = 0.0
    server_cpu_seconds: float = 0.0
    client_cpu_seconds: float = 0.0
    _started: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __enter__(self) -> Self:
        """Start, with the client's own garbage out of the way."""
        gc.collect()
        gc.disable()
        self._started = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        now = self._now()
        self.seconds, self.server_cpu_seconds, self.client_cpu_seconds = (
            after - before for after, before in zip(now, self._started, strict=True)
        )
        gc.enable()

    def sample(self, count: int, bare_seconds: float, slowest_seconds: float = 0.0) -> Sample:
        """Return it as a sample beside R."""
        return Sample(
            count,
            self.seconds,
            bare_seconds,
            self.server_cpu_seconds,
            self.client_cpu_seconds,
            slowest_seconds,
        )

    def _now(self) -> tuple[float, float, float]:
        return time.perf_counter(), self.place.cpu_seconds(), time.process_time()


async def push_round(place: Served, crew: Crew, case: PushCase) -> tuple[Sample, Sample]:
    """Return the first push and the re-push of the same operations."""
    phones = crew.phones[: case.phones]
    pushes = [phone.new_entries(case.pushes, case.operations_a_push) for phone in phones]
    first, answers = await _sent(place, pushes)
    _check(answers, "applied")
    ranges = [push.brings for turn in zip(*pushes, strict=True) for push in turn]
    changes = await pushed_changes(place.stored, crew.organisation_id, ranges)
    bare_seconds = await _written_bare(place, changes)
    again, answers_again = await _sent(place, pushes)
    _check(answers_again, "duplicate")
    return (
        first.sample(case.operations, bare_seconds, percentile(answers.request_seconds, 0.99)),
        again.sample(
            case.operations, bare_seconds, percentile(answers_again.request_seconds, 0.99)
        ),
    )


async def fill(place: Served, crew: Crew, entries: int) -> None:
    """Let the phones push so many entries, evenly and in the largest batches."""
    each, rest = divmod(entries, len(crew.phones))
    while each:
        size = min(each, OPERATIONS_A_PUSH_MAX)
        _, answers = await _sent(place, [phone.new_entries(1, size) for phone in crew.phones])
        _check(answers, "applied")
        each -= size
    if rest:
        _, answers = await _sent(place, [crew.phones[0].new_entries(1, rest)])
        _check(answers, "applied")


async def first_pull_round(place: Served, crew: Crew, entries: int) -> tuple[Sample, str]:
    """Return a pull of everything, page after page, and the cursor behind it."""
    cursor: str | None = None
    bodies: list[bytes] = []
    request_seconds: list[float] = []
    with Watch(place) as watch:
        while True:
            burst = await Burst.ready(place.port, [[crew.office.pull(ROWS_A_PULL, cursor)]])
            answers = await burst.send()
            body = answers.bodies[0][0]
            request_seconds += answers.request_seconds
            bodies.append(body)
            # The head comes first; the rows are looked into afterwards.
            cursor = _between(body, b'"cursor":"', b'"')
            if b'"more":true' not in body[:600]:
                break
    count = sum(len(json.loads(body)["rows"]) for body in bodies)
    assert count == entries, f"pulled {count} of {entries}"
    bare_seconds = await _read_bare(place, crew.organisation_id)
    return watch.sample(count, bare_seconds, percentile(request_seconds, 0.99)), cursor


async def later_pull_round(place: Served, crew: Crew, cursor: str, pulls: int) -> Sample:
    """Return pulls of the few rows behind ``cursor``, one after the other."""
    request = crew.office.pull(ROWS_A_PULL, cursor)
    burst = await Burst.ready(place.port, [[request] * pulls])
    with Watch(place) as watch:
        answers = await burst.send()
    changes = len(json.loads(answers.bodies[0][-1])["rows"])
    revision = await _newest_revision(place, crew.organisation_id) - changes
    key = place.stored.key(crew.organisation_id)
    started = time.perf_counter()
    for _ in range(pulls):
        await place.stored.fetch(_PAGE, key, revision, ROWS_A_PULL)
    bare_seconds = time.perf_counter() - started
    return watch.sample(pulls, bare_seconds, percentile(answers.request_seconds, 0.99))


async def posting_round(place: Served, crew: Crew, number: int, entries: int) -> Sample:
    """Return the posting of approved entries whose project has just got its name.

    Until then they are held, so that approving and posting are not mixed.
    """
    organisation_id = str(crew.organisation_id)
    project = await place.office("project add", name=f"Site {number}", organisation=organisation_id)
    project_id = UUID(project["id"])
    await _approved(place, crew, crew.phones[0], project_id, entries)
    before = await _postings_in(place, crew, "posted")
    await _until(place, crew, "held", entries)
    await let_settle()
    mapping = {"subject": "project", "id": project["id"], "reference": f"Site-{number}"}
    with Watch(place) as watch:
        await place.office(
            "mappings set", organisation=organisation_id, author="bench", mappings=[mapping]
        )
        await _until(place, crew, "posted", before + entries)
    changes = await posted_changes(
        place.stored, crew.organisation_id, project_id, BATCH_POSTINGS_MAX
    )
    return watch.sample(entries, await _written_bare(place, changes))


async def _approved(
    place: Served, crew: Crew, worker: BenchPhone, project_id: UUID, entries: int
) -> None:
    worker.project_id = project_id
    assert entries % OPERATIONS_A_PUSH_MAX == 0, "whole batches"
    batches = entries // OPERATIONS_A_PUSH_MAX
    await _sent(place, [worker.new_entries(batches, OPERATIONS_A_PUSH_MAX)])
    rows = await _rows_of(place, crew, project_id)
    digests = [digest({name: values[0] for name, values in row["v"].items()}) for row in rows]
    approvals = crew.office.approvals(rows, digests, OPERATIONS_A_PUSH_MAX)
    _, answers = await _sent(place, [approvals])
    _check(answers, "applied")


async def _rows_of(place: Served, crew: Crew, project_id: UUID) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        burst = await Burst.ready(place.port, [[crew.office.pull(ROWS_A_PULL, cursor)]])
        page = json.loads((await burst.send()).bodies[0][0])
        rows += page["rows"]
        cursor = page["cursor"]
        if not page["more"]:
            break
    return [row for row in rows if row["v"]["alloc"][0]["project"] == str(project_id)]


async def _until(place: Served, crew: Crew, state: str, count: int) -> None:
    async with asyncio.timeout(POSTED_SECONDS_MAX):
        while await _postings_in(place, crew, state) < count:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _postings_in(place: Served, crew: Crew, state: str) -> int:
    key = place.stored.key(crew.organisation_id)
    ((count,),) = await place.stored.fetch(_POSTINGS_IN, key, state)
    return int(count)


async def _sent(place: Served, pushes: Sequence[Sequence[Push]]) -> tuple[Watch, Answers]:
    burst = await Burst.ready(place.port, [[push.request for push in row] for row in pushes])
    await let_settle()
    with Watch(place) as watch:
        answers = await burst.send()
    return watch, answers


def _check(answers: Answers, word: str) -> None:
    """Refuse a measurement in which something else was answered than was meant."""
    for body in (body for row in answers.bodies for body in row):
        found = {result["st"] for result in json.loads(body)["results"]}
        assert found == {word}, f"meant {word}, got {found}: {body[:400]!r}"


async def _written_bare(place: Served, batches: Sequence[Sequence[Change]]) -> float:
    prepared = [place.bare.prepared(batch) for batch in batches]
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    for one in prepared:
        await place.bare.write(one)
    seconds = time.perf_counter() - started
    gc.enable()
    return seconds


async def _read_bare(place: Served, organisation_id: UUID) -> float:
    key, revision = place.stored.key(organisation_id), 0
    started = time.perf_counter()
    while rows := await place.stored.fetch(_PAGE, key, revision, ROWS_A_PULL):
        revision = rows[-1][1]
    return time.perf_counter() - started


async def _newest_revision(place: Served, organisation_id: UUID) -> int:
    text = "SELECT max(revision) FROM time_entry WHERE organisation_id = $1"
    ((revision,),) = await place.stored.fetch(text, place.stored.key(organisation_id))
    return int(revision)


def _between(body: bytes, start: bytes, end: bytes) -> str:
    place = body.index(start) + len(start)
    return body[place : body.index(end, place)].decode()
