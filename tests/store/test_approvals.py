"""Approved versions stay as they were signed."""

from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.ids import OrganisationId
from daywork.store.database import Database
from support.crew import COMPANY, Crew, entry_state, found_crew

STRANGER = OrganisationId(UUID(int=9))


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    founded = await found_crew(database, now)
    await founded.record("pump", now)
    await founded.approve("pump", now)
    await founded.change("pump", now, "07:00", "14:00")
    await founded.approve("pump", now)
    return founded


async def test_every_version_is_kept_with_what_was_seen_and_who_signed(
    crew: Crew, now: datetime
) -> None:
    entry_id = (await entry_state(crew.database, COMPANY, "pump")).id
    versions = await crew.database.read(lambda unit: unit.approvals.versions(COMPANY, [entry_id]))

    ends = {dict(version.content["time"])["end"] for version in versions.values()}  # type: ignore[arg-type]
    assert ends == {"2026-03-02T15:00:00Z", "2026-03-02T14:00:00Z"}
    assert {version.approver_id for version in versions.values()} == {crew.phones["Max"].person_id}
    assert {version.approved_at for version in versions.values()} == {now}
    approvals = await crew.database.read(
        lambda unit: {
            digest: unit.approvals.version(COMPANY, entry_id, digest) for _, digest in versions
        }
    )
    assert approvals == {digest: version for (_, digest), version in versions.items()}


async def test_another_organisation_finds_none(crew: Crew) -> None:
    state = await entry_state(crew.database, COMPANY, "pump")
    assert state.approved is not None
    digest = state.approved.digest

    found = await crew.database.read(lambda unit: unit.approvals.versions(STRANGER, [state.id]))
    one = await crew.database.read(lambda unit: unit.approvals.version(STRANGER, state.id, digest))

    assert (found, one) == ({}, None)
