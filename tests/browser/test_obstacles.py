"""What stands in the way of saving, sending or seeing is said in words, and nothing is lost."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from browser.conftest import NewPhone
from support.company import Company

PROJECT = "Bridge Street 12"
TOO_OLD = {"type": "about:blank", "title": "Update", "status": 426, "code": "pull_upgrade_required"}


FILL_UP = """() => {
  window.__put = IDBObjectStore.prototype.put
  IDBObjectStore.prototype.put = () => { throw new DOMException('no room', 'QuotaExceededError') }
}"""
GIVE_ROOM = "() => { IDBObjectStore.prototype.put = window.__put }"


def test_a_full_phone_says_so_and_keeps_what_was_typed_until_there_is_room(
    company: Company, phone: NewPhone
) -> None:
    ana = phone()
    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.sent()
    ana.open("/add")
    ana.page.get_by_label("Start", exact=True).fill("07:00")
    ana.page.get_by_label("End", exact=True).fill("15:00")
    ana.page.get_by_label("Note").fill("pump 4")

    ana.page.evaluate(FILL_UP)
    ana.button("Save").click()
    ana.expect_text("This phone is full")
    expect(ana.page.get_by_label("Note")).to_have_value("pump 4")
    assert company.rows() == []

    ana.page.evaluate(GIVE_ROOM)
    ana.button("Save").click()
    ana.expect_text("Saved on this phone")
    expect(ana.page.get_by_text("This phone is full")).to_have_count(0)
    ana.sent()
    assert len(company.rows()) == 1


def test_an_app_that_is_too_old_to_show_changes_still_sends(
    company: Company, phone: NewPhone
) -> None:
    ana = phone()
    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.sent()
    # A server of the future: this one has nothing yet that this app could not read.
    ana.context.route("**/v1/sync/pull?*", lambda route: route.fulfill(status=426, json=TOO_OLD))
    ana.add_entry("07:00", "15:00", PROJECT)

    ana.open("/")
    ana.expect_text("A newer version is needed to show changes")
    ana.expect_text("Your time is still sent.")
    expect(ana.button("Update now")).to_be_visible()
    assert len(company.rows()) == 1
    ana.complaints.clear()  # A browser reports each answer of 4xx.


def test_what_comes_after_its_period_was_closed_has_a_quiet_mark(
    company: Company, phone: NewPhone
) -> None:
    ana = phone()
    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.sent()
    day = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    company.close_period(day)
    ana.open(f"/add/{day}")
    ana.page.get_by_label("Start", exact=True).fill("07:00")
    ana.page.get_by_label("End", exact=True).fill("15:00")
    ana.button("Save").click()
    ana.expect_text("Saved on this phone")
    ana.sent()

    ana.open("/outbox")
    ana.expect_text("Came after this period was closed.")
    ana.expect_chip("All sent")


def test_a_phone_that_was_taken_out_of_use_says_so_and_can_join_again(
    company: Company, phone: NewPhone
) -> None:
    old, new = phone(), phone()
    old.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    old.add_entry("07:00", "15:00", PROJECT)
    old.sent()
    new.join(company.invite("Ana Ruiz"), "Ana's Galaxy")
    new.button("instead of “Ana's Pixel”").click()
    new.page.get_by_text("I use another one now").click()
    new.hold(new.button("Hold to take it out of use"))
    new.expect_text("is out of use")

    old.open("/")
    old.expect_text("This phone was taken out of use")
    old.expect_text("What was shown here is erased.")
    expect(old.page.get_by_text(re.compile("8 h 00"))).to_have_count(0)
    old.join(company.invite("Ana Ruiz"), "Ana's Pixel again")
    expect(old.page.get_by_text("This phone was taken out of use")).to_have_count(0)
    expect(old.link(PROJECT)).to_contain_text("8 h 00")
    old.complaints.clear()  # A browser reports the answer to a phone that is out of use.
