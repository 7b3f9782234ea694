"""Decisions through the door: who may decide, what holds, and what rows then show."""

from daywork.core.json_value import JsonValue
from support.chain import entry_id, interval
from support.door import Door, row_digest

PUMP = entry_id("pump")


async def test_an_approval_is_shown_to_both_and_posts(door: Door) -> None:
    ana, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    ana.write("pump")
    await ana.push()

    result = await max_.decide("approve", "pump", (await max_.rows())[PUMP])

    assert result["st"] == "applied"
    assert "note" not in result
    for phone in (ana, max_):
        row = (await phone.rows())[PUMP]
        assert row["status"] == "approved"
        assert row["approved"]["dg"] == row_digest(row)
        assert set(row["approved"]) >= {"dg", "v", "who", "at"}
    assert len(door.jobs.posted) == 1


async def test_nobody_approves_their_own_time_nor_without_the_role(door: Door) -> None:
    ana, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    max_, mia = await door.enrolled("Max", "manager"), await door.enrolled("Mia", "manager")
    for phone, entry in ((ana, "pump"), (max_, "desk")):
        phone.write(entry)
        await phone.push()

    own = await ana.decide("approve", "pump", (await ana.rows())[PUMP])
    boss = await max_.decide("approve", "desk", (await max_.rows())[entry_id("desk")])
    colleague = await eve.decide("approve", "pump", (await ana.rows())[PUMP])
    other = await mia.decide("approve", "desk", (await max_.rows())[entry_id("desk")])

    assert own["code"] == boss["code"] == "not_authorised"
    assert colleague["code"] == "unknown_ref"
    assert other["st"] == "applied"
    assert door.jobs.posted == [door.jobs.posted[0]]


async def test_an_approval_holds_for_what_was_seen_and_the_rest_is_an_amendment(
    door: Door,
) -> None:
    ana, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    ana.write("pump")
    await ana.push()
    seen = (await max_.rows())[PUMP]
    ana.chain.write("edit", "pump", {"time": interval("07:00", "16:00")}, ana.chain.seen())
    await ana.push()

    result = await max_.decide("approve", "pump", seen)

    assert (result["st"], result["note"]) == ("applied", "superseded")
    row = (await ana.rows())[PUMP]
    assert row["status"] == "approved+amendment"
    assert row["approved"]["v"]["time"]["end"] == "2026-03-02T15:00:00Z"
    assert row["v"]["time"][0]["end"] == "2026-03-02T16:00:00Z"


async def test_an_edit_behind_an_approval_is_an_amendment_and_a_note_is_none(door: Door) -> None:
    ana, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    ana.write("pump")
    await ana.push()
    await max_.decide("approve", "pump", (await max_.rows())[PUMP])
    ana.chain.write("edit", "pump", {"note": "wet"}, ana.chain.seen())
    note = (await ana.push())[0]
    status = (await ana.rows())[PUMP]["status"]
    ana.chain.write("edit", "pump", {"time": interval("07:00", "16:00")}, ana.chain.seen())
    time = (await ana.push())[0]

    assert (note["st"], status) == ("applied", "approved")
    assert time["st"] == "amendment"
    assert (await max_.rows())[PUMP]["status"] == "approved+amendment"


async def test_what_cannot_be_approved_is_held_with_its_note(door: Door) -> None:
    ana, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    max_ = await door.enrolled("Max", "manager")
    ana.write("running", end=None)
    ana.write("pump")
    await ana.push()
    running = await max_.decide("approve", "running", (await max_.rows())[entry_id("running")])
    wrong = await max_.decide("approve", "pump", (await max_.rows())[PUMP], dg="sha256:" + "A" * 43)
    for phone, end in ((ana, "16:00"), (tablet, "17:00")):
        phone.chain.write("edit", "pump", {"time": interval("07:00", end)}, ana.chain.seen(2))
        await phone.push()
    row = (await max_.rows())[PUMP]
    several = await max_.decide("approve", "pump", row)

    assert (running["code"], running["field"], running["note"]) == (
        "value_invalid",
        "time.end",
        "running",
    )
    assert (wrong["field"], wrong["note"]) == ("dg", "digest_mismatch")
    assert "conflict:time" in row["flags"]
    assert (several["field"], several["note"]) == ("dg", "multi_valued")
    assert door.jobs.posted == []


async def test_a_deletion_takes_the_row_away_for_everyone(door: Door) -> None:
    ana, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    ana.write("pump")
    await ana.push()
    row = (await max_.rows())[PUMP]
    cursor = (await max_.pull())["cursor"]
    life: JsonValue = {"deleted": True, "reason": "twice"}
    ana.chain.write("delete", "pump", {"life": life}, ana.chain.seen())
    await ana.push()

    page = await max_.pull(cursor)
    late = await max_.decide("approve", "pump", row | {"v": row["v"] | {"life": [life]}})

    assert page["rows"] == []
    assert [(one["id"], one["why"]) for one in page["gone"]] == [(PUMP, "deleted")]
    assert late["st"] == "held"


async def test_a_rejection_needs_a_reason_and_the_worker_reads_it(door: Door) -> None:
    ana, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    ana.write("pump")
    await ana.push()
    row = (await max_.rows())[PUMP]

    silent = await max_.decide("reject", "pump", row)
    said = await max_.decide("reject", "pump", row, reason="which pump?")

    assert silent["code"] == "malformed"
    assert said["st"] == "applied"
    assert (await ana.rows())[PUMP]["status"] == "rejected"
    history = (await ana.ask("GET", f"/v1/entries/{PUMP}/history")).json()["operations"]
    assert [one["reason"] for one in history if one["by"] == "reject"] == ["which pump?"]
