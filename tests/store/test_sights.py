"""A sight is found with the fewest questions, and is the one that the history tells."""

from datetime import datetime
from typing import Any

import pytest

from daywork.core.scope import Grant, Rights, Sight, Term, sight_mark
from daywork.store.database import Database
from daywork.store.sights import load_rights, load_sight
from daywork.store.statements import Query, Steps
from daywork.store.unit_of_work import UnitOfWork
from support.crew import COMPANY, ROOF, Crew, found_crew


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


async def asked(crew: Crew, steps: Steps) -> tuple[Any, list[str]]:
    """Return what ``steps`` find, and the tables that they ask."""
    tables: list[str] = []

    def noted() -> Steps:
        rows: Any = None
        while True:
            try:
                step = steps.send(rows)
            except StopIteration as stop:
                return stop.value
            assert isinstance(step, Query)
            tables.append(getattr(step.statement, "source", ""))
            rows = yield step

    return await crew.database.look_at(noted()), tables


@pytest.mark.parametrize(
    ("who", "tables"),
    [("Ana", []), ("Max", ["person"]), ("Olga", [])],
)
async def test_who_approves_nothing_is_asked_about_no_project_again(
    crew: Crew, who: str, tables: list[str]
) -> None:
    principal = crew.phones[who].principal
    sight, at_first = await asked(crew, load_sight(principal, 4))

    again, then = await asked(crew, load_sight(principal, 4, sight_mark(sight)))

    assert again == sight
    assert then == tables
    assert at_first == tables + ([] if sight.owner_ids is None else ["project_approver"])


@pytest.mark.parametrize("who", ["Ana", "Max", "Olga"])
async def test_the_present_sight_is_the_one_that_the_history_tells(
    crew: Crew, now: datetime, who: str
) -> None:
    phone = crew.phones[who]

    def grant(unit: UnitOfWork) -> int:
        revision = unit.organisations.reference_changed(COMPANY)
        unit.scopes.begin(COMPANY, Term(phone.person_id, ROOF, revision, None), now)
        return revision

    before = await crew.database.look_at(load_sight(phone.principal, 4))
    revision = await crew.database.write(grant)
    present: Sight = await crew.database.look_at(load_sight(phone.principal, revision))

    rights: Rights = await crew.database.look_at(load_rights(phone.principal))
    assert rights.sight_at(phone.person_id, revision) == present
    assert rights.sight_at(phone.person_id, revision - 1) == before
    grants = frozenset() if who == "Olga" else frozenset((Grant(ROOF, revision),))
    assert present == Sight(before.owner_ids, grants)
