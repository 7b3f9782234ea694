"""A grant that is taken back takes the rows along, and loses nothing that was written under it."""

from datetime import timedelta
from typing import Any

from support.chain import allocation, entry_id
from support.door import Door, DoorPhone, row_digest

PENDING = 20


async def pull_behind(phone: DoorPhone, cursor: str) -> dict[str, Any]:
    """Return the next page of a phone that has room for all."""
    page = await phone.pull(cursor)
    assert page["complete"]
    return page


async def test_f13_a_grant_taken_back_while_a_phone_has_operations_pending_loses_none(
    door: Door,
) -> None:
    """Purged, all operations stored, none visible to the former approver, none effective."""
    roof = (await door.office("project add", name="Roof"))["id"]
    ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben", "foreman")
    max_ = await door.enrolled("Max", "manager")
    who = {"project": "Roof", "person": "Ben"}
    await door.office("project approver add", **who)
    names = [f"entry {number}" for number in range(PENDING)]
    for number, name in enumerate(names):
        ana.write(name, f"{number:02}:00", f"{number:02}:30", alloc=allocation(roof))
    await ana.push()
    page = await ben.pull()
    rows = {row["id"]: row for row in page["rows"]}
    assert len(rows) == PENDING
    for name in names:  # Offline: they wait on his phone.
        row = rows[entry_id(name)]
        ben.chain.write("approve", name, None, row["vv"], dg=row_digest(row))
    await door.office("project approver remove", **who)
    door.moment.now += timedelta(seconds=1)

    results = await ben.push()
    after = await pull_behind(ben, page["cursor"])
    sent_again = await ben.try_push(ben.chain.items)

    assert {(one["st"], one["code"]) for one in results} == {("held", "unknown_ref")}
    assert all("rev" not in one and "siblings" not in one for one in results)
    assert (after["purge"], after["rows"], after["gone"]) == ([f"p:{roof}"], [], [])
    assert {one["st"] for one in sent_again.json()["results"]} == {"duplicate"}
    assert {row["status"] for row in (await max_.rows()).values()} == {"draft"}
    for name in names:
        told = (await max_.ask("GET", f"/v1/entries/{entry_id(name)}/history")).json()
        assert [one["by"] for one in told["operations"]] == ["new", "approve"]
    hidden = await ben.ask("GET", f"/v1/entries/{entry_id(names[0])}/history")
    assert hidden.status_code == 404


async def test_f13_a_manager_who_loses_somebody_keeps_the_own_entries_and_the_pending_operations(
    door: Door,
) -> None:
    max_, mia = await door.enrolled("Max", "manager"), await door.enrolled("Mia", "manager")
    ana = await door.enrolled("Ana", manager="Max")
    ana.write("pump")
    max_.write("desk")
    for phone in (ana, max_):
        await phone.push()
    page = await max_.pull()
    (row,) = [row for row in page["rows"] if row["id"] == entry_id("pump")]
    max_.chain.write("approve", "pump", None, row["vv"], dg=row_digest(row))
    await door.invite("Ana", manager="Mia")

    (result,) = await max_.push()
    after = await pull_behind(max_, page["cursor"])

    assert (result["st"], result["code"]) == ("held", "unknown_ref")
    assert (after["purge"], after["rows"]) == ([f"w:{ana.person_id}"], [])
    assert set(await max_.rows()) == {entry_id("desk")}
    assert (await mia.rows())[entry_id("pump")]["status"] == "draft"


async def test_the_names_in_the_reference_are_those_of_whose_entries_one_sees(door: Door) -> None:
    roof = (await door.office("project add", name="Roof"))["id"]
    ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben", "foreman")
    await door.enrolled("Eve")
    ana.write("pump", alloc=allocation(roof))
    await ana.push()

    async def names() -> list[str]:
        told = (await ben.ask("GET", "/v1/reference")).json()
        return [person["name"] for person in told["people"]]

    before = await names()
    await door.office("project approver add", project=roof, person="Ben")

    assert (before, await names()) == (["Ben"], ["Ana", "Ben"])
