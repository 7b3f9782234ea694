"""What arrives for a closed period is kept, counted as late, and part of the entry."""

import pytest

from daywork.core.errors import ValueRefused
from support.chain import interval
from support.door import Door, row_digest


async def test_what_comes_after_the_closing_is_late_and_kept(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("before")
    assert (await phone.push())[0]["st"] == "applied"
    await door.office("period close", through="2026-03-02")

    phone.write("after", "16:00", "17:00")
    phone.chain.write("edit", "before", {"note": "a note is no time"}, phone.chain.seen(1))
    phone.chain.write("edit", "before", {"time": interval("06:00", "15:00")}, phone.chain.seen(3))
    late, note, edit = await phone.push()

    assert (late["st"], note["st"], edit["st"]) == ("late", "applied", "late")
    rows = await phone.rows()
    assert len(rows) == 2, "late is not lost"
    assert rows[str(phone.chain.items[0]["e"])]["v"]["time"][0]["start"] == "2026-03-02T06:00:00Z"


async def test_moving_time_out_of_a_closed_period_is_late_as_well(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    await phone.push()
    await door.office("period close", through="2026-03-02")

    tomorrow = interval("07:00", "15:00") | {
        "start": "2026-03-03T07:00:00Z",
        "end": "2026-03-03T11:00:00Z",
    }
    phone.chain.write("edit", "pump", {"time": tomorrow}, phone.chain.seen())

    assert [result["st"] for result in await phone.push()] == ["late"]


async def test_a_late_entry_is_approved_like_any_other(door: Door) -> None:
    phone, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    await door.office("period close", through="2026-03-02")
    phone.write("pump")
    await phone.push()
    entry = str(phone.chain.items[0]["e"])
    row = (await max_.rows())[entry]

    result = await max_.decide("approve", "pump", row, dg=row_digest(row))

    assert result["st"] == "applied"
    assert (await phone.rows())[entry]["status"] == "approved"


async def test_a_period_is_closed_when_it_is_over_and_once(door: Door) -> None:
    with pytest.raises(ValueRefused, match="not ended"):
        await door.office("period close", through="2026-03-03")
    with pytest.raises(ValueRefused, match="no date"):
        await door.office("period close", through="March")
    await door.office("period close", through="2026-03-01")
    with pytest.raises(ValueRefused, match="closed already"):
        await door.office("period close", through="2026-03-01")
    await door.office("period close", through="2026-03-02")

    assert [one["through"] for one in (await door.office("period list"))["periods"]] == [
        "2026-03-02",
        "2026-03-01",
    ]
