"""A group of pushes is decided together, and each push gets its own answer."""

import asyncio
from datetime import datetime
from uuid import UUID

import pytest

from daywork.core.errors import BadSignature, DomainError
from daywork.core.ids import OrganisationId
from daywork.core.json_value import JsonValue
from daywork.core.merge import digest_of
from daywork.store.database import Database
from daywork.store.push_lane import SignedBatch
from daywork.usecases.sync_time_entries import PushOutcome, decide_pushes
from support.chain import interval
from support.crew import COMPANY, Crew, Phone, entry_state, found_crew


@pytest.fixture
async def crew(database: Database, now: datetime) -> Crew:
    return await found_crew(database, now)


def record(phone: Phone, *names: str) -> None:
    for hour, name in enumerate(names):
        phone.chain.write("new", name, {"time": interval(f"0{hour}:00", f"0{hour}:30")})


async def pushed(crew: Crew, *batches: SignedBatch) -> list[PushOutcome | DomainError]:
    found = await asyncio.gather(
        *(crew.database.push(COMPANY, batch, decide_pushes) for batch in batches),
        return_exceptions=True,
    )
    assert all(isinstance(one, PushOutcome | DomainError) for one in found)
    return [one for one in found if isinstance(one, PushOutcome | DomainError)]


async def test_an_answer_says_what_became_of_each_and_where_to_go_on(
    crew: Crew, now: datetime
) -> None:
    ana = crew.phones["Ana"]
    record(ana, "e0", "e1")

    (outcome,) = await pushed(crew, ana.signed_batch(ana.chain.items, now))

    assert isinstance(outcome, PushOutcome)
    assert [result["st"] for result in outcome.results] == ["applied", "applied"]
    assert outcome.next_sequence_number == 3
    assert outcome.people_to_tell == {crew.phones["Max"].person_id}
    assert not outcome.has_approvals


async def test_a_refused_push_leaves_those_beside_it_alone(crew: Crew, now: datetime) -> None:
    ana, ben = crew.phones["Ana"], crew.phones["Ben"]
    record(ana, "e0")
    record(ben, "e1")
    forged = SignedBatch(
        ana.signed_batch(ana.chain.items, now).batch,
        "ES256",
        ben.key.signed(b"something else"),
    )

    refused, taken = await pushed(crew, forged, ben.signed_batch(ben.chain.items, now))

    assert isinstance(refused, BadSignature)
    assert isinstance(taken, PushOutcome)
    assert (await entry_state(crew.database, COMPANY, "e1")).owner_id == ben.person_id
    with pytest.raises(AssertionError, match="e0 is not stored"):
        await entry_state(crew.database, COMPANY, "e0")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "es256", ""])
async def test_only_the_agreed_algorithm_signs(crew: Crew, now: datetime, algorithm: str) -> None:
    ana = crew.phones["Ana"]
    record(ana, "e0")
    signed = ana.signed_batch(ana.chain.items, now)

    (refused,) = await pushed(crew, SignedBatch(signed.batch, algorithm, signed.signature))

    assert isinstance(refused, BadSignature)


async def test_the_same_push_many_times_at_once_has_one_effect(crew: Crew, now: datetime) -> None:
    ana = crew.phones["Ana"]
    record(ana, "e0")
    signed = ana.signed_batch(ana.chain.items, now)

    outcomes = await pushed(crew, *[signed] * 10)

    answers = [str(one.results[0]["st"]) for one in outcomes if isinstance(one, PushOutcome)]
    assert sorted(answers) == ["applied"] + ["duplicate"] * 9
    assert (await entry_state(crew.database, COMPANY, "e0")).revision == 1


async def test_an_approval_sets_off_a_posting_and_a_return_is_told_to_the_owner(
    crew: Crew, now: datetime
) -> None:
    max_ = crew.phones["Max"]
    outcomes = []
    for kind, entry, values in (("approve", "pump", {}), ("reject", "shed", {"reason": "twice"})):
        await crew.record(entry, now)
        state = await entry_state(crew.database, COMPANY, entry)
        seen: dict[str, JsonValue] = {actor: [*mark] for actor, mark in state.clock.items()}
        item = max_.chain.write(kind, entry, values, seen, dg=digest_of(state.cells))
        outcomes += await pushed(crew, max_.signed_batch([item], now))

    approved, returned = outcomes
    assert isinstance(approved, PushOutcome)
    assert isinstance(returned, PushOutcome)
    assert (approved.has_approvals, returned.has_approvals) == (True, False)
    assert crew.phones["Ana"].person_id in returned.people_to_tell


async def test_the_same_ids_in_two_organisations_are_two_entries(crew: Crew, now: datetime) -> None:
    other = await found_crew(crew.database, now, OrganisationId(UUID(int=0xC1)))
    await crew.record("pump", now)
    await other.record("pump", now, "09:00", "10:00")
    await other.approve("pump", now)

    ours = await entry_state(crew.database, COMPANY, "pump")
    theirs = await entry_state(crew.database, other.organisation_id, "pump")
    assert (ours.status, theirs.status) == ("draft", "approved")
    assert ours.owner_id != theirs.owner_id
    assert (ours.revision, theirs.revision) == (1, 2)
