"""A push finds all that it may touch: causes, neighbours, and people as they are now."""

from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.ids import ProjectId
from daywork.core.project import Project
from daywork.store.database import Database
from daywork.store.unit_of_work import UnitOfWork
from support.chain import allocation, interval
from support.crew import COMPANY, ROOF, SHED, Crew, entry_state, found_crew

NEW = ProjectId(UUID(int=0xF3))


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def flags(crew: Crew, *entries: str) -> list[tuple[str, ...]]:
    return [(await entry_state(crew.database, COMPANY, entry)).flags for entry in entries]


async def test_an_operation_waits_for_its_cause_in_another_push_and_is_released(
    crew: Crew, now: datetime
) -> None:
    ana, max_ = crew.phones["Ana"], crew.phones["Max"]
    ana.chain.write("new", "pump", {"time": interval("07:00", "15:00")})
    later = {"time": interval("07:00", "16:00")}
    max_.chain.write("edit", "pump", later, ana.chain.seen())

    (waiting,) = await max_.push(now)
    await ana.push(now)

    assert (waiting["st"], waiting["code"]) == ("held", "causal_gap")
    state = await entry_state(crew.database, COMPANY, "pump")
    assert [time["end"] for time in state.time_values()] == ["2026-03-02T16:00:00Z"]


async def test_a_neighbour_that_an_edit_frees_loses_its_flag(crew: Crew, now: datetime) -> None:
    await crew.record("pump", now, "07:00", "12:00")
    await crew.record("shed", now, "11:00", "13:00")
    met = await flags(crew, "pump", "shed")
    await crew.change("shed", now, "12:00", "13:00")

    assert met == [("overlap",), ("overlap",)]
    assert await flags(crew, "pump", "shed") == [(), ()]


async def test_a_long_entry_is_a_neighbour_however_long_ago_it_began(
    crew: Crew, now: datetime
) -> None:
    ana = crew.phones["Ana"]
    long = {**interval("07:00", "08:00"), "start": "2026-02-20T07:00:00Z"}
    ana.chain.write("new", "long", {"time": long})
    await ana.push(now)
    await crew.record("pump", now, "07:30", "09:00")

    assert "overlap" in (await flags(crew, "pump"))[0]


async def test_a_project_that_is_closed_or_added_counts_from_the_next_push_on(
    crew: Crew, now: datetime
) -> None:
    await crew.record("pump", now, "07:00", "08:00")

    def close(unit: UnitOfWork) -> None:
        unit.projects.close(COMPANY, ROOF)
        unit.organisations.reference_changed(COMPANY)

    def add(unit: UnitOfWork) -> None:
        unit.projects.add(Project(COMPANY, NEW, "Mill"))
        unit.organisations.reference_changed(COMPANY)

    await crew.database.write(close)
    await crew.database.write(add)
    ana = crew.phones["Ana"]
    codes = []
    for hour, project in ((9, ROOF), (10, SHED), (11, NEW)):
        values = {
            "time": interval(f"{hour:02}:00", f"{hour:02}:30"),
            "alloc": allocation(str(project)),
        }
        ana.chain.write("new", f"e{hour}", values)
        (answer,) = await ana.push(now)
        codes.append(answer.get("code", answer["st"]))

    assert codes == ["project_closed", "applied", "applied"]
