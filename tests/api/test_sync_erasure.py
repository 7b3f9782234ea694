"""What may not be kept is nowhere, and hashes and signatures verify all the same."""

from typing import Any

import pytest

from daywork.core.errors import NotFound, ValueRefused
from support.chain import entry_id
from support.door import Door
from support.stored import chain_verifies, everything

CANARY = "canary-7f3a"


async def test_i16_minimal_data_a_dropped_group_is_stored_nowhere_and_the_chain_verifies(
    door: Door,
) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump", location=CANARY, mood=[CANARY])
    phone.write("shed", "16:00", "17:00")

    answer, _ = await phone.push()

    assert answer["dropped"] == ["location", "mood"]
    assert CANARY not in await everything(door)
    assert await chain_verifies(door, phone)


async def test_i17_erasure_takes_the_values_everywhere_and_late_operations_bring_nothing_back(
    door: Door,
) -> None:
    ana, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    ana.write("pump", note=CANARY)
    ana.write("shed", "16:00", "17:00")
    await ana.push()
    seen = ana.chain.seen(1)
    written: Any = ana.chain.items[0]["s"]
    salts = [group["n"] for group in written.values()]
    pump = entry_id("pump")

    told = await door.office("entry erase", entry=pump)

    assert told == {"operations": 1}
    tablet.chain.write("edit", "pump", {"note": f"late {CANARY}"}, seen)
    tablet.chain.write("restore", "pump", {"life": {"deleted": False, "reason": CANARY}}, seen)
    late = await tablet.push()
    assert [answer["code"] for answer in late] == ["too_old_erased", "too_old_erased"]
    stored = await everything(door)
    assert CANARY not in stored
    assert not [salt for salt in salts if salt in stored]
    assert set(await ana.rows()) == {entry_id("shed")}
    assert (await ana.ask("GET", f"/v1/entries/{pump}/history")).text.count(CANARY) == 0
    assert await chain_verifies(door, ana)
    assert await chain_verifies(door, tablet)
    again = await ana.push_items(ana.chain.items)
    assert again[0]["result"]["code"] == "too_old_erased"
    assert CANARY not in await everything(door)


async def test_i17_erasure_waits_until_approved_time_is_in_the_books(door: Door) -> None:
    ana, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    ana.write("pump")
    await ana.push()
    await max_.decide("approve", "pump", (await max_.rows())[entry_id("pump")])

    with pytest.raises(ValueRefused, match="on its way"):
        await door.office("entry erase", entry=entry_id("pump"))
    with pytest.raises(NotFound):
        await door.office("entry erase", entry=entry_id("nobody's"))
    with pytest.raises(ValueRefused, match="no id"):
        await door.office("entry erase", entry="pump")
