"""The page that says what is only on this phone, why, and what to do about it."""

import json
import re

from playwright.sync_api import expect

from browser.conftest import NewPhone
from support.browser_phone import BrowserPhone
from support.company import Company

STUCK_MILLISECONDS = 11 * 60 * 1000


def test_without_a_signal_the_phone_says_what_it_holds_and_hands_it_out_as_a_file(
    company: Company, phone: NewPhone
) -> None:
    ana = phone()
    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.sent()
    ana.lose_signal()
    ana.add_entry("07:00", "15:00", "Bridge Street 12")

    open_this_phone(ana)
    head = ana.page.get_by_role("status").first
    expect(head).to_have_text("1 item is only on this phone")
    ana.expect_text("No answer from the office")
    with ana.page.expect_download() as download:
        ana.button("Send as file").click()
    assert download.value.suggested_filename.startswith("daywork-")
    file = json.loads(download.value.path().read_text("utf-8"))
    assert set(file) == {"daywork_rescue", "actor", "alg", "public_key", "ops", "sig"}
    assert (file["daywork_rescue"], file["alg"]) == (1, "ES256")
    assert [one["by"] for one in file["ops"]][-1] == "new"
    assert re.fullmatch(r"[A-Za-z0-9_-]{86}", file["sig"])

    ana.find_signal()
    ana.button("Send now").click()
    expect(head).to_have_text("Everything is with the office")
    expect(ana.button("Send as file")).to_have_count(0)


def test_what_does_not_get_through_for_long_is_said_plainly(
    company: Company, phone: NewPhone
) -> None:
    ana = phone()
    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.sent()
    # The phone itself believes that it has a network.
    ana.context.route("**/v1/sync/**", lambda route: route.abort())
    ana.page.clock.install()
    ana.add_entry("07:00", "15:00", "Bridge Street 12")

    open_this_phone(ana)
    ana.expect_text("No answer from the office")
    ana.page.clock.fast_forward(STUCK_MILLISECONDS)
    ana.button("Send now").click()
    ana.expect_text("Sending does not get through")

    ana.context.unroute("**/v1/sync/**")
    ana.button("Send now").click()
    ana.expect_text("Everything is with the office")
    expect(ana.page.get_by_text("Sending does not get through")).to_have_count(0)


def test_the_technical_part_is_folded_away(company: Company, phone: NewPhone) -> None:
    ana = phone()
    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.sent()

    open_this_phone(ana)
    number = ana.page.get_by_text("Number of this phone")
    expect(number).to_be_hidden()
    ana.page.get_by_text("For the helpdesk").click()
    expect(number).to_be_visible()


def open_this_phone(phone: BrowserPhone) -> None:
    """Go there from Me, as one does."""
    phone.show("Me")
    phone.link(re.compile("^This phone")).click()
    expect(phone.page.get_by_role("heading", name="This phone", exact=True)).to_be_visible()
