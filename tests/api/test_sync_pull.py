"""What a phone fetches: pages in one order, each person their own sight, no row missed."""

import asyncio
import base64
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, update

from daywork.core.ids import OrganisationId
from daywork.store.organisations import SyncCounterRow
from daywork.usecases.read_time_entries import checksum
from support.chain import entry_id, interval
from support.door import Door, DoorPhone, refused

WRITERS = 4
PUSHES_EACH = 6


async def followed(phone: DoorPhone, limit: int, cursor: str | None = None) -> list[dict[str, Any]]:
    """Return all rows behind ``cursor``, page by page."""
    rows: list[dict[str, Any]] = []
    has_more = True
    while has_more:
        page = await phone.pull(cursor, limit)
        assert len(page["rows"]) + len(page["gone"]) <= limit
        rows += page["rows"]
        cursor, has_more = page["cursor"], page["more"]
        assert page["complete"] is not has_more
    return rows


async def test_pages_of_any_size_tell_the_same_rows_in_the_order_of_revisions(door: Door) -> None:
    phone = await door.enrolled("Ana")
    for number in range(7):
        phone.write(f"entry {number}", f"{number + 7:02}:00", f"{number + 7:02}:30")
        await phone.push()

    whole = await followed(phone, 500)

    assert [row["rev"] for row in whole] == sorted(row["rev"] for row in whole)
    assert len(whole) == 7
    for limit in (1, 2, 7):
        assert await followed(phone, limit) == whole
    last = await phone.pull((await phone.pull())["cursor"])
    assert (last["rows"], last["gone"], last["more"]) == ([], [], False)


async def test_a_cursor_is_one_persons_and_nobody_can_write_one(door: Door) -> None:
    ana, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    tablet = await door.enrolled("Ana")
    other = (await door.office("org create", name="Other", time_zone="UTC", currency="EUR"))["id"]
    mallory = await door.enrolled("Mallory", organisation=other)
    cursor = (await ana.pull())["cursor"]

    for phone in (eve, mallory):
        answer = await phone.ask("GET", f"/v1/sync/pull?cursor={cursor}")
        assert refused(answer) == (400, "cursor_invalid")
    for place, letter in enumerate(cursor):
        changed = cursor[:place] + ("B" if letter == "A" else "A") + cursor[place + 1 :]
        answer = await ana.ask("GET", f"/v1/sync/pull?cursor={changed}")
        assert refused(answer) == (400, "cursor_invalid"), place
    for text in (cursor[:-1], cursor + "A", cursor + "=", base64.b64encode(b"{}").decode()):
        answer = await ana.ask("GET", f"/v1/sync/pull?cursor={text}")
        assert refused(answer) == (400, "cursor_invalid"), text
    assert (await tablet.pull(cursor))["rows"] == []


async def test_values_and_dots_are_parallel_and_sorted(door: Door) -> None:
    phone, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    phone.write("pump")
    await phone.push()
    for device, end in ((phone, "16:00"), (tablet, "17:00")):
        device.chain.write("edit", "pump", {"time": interval("07:00", end)}, phone.chain.seen(1))
        await device.push()

    row = (await phone.rows())[entry_id("pump")]

    dots = row["dots"]["time"]
    assert dots == sorted([[phone.chain.actor, 2], [tablet.chain.actor, 1]])
    ends = {phone.chain.actor: "16", tablet.chain.actor: "17"}
    assert [value["end"][11:13] for value in row["v"]["time"]] == [ends[dot[0]] for dot in dots]
    assert row["d"] == [phone.chain.actor, 1]
    assert "alloc" not in row["dots"]
    assert row["vv"] == {
        phone.chain.actor: phone.chain.mark(),
        tablet.chain.actor: tablet.chain.mark(),
    }
    assert "conflict:time" in row["flags"]


async def test_each_sees_their_own_a_manager_their_people_the_office_all(door: Door) -> None:
    max_ = await door.enrolled("Max", "manager")
    mia = await door.enrolled("Mia", "manager")
    ana = await door.enrolled("Ana", manager="Max")
    ben = await door.enrolled("Ben", manager="Mia")
    olga = await door.enrolled("Olga", "office")
    other = (await door.office("org create", name="Other", time_zone="UTC", currency="EUR"))["id"]
    mallory = await door.enrolled("Mallory", "admin", organisation=other)
    for phone, entry in ((ana, "ana's"), (ben, "ben's")):
        phone.write(entry)
        await phone.push()
    anas, bens = entry_id("ana's"), entry_id("ben's")
    sights: list[tuple[DoorPhone, set[str]]] = [
        (ana, {anas}),
        (ben, {bens}),
        (max_, {anas}),
        (mia, {bens}),
        (olga, {anas, bens}),
        (mallory, set()),
    ]
    unknown = await ana.ask("GET", f"/v1/entries/{entry_id('nothing')}/history")

    for phone, seen in sights:
        assert set(await phone.rows()) == seen
        for entry in (anas, bens):
            answer = await phone.ask("GET", f"/v1/entries/{entry}/history")
            if entry in seen:
                assert answer.json()["entry"] == entry
            else:
                assert refused(answer) == (404, "not_found")
                assert answer.text == unknown.text


async def test_whoever_follows_the_feed_misses_no_row_of_many_writers(door: Door) -> None:
    boss = await door.enrolled("Max", "manager")
    crew = [await door.enrolled(f"worker {number}") for number in range(WRITERS)]
    seen: dict[str, int] = {}
    done = asyncio.Event()

    async def work(number: int, phone: DoorPhone) -> None:
        for turn in range(PUSHES_EACH):
            phone.write(f"{number}/{turn}", f"{turn + 7:02}:00", f"{turn + 7:02}:30")
            phone.chain.write("edit", f"{number}/0", {"note": str(turn)}, phone.chain.seen())
            await phone.push()

    async def follow() -> None:
        cursor = None
        is_last = False
        while not is_last:
            is_last = done.is_set()  # What was committed before is in what follows.
            page = await boss.pull(cursor, 3)
            revisions = [row["rev"] for row in page["rows"]]
            assert revisions == sorted(set(revisions))
            seen.update({row["id"]: row["rev"] for row in page["rows"]})
            cursor, is_last = page["cursor"], is_last and not page["more"]
            # A pull on SQLite waits for nothing, and this door has no network that would.
            await asyncio.sleep(0)

    following = [asyncio.create_task(follow()) for _ in range(2)]
    await asyncio.gather(*(work(number, phone) for number, phone in enumerate(crew)))
    done.set()
    await asyncio.gather(*following)

    assert seen == {entry: row["rev"] for entry, row in (await boss.rows()).items()}
    assert len(seen) == WRITERS * PUSHES_EACH


async def test_an_app_too_old_to_read_is_told_so_and_may_still_push(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")

    answer = await phone.ask("GET", "/v1/sync/pull?schema=0")

    assert refused(answer) == (426, "pull_upgrade_required")
    assert (await phone.push())[0]["st"] == "applied"
    assert len((await phone.ask("GET", "/v1/sync/pull?schema=1")).json()["rows"]) == 1
    for text in ("", "x", "-1", "1.0", "9" * 20, "%D9%A1"):
        answer = await phone.ask("GET", f"/v1/sync/pull?schema={text}")
        assert refused(answer) == (400, "value.refused"), text


async def test_the_last_page_tells_what_a_phone_should_have_of_each_scope(door: Door) -> None:
    boss = await door.enrolled("Max", "manager")
    ana = await door.enrolled("Ana", manager="Max")
    for number in range(3):
        ana.write(f"entry {number}", f"{number + 7:02}:00", f"{number + 7:02}:30")
    await ana.push()

    first = (await boss.ask("GET", "/v1/sync/pull?limit=2&check=1")).json()
    last = (await boss.ask("GET", f"/v1/sync/pull?check=1&cursor={first['cursor']}")).json()
    unasked = await boss.pull(first["cursor"])

    assert (first["complete"], first["scopes"], unasked["scopes"]) == (False, [], [])
    rows = [(UUID(row["id"][3:]), row["rev"]) for row in (*first["rows"], *last["rows"])]
    told = {scope["s"]: scope for scope in last["scopes"]}
    assert told.keys() == {f"w:{boss.person_id}", f"w:{ana.person_id}"}
    assert told[f"w:{ana.person_id}"] == {
        "s": f"w:{ana.person_id}",
        "rev": 3,
        "from": "2026-01-27T00:00:00Z",
        "n": 3,
        "sum": checksum(rows),
    }
    assert told[f"w:{boss.person_id}"]["sum"] == "0" * 16


async def test_i14_scope_safety_whoever_is_given_to_another_manager_leaves_the_first_ones_phone(
    door: Door,
) -> None:
    max_, mia = await door.enrolled("Max", "manager"), await door.enrolled("Mia", "manager")
    ana = await door.enrolled("Ana", manager="Max")
    ana.write("pump")
    await ana.push()
    cursors = {phone.person_id: (await phone.pull())["cursor"] for phone in (max_, mia)}
    await door.invite("Ana", manager="Mia")

    lost, won = [await phone.pull(cursors[phone.person_id]) for phone in (max_, mia)]

    assert (lost["purge"], lost["rows"], lost["gone"]) == ([f"w:{ana.person_id}"], [], [])
    assert [row["id"] for row in won["rows"]] == [entry_id("pump")]
    assert won["purge"] == []


async def test_f10_i13_cursor_of_one_who_saw_more_makes_all_begin_anew_when_the_server_was_set_back(
    door: Door,
) -> None:
    """A standby that lacked the last commits takes over: nobody may pass over what comes now."""
    ana, ben = await door.enrolled("Ana"), await door.enrolled("Ben")
    for number in range(3):
        ana.write(f"entry {number}", f"{number + 7:02}:00", f"{number + 7:02}:30")
    await ana.push()
    cursors = {phone.person_id: (await phone.pull())["cursor"] for phone in (ana, ben)}
    fresh = (await ben.pull())["epoch"]
    organisation = OrganisationId(UUID(door.organisation))
    lost = update(SyncCounterRow).where(col(SyncCounterRow.organisation_id) == organisation)
    await door.database.write(lambda unit: unit.session.execute(lost.values(revision=1)).close())

    ahead = await ana.ask("GET", f"/v1/sync/pull?cursor={cursors[ana.person_id]}")
    for turn in range(4):  # The history comes to where it was, with other rows.
        ben.write(f"ben's {turn}", f"{turn + 7:02}:00", f"{turn + 7:02}:30")
        await ben.push()
    late = await ben.ask("GET", f"/v1/sync/pull?cursor={cursors[ben.person_id]}")

    assert refused(ahead) == refused(late) == (410, "cursor_expired")
    anew = await ben.pull()
    assert len(anew["rows"]) == 4
    assert anew["epoch"] != fresh


async def test_what_is_older_than_the_window_comes_when_it_is_asked_for(door: Door) -> None:
    ana, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    for number in range(3):
        ana.write(f"old {number}", f"{number + 7:02}:00", f"{number + 7:02}:30")
    await ana.push()
    for number in range(3):
        name = f"old {number}"
        await max_.decide("approve", name, (await max_.rows())[entry_id(name)])
    door.moment.now += timedelta(days=200)
    again = await door.enrolled("Ana")

    assert await again.rows() == {}
    found: set[str] = set()
    cursor, has_more = "", True
    while has_more:
        page = (await again.ask("GET", f"/v1/sync/pull?all=1&limit=1{cursor}")).json()
        found |= {row["id"] for row in page["rows"]}
        cursor, has_more = f"&cursor={page['cursor']}", page["more"]
    assert found == {entry_id(f"old {number}") for number in range(3)}
