"""A version that was booked is told to every phone; an owner is found in its organisation."""

from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.ids import OrganisationId, PersonId, TimeEntryId
from daywork.store.database import Database
from support.crew import COMPANY, Crew, entry_state, found_crew


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    for number in range(2):
        await founded.record(f"e{number}", now, f"0{number}:00", f"0{number}:30")
    return founded


async def test_a_booked_version_moves_its_entry_alone_and_only_once(crew: Crew) -> None:
    first, second = [await entry_state(crew.database, COMPANY, name) for name in ("e0", "e1")]
    for _ in range(2):
        await crew.database.write(
            lambda unit: unit.time_entries.mark_posted(COMPANY, {first.id: "sha256:z"})
        )
    after = await entry_state(crew.database, COMPANY, "e0")

    assert (after.posted_digest, after.revision) == ("sha256:z", second.revision + 1)
    assert (after.cells, after.clock) == (first.cells, first.clock)
    assert (await entry_state(crew.database, COMPANY, "e1")).before == second.before


async def test_an_owner_is_found_in_the_entrys_own_organisation(crew: Crew) -> None:
    entry = await entry_state(crew.database, COMPANY, "e0")

    async def owner(organisation_id: OrganisationId, entry_id: TimeEntryId) -> PersonId | None:
        return await crew.database.read(
            lambda unit: unit.time_entries.owner(organisation_id, entry_id)
        )

    assert await owner(COMPANY, entry.id) == crew.phones["Ana"].person_id
    assert await owner(OrganisationId(UUID(int=9)), entry.id) is None
    assert await owner(COMPANY, TimeEntryId(UUID(int=9))) is None
