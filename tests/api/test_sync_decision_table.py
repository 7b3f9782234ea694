"""What decisions and edits that did not know of each other come to, whatever arrives first.

Each case is played in both orders of arrival; the row, which is what people see and
what is paid, has to be the same (I7). Item answers may differ.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from daywork.core.ids import OrganisationId
from daywork.store.people import PersonRow
from daywork.store.unit_of_work import UnitOfWork
from support.chain import entry_id, interval
from support.door import Door, DoorPhone, row_digest

PUMP = entry_id("pump")
DELETED = {"life": {"deleted": True, "reason": "twice"}}
LATER, EARLIER = interval("07:00", "16:00"), interval("06:00", "15:00")

Act = Callable[[], Awaitable[dict[str, Any]]]


@dataclass
class Table:
    """Ana's recorded entry as she, her tablet and two managers saw it before they parted."""

    door: Door
    ana: DoorPhone
    tablet: DoorPhone
    max: DoorPhone
    mia: DoorPhone
    seen: Mapping[str, Any]

    def edits(self, phone: DoorPhone, **values: Any) -> Act:
        """Let a phone change what it saw."""
        kind = "delete" if "life" in values else "edit"

        async def act() -> dict[str, Any]:
            phone.chain.write(kind, "pump", values, self.seen["vv"])
            return (await phone.push())[-1]

        return act

    def decides(self, phone: DoorPhone, kind: str, **values: Any) -> Act:
        """Let a manager decide about what was seen."""

        async def act() -> dict[str, Any]:
            return await phone.decide(kind, "pump", self.seen, **values)

        return act

    async def row(self) -> dict[str, Any]:
        """Return the row without what a later arrival changes for a reason of its own."""
        row = (await self.max.rows())[PUMP]
        return {name: value for name, value in row.items() if name not in {"rev", "vv", "authors"}}


@pytest.fixture
async def table(door: Door) -> Table:
    ana, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    max_, mia = await door.enrolled("Max", "manager"), await door.enrolled("Mia", "manager")
    ana.write("pump")
    await ana.push()
    return Table(door, ana, tablet, max_, mia, (await max_.rows())[PUMP])


@pytest.fixture(params=["as told", "the other way round"])
def in_order(request: pytest.FixtureRequest) -> Callable[..., list[Act]]:
    """Return acts in one of both orders of arrival."""
    turned = request.param != "as told"
    return lambda *acts: list(reversed(acts)) if turned else list(acts)


async def play(acts: list[Act]) -> list[dict[str, Any]]:
    """Let the acts arrive one after the other."""
    return [await act() for act in acts]


async def test_i7_approve_beside_an_edit_is_an_amendment_behind_what_was_seen(
    table: Table, in_order: Callable[..., list[Act]]
) -> None:
    await play(in_order(table.decides(table.max, "approve"), table.edits(table.ana, time=LATER)))

    row = await table.row()
    assert row["status"] == "approved+amendment"
    assert row["approved"]["v"]["time"]["end"] == "2026-03-02T15:00:00Z"
    assert row["v"]["time"] == [LATER]
    told = {person for people in table.door.jobs.told for person in people}
    assert {str(person) for person in told} >= {table.max.person_id}


async def test_i7_the_author_is_told_that_only_what_was_seen_is_approved(table: Table) -> None:
    await table.edits(table.ana, time=LATER)()
    await table.decides(table.max, "approve")()

    assert table.ana.person_id in {str(person) for person in table.door.jobs.told[-1]}


async def test_i7_an_approval_that_saw_another_is_the_newer_one(table: Table) -> None:
    await table.decides(table.max, "approve")()
    await table.edits(table.ana, time=LATER)()
    row = (await table.mia.rows())[PUMP]

    await table.mia.decide("approve", "pump", row)

    row = await table.row()
    assert row["status"] == "approved"
    assert row["approved"]["v"]["time"] == LATER


async def test_i7_approvals_of_different_siblings_block_each_other(
    table: Table, in_order: Callable[..., list[Act]]
) -> None:
    """Two managers look at two versions that did not know of each other."""
    for phone, time in ((table.ana, LATER), (table.tablet, EARLIER)):
        phone.chain.write("edit", "pump", {"time": time}, table.seen["vv"])
        await phone.push()
    acts = []
    for manager, phone, time in (
        (table.max, table.ana, LATER),
        (table.mia, table.tablet, EARLIER),
    ):
        clock = {**table.seen["vv"], **phone.chain.seen()}
        version = {**table.seen, "vv": clock, "v": {**table.seen["v"], "time": [time]}}
        acts.append(_approval(manager, version))

    answers = await play(in_order(*acts))

    row = await table.row()
    assert row["status"] == "approval_conflict"
    assert row["approved"] is None, "nothing is payable"
    assert [answer["st"] for answer in answers] == ["applied", "applied"]


async def test_i7_approve_and_reject_of_the_same_content_block_each_other(
    table: Table, in_order: Callable[..., list[Act]]
) -> None:
    approve = table.decides(table.max, "approve")
    reject = table.decides(table.mia, "reject", reason="wrong project")

    await play(in_order(approve, reject))

    row = await table.row()
    assert row["status"] == "decision_conflict"
    assert row["approved"] is None


async def test_i7_a_conflict_of_times_is_not_approved(table: Table) -> None:
    for phone, time in ((table.ana, LATER), (table.tablet, EARLIER)):
        phone.chain.write("edit", "pump", {"time": time}, table.seen["vv"])
        await phone.push()
    row = (await table.max.rows())[PUMP]

    answer = await table.max.decide("approve", "pump", row, dg=row_digest(row))

    assert (answer["st"], answer["note"]) == ("held", "multi_valued")
    assert (await table.row())["approved"] is None


async def test_i7_a_deletion_beside_an_approval_asks_and_takes_nothing_away(
    table: Table, in_order: Callable[..., list[Act]]
) -> None:
    approve, delete = table.decides(table.max, "approve"), table.edits(table.ana, **DELETED)

    await play(in_order(approve, delete))

    row = await table.row()
    assert row["status"] == "approved+amendment"
    assert row["approved"]["v"]["time"]["end"] == "2026-03-02T15:00:00Z"
    assert row["v"]["life"] == [DELETED["life"]]


async def test_i7_who_lost_the_role_decides_nothing_and_the_others_are_told(
    table: Table,
) -> None:
    demote = update(PersonRow).where(col(PersonRow.id) == UUID(table.max.person_id))
    organisation_id = OrganisationId(UUID(table.door.organisation))

    def act(unit: UnitOfWork) -> None:
        unit.session.execute(demote.values(roles="worker"))
        unit.organisations.reference_changed(organisation_id)

    await table.door.database.write(act)

    answer = await table.decides(table.max, "approve")()

    # Max does not see Ana's time any more: an unknown entry would be answered alike.
    assert (answer["st"], answer["code"]) == ("held", "unknown_ref")
    assert (await table.mia.rows())[PUMP]["status"] == "draft"
    assert table.mia.person_id in {str(person) for person in table.door.jobs.told[-1]}


async def test_i7_a_digest_of_content_that_nobody_saw_is_held_and_raises_an_alarm(
    table: Table,
) -> None:
    forged = "sha256:" + "A" * 43

    answer = await table.max.decide("approve", "pump", table.seen, dg=forged)

    assert (answer["code"], answer["note"]) == ("value_invalid", "digest_mismatch")
    (alarm,) = (await table.door.office("alarms"))["alarms"]
    assert (alarm["kind"], alarm["device"]) == ("digest_mismatch", table.max.chain.actor)


async def test_i7_a_phone_with_a_wrong_clock_decides_like_any_other(
    table: Table, in_order: Callable[..., list[Act]]
) -> None:
    async def approve_in_1990() -> dict[str, Any]:
        digest = row_digest(table.seen)
        members = {"dg": digest, "w": "2099-12-31T23:59:59Z"}
        table.max.chain.write("approve", "pump", {}, table.seen["vv"], **members)
        return (await table.max.push())[-1]

    await play(in_order(approve_in_1990, table.edits(table.ana, time=LATER)))

    row = await table.row()
    assert row["status"] == "approved+amendment"
    assert row["approved"]["at"] == "2026-03-03T12:00:00Z", "the server's receipt counts"


def _approval(manager: DoorPhone, version: Mapping[str, Any]) -> Act:
    async def act() -> dict[str, Any]:
        return await manager.decide("approve", "pump", version)

    return act
