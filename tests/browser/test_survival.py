"""What the phone showed as saved is with the office in the end, once, whatever befalls the phone.

The names carry the fault: F4 a page killed while it saves, F5 storage wiped, full or
not promised, F6 a server from an old backup, F7 a phone that was copied, F18 two tabs
and the worker script at once. Clocks and zones (F8) are in ``test_survival_clocks``.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from browser.conftest import NewKeptPhone
from support import chromium
from support.busy_tabs import background_sync, begin_adding, wait_until_added
from support.company import Company, found_company
from support.kept_phone import KeptPhone, is_whole
from support.phone_storage import limit_storage, wipe
from support.server import RunningServer, free_port, running_server
from support.step_killer import JS_FLAGS, SCRIPT, aim, save_and_die, save_and_stand_still
from support.survival import add, fill, joined, notes_at, open_entry, renew_page

STEPS_MAX = 60
TAPS = 15


@pytest.fixture(scope="module")
def copied_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose phones are copied, of which it tells."""
    home = tmp_path_factory.mktemp("copied") / "home"
    with running_server(home, expected="alarm forked from device [a-z0-9]{10}") as running:
        yield running


def test_f4_a_page_killed_at_any_step_of_saving_never_promised_what_is_not_there(
    company: Company, kept_phone: NewKeptPhone
) -> None:
    """It has seen the mistake: a screen that says so in front of saving promises at every step."""
    ana = kept_phone()
    phone = joined(ana, company, args=[*chromium.ARGUMENTS, JS_FLAGS])
    phone.lose_signal()
    phone.context.add_init_script(SCRIPT)
    died_at: dict[str, str] = {}
    promised: list[str] = []

    for step in [*range(1, STEPS_MAX), "said"]:
        if step != "said" and "complete" in died_at.values():
            continue
        renew_page(phone)
        fill(phone, f"step {step}")
        aim(phone.page, step)
        said, died_at[f"step {step}"] = save_and_die(phone)
        promised += [f"step {step}"] if said else []
    renew_page(phone)
    phone.open("/")
    disk = ana.disk()
    kept = {entry["note"] for entry in disk["shown"]}

    assert is_whole(disk)
    assert {"begun", "add done", "put done", "complete", "said"} <= set(died_at.values())
    assert promised == ["step said"]
    # What was complete is there, what was not is not; never a part.
    assert kept == {note for note, at in died_at.items() if at in ("complete", "said")}
    phone.find_signal()
    phone.sent()
    assert notes_at(company) == sorted(kept)


def test_f4_an_empty_battery_keeps_what_was_complete_and_nothing_half(
    company: Company, kept_phone: NewKeptPhone
) -> None:
    ana = kept_phone()
    flags = [*chromium.ARGUMENTS, JS_FLAGS]
    phone = joined(ana, company, args=flags)
    phone.lose_signal()
    add(phone, "before")

    for step in ("add done", "complete", "said"):
        phone.context.add_init_script(SCRIPT)
        fill(phone, step)
        aim(phone.page, step, kills=False)
        assert save_and_stand_still(phone) == (step == "said", step)
        ana.kill()
        phone = ana.open(is_offline=True, args=flags)
    disk = ana.disk()

    assert is_whole(disk)
    kept = {entry["note"] for entry in disk["shown"]}
    assert {"before", "said"} <= kept <= {"before", "complete", "said"}
    phone.find_signal()
    phone.sent()
    assert notes_at(company) == sorted(kept)


def test_f5_a_full_phone_says_so_keeps_what_was_typed_and_saves_when_there_is_room(
    company: Company, kept_phone: NewKeptPhone
) -> None:
    ana = kept_phone()
    phone = joined(ana, company)
    add(phone, "before")
    phone.sent()
    # A browser trusts what it knows of the room for a while: this one learns it at its start.
    ana.close()
    phone = ana.open(is_offline=True, bytes_max=1)

    for _ in range(2):  # It opens, shows what it has, and tries no harder than once.
        phone.open("/")
        expect(phone.page.locator("main")).to_contain_text("before")
    fill(phone, "typed when full")
    phone.button("Save").click()
    phone.expect_text("This phone is full")
    expect(phone.page.get_by_label("Note")).to_have_value("typed when full")
    disk = ana.disk()
    assert is_whole(disk)
    assert [entry["note"] for entry in disk["shown"]] == ["before"]
    # No browser promised to keep anything here: all of it works all the same.
    assert phone.page.evaluate("navigator.storage.persisted()") is False
    limit_storage(phone, None)
    phone.button("Save").click()
    phone.expect_text("Saved on this phone")
    phone.find_signal()

    phone.sent()
    assert notes_at(company) == ["before", "typed when full"]
    assert is_whole(ana.disk())


def test_f5_a_wiped_phone_joins_anew_and_is_asked_about_what_it_had_announced(
    company: Company, kept_phone: NewKeptPhone
) -> None:
    ana = kept_phone()
    phone = joined(ana, company)
    add(phone, "with the office")
    phone.sent()
    first = ana.disk()["head"]["actor"]
    phone.vanish_after_hello(lambda: add(phone, "never sent"))

    wipe(phone)
    # Else the open page may still send what it had read before, and nothing would be lost.
    phone.page.goto("about:blank")
    phone.context.unroute_all()
    phone.find_signal()
    phone.open("/")
    phone.expect_text("Join your company")
    phone.join(company.invite("Ana Ruiz"), "The same phone")

    phone.expect_text(re.compile("needs? you"))
    disk = ana.disk()
    assert disk["head"]["actor"] != first
    assert [entry["note"] for entry in disk["shown"]] == ["with the office"]
    assert company.retired() == {first: "lost"}
    phone.open("/needs")
    phone.expect_text(re.compile("Ana Ruiz's phone"))
    phone.button("Not yet: enter the time").or_(phone.link("Not yet: enter the time")).click()
    add(phone, "entered again")
    phone.open("/needs")
    phone.button("Yes, entered again").click()
    phone.expect_text("Nothing needs you.")
    phone.sent()
    assert notes_at(company) == ["entered again", "with the office"]


@pytest.mark.parametrize("first", ["the original", "the copy"])
def test_f7_a_copied_phone_loses_nothing_whichever_of_the_two_comes_first(
    copied_server: RunningServer, playwright: Playwright, zone: str, tmp_path: Path, first: str
) -> None:
    company = found_company(copied_server, f"Copied, and {first} is first", zone)
    original = KeptPhone(playwright, copied_server.url, zone, tmp_path / "original")
    phone = joined(original, company)
    add(phone, "shared")
    phone.sent()
    phone.lose_signal()
    add(phone, "not sent when copied")
    original_shown = original.disk()["shown"]
    original.close()
    copy = original.copied(tmp_path / "copy")
    (entry,) = [one["id"] for one in original_shown if one["note"] == "shared"]
    for kept, end, words in ((original, "08:10", "original"), (copy, "08:20", "copy")):
        phone = kept.open(is_offline=True)
        add(phone, f"only on the {words}")
        open_entry(phone, entry)
        phone.page.get_by_label("End", exact=True).fill(end)
        phone.button("Save").click()
        phone.expect_text("Saved on this phone")
        kept.close()

    order = (original, copy) if first == "the original" else (copy, original)
    for kept in order:
        kept.open().sent()
        kept.close()
    phone = order[0].open()
    everything = ["not sent when copied", "only on the copy", "only on the original", "shared"]
    for note in everything:
        phone.expect_text(note)

    assert notes_at(company) == everything
    assert is_whole(order[0].disk())
    # Both changed the shared one, and neither knew of the other: a person is asked.
    (torn,) = [row for row in company.rows() if "conflict:time" in row["flags"]]
    assert torn["v"]["note"] == ["shared"]
    assert sorted(time["end"][14:16] for time in torn["v"]["time"]) == ["10", "20"]
    phone.expect_chip("1 needs you")
    assert sorted(company.writers().values()) == [2, 4]
    order[0].close()
    # The second one was refused once, which its browser tells of; the first one noticed nothing.
    assert order[0].complaints == []
    assert [one for one in order[1].complaints if "409 (Conflict)" not in one] == []


def test_f6_a_server_from_an_old_copy_gets_again_what_it_forgot(
    playwright: Playwright, zone: str, tmp_path: Path
) -> None:
    port = free_port()
    with running_server(tmp_path / "home", port=port) as server:
        company = found_company(server, "Set back", zone)
        ana = KeptPhone(playwright, server.url, zone, tmp_path / "profile")
        phone = joined(ana, company)
        add(phone, "before the backup")
        phone.sent()
        backup = server.command("backup", "--to", str(tmp_path / "backups"))["backup"]
        add(phone, "after it", "and again")
        phone.sent()
        assert notes_at(company) == ["after it", "and again", "before the backup"]
    add(phone, "while it was away")
    server.command("restore", backup)
    assert notes_at(company) == ["before the backup"]

    with running_server(tmp_path / "home", port=port):
        phone.open("/")
        phone.expect_chip("All sent")

        everything = ["after it", "and again", "before the backup", "while it was away"]
        assert notes_at(company) == everything
        assert sorted(entry["note"] for entry in ana.disk()["shown"]) == everything
        assert is_whole(ana.disk())
        ana.close()


def test_f18_two_tabs_and_the_worker_script_write_one_history(
    company: Company, kept_phone: NewKeptPhone
) -> None:
    ana = kept_phone()
    phone = joined(ana, company)
    other = phone.context.new_page()
    other.goto(f"{phone.url}/")
    tabs = [phone.page, other]
    wake_the_worker_script = background_sync(phone)
    for number, tab in enumerate(tabs):
        begin_adding(tab, f"tab {number}", TAPS)

    for tab in tabs:
        wait_until_added(tab, TAPS, wake_the_worker_script)
    phone.expect_chip("All sent")

    expected = [f"tab {number} {at}" for number in range(2) for at in range(TAPS)]
    assert notes_at(company) == sorted(expected)
    disk = ana.disk()
    assert is_whole(disk)
    assert disk["head"]["sequenceNumber"] == len(expected)
    assert company.writers() == {disk["head"]["actor"]: len(expected)}
