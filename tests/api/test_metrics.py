"""Figures for whoever runs the server, told on this machine only."""

from uuid import UUID

import httpx

from daywork.core.ids import OrganisationId
from daywork.store.conservation_tallies import BucketTally
from support.door import CLIENT, HOST, Door, refused


async def test_the_last_count_of_every_hour_is_told_in_prometheus_words(door: Door) -> None:
    organisation_id = OrganisationId(UUID(door.organisation))
    first = BucketTally(organisation_id, "live", door.moment.now, 2, 36_000)
    newer = BucketTally(organisation_id, "live", door.moment.now, 3, 39_600)
    await door.database.write(lambda unit: unit.conservation_tallies.keep([first]))
    await door.database.write(lambda unit: unit.conservation_tallies.keep([newer]))

    answer = await door.send("GET", "/metrics")

    place = f'{{bucket="live",organisation="{door.organisation}"}}'
    assert answer.status_code == 200
    assert f"daywork_conservation_operations{place} 3.0" in answer.text
    assert f"daywork_conservation_worked_seconds{place} 39600.0" in answer.text


async def test_nobody_elsewhere_is_told_anything(door: Door) -> None:
    transport = httpx.ASGITransport(door.app, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        answer = await client.get("/metrics", headers=CLIENT)

    assert refused(answer) == (404, "not_found")
