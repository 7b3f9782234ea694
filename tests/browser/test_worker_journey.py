"""A worker's day on one phone, without a signal from the first touch to the last."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from browser.conftest import NewPhone
from support.browser_phone import listen
from support.company import Company


def test_a_day_in_airplane_mode_is_kept_and_sent_when_the_signal_is_back(
    company: Company, phone: NewPhone
) -> None:
    ana = phone()
    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.expect_chip("All sent")
    ana.page.close()
    ana.lose_signal()

    ana.page = ana.context.new_page()
    listen(ana)
    # The day began eight hours ago; the clock goes on by itself from there.
    ana.page.clock.install(time=datetime.now(UTC) - timedelta(hours=8))
    ana.open("/")
    ana.button("Start", exact=True).click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Bridge Street 12").click()
    ana.expect_text("Working")
    ana.page.clock.fast_forward("04:00:00")
    ana.button("Break", exact=True).click()
    ana.expect_text("On a break")
    ana.page.clock.fast_forward("00:30:00")
    ana.button("End break").click()
    ana.page.clock.fast_forward("01:30:00")
    ana.button("Switch").click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Harbour warehouse").click()
    ana.page.clock.fast_forward("01:45:00")
    ana.button("Finish").click()
    ana.expect_text("Off")
    ana.expect_chip(re.compile(r"\d on this phone"))

    ana.page.reload()
    expect(ana.page.get_by_role("timer")).to_have_text("7:15")
    expect(ana.page.locator("figcaption").first).to_contain_text("break")
    expect(ana.link("Bridge Street 12")).to_contain_text("5 h 30")
    expect(ana.link("Harbour warehouse")).to_contain_text("1 h 45")

    ana.find_signal()
    ana.expect_chip("All sent")
    expect(ana.link("Harbour warehouse")).to_contain_text("Sent")
    ana.show("Outbox")
    ana.expect_text("Everything is with the office.")
    bridge, harbour = sorted(
        (row["v"]["time"][0] for row in company.rows()), key=lambda time: str(time["start"])
    )
    assert len(bridge["brk"]) == 1
    assert bridge["end"] == harbour["start"]
    assert harbour["end"] is not None
