"""A worker's most frequent jobs, counted in taps, and what the outbox says meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.conftest import NewPhone
from support.browser_phone import BrowserPhone
from support.company import Company

BRIDGE, HARBOUR = "Bridge Street 12", "Harbour warehouse"


@pytest.fixture
def ana(company: Company, phone: NewPhone) -> BrowserPhone:
    """Ana's phone, which has worked on the bridge before."""
    made = phone()
    made.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    made.add_entry("05:00", "06:00", BRIDGE)
    made.open("/")
    return made


def length_of(row: dict[str, Any]) -> timedelta:
    """Return the time from start to end of an entry as the server has it, breaks included."""
    (time,) = row["v"]["time"]
    return datetime.fromisoformat(time["end"]) - datetime.fromisoformat(time["start"])


def taps_of(phone: BrowserPhone, *buttons: str) -> int:
    """Tap buttons one after the other; return how many touches the screen counted."""
    phone.count_taps()
    for name in buttons:
        phone.button(name).first.click()
    return phone.taps()


def test_the_days_jobs_take_as_many_taps_as_promised(ana: BrowserPhone) -> None:
    start = taps_of(ana, f"Start: {BRIDGE}")
    ana.expect_text("Working")
    pause = taps_of(ana, "Break")
    ana.expect_text("On a break")
    go_on = taps_of(ana, "End break")
    ana.expect_text("Working")
    switch = taps_of(ana, "Switch", HARBOUR)
    expect(ana.page.locator("main")).to_contain_text(HARBOUR)
    finish = taps_of(ana, "Finish")
    ana.expect_text("Finished at")

    assert (start, pause, go_on, switch, finish) == (1, 1, 1, 2, 1)


def test_a_forgotten_finish_is_mended_in_two_taps_and_its_time(
    company: Company, phone: NewPhone
) -> None:
    ana = phone()
    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.expect_chip("All sent")
    ana.page.clock.install(time=datetime.now(UTC) - timedelta(hours=13))
    ana.open("/")
    ana.button("Start", exact=True).click()
    ana.page.get_by_role("dialog").get_by_role("button", name=BRIDGE).click()
    ana.expect_text("Working")
    ana.page.clock.fast_forward("12:30:00")
    ana.expect_text("Still working since")
    ana.count_taps()

    ana.link("I stopped at…").click()
    ana.page.get_by_label("End").fill("12:00")  # Between the start and now, on the same day.
    ana.button("Save").click()

    assert ana.taps() == 2
    ana.expect_text("Saved on this phone")
    expect(ana.page.get_by_text("Off", exact=True).first).to_be_visible()


def test_an_entry_is_added_changed_and_seen_in_the_week(
    company: Company, ana: BrowserPhone
) -> None:
    ana.add_entry("07:00", "11:30", HARBOUR, "pump 4, seal replaced")
    ana.open("/")
    ana.link(HARBOUR).click()
    ana.page.get_by_label("End", exact=True).fill("12:00")
    ana.page.locator("label").filter(has_text="30 min").click()
    ana.button("Save").click()
    ana.expect_text("Saved on this phone")

    ana.show("Week")
    expect(ana.page.locator("main")).to_contain_text("5 h 30")  # 1 h and 4 h 30.
    ana.expect_chip("All sent")
    (changed,) = [row for row in company.rows() if row["v"].get("note")]
    assert changed["v"]["note"] == ["pump 4, seal replaced"]
    assert length_of(changed) == timedelta(hours=5)  # With the break of 30 minutes.


def test_an_end_before_the_start_asks_whether_it_is_the_next_day(
    company: Company, ana: BrowserPhone
) -> None:
    ana.open("/add")
    ana.page.get_by_label("Start", exact=True).fill("15:30")
    ana.page.get_by_label("End", exact=True).fill("02:00")

    ana.expect_text("Does it end the next day?")
    ana.button("Save").click()
    expect(ana.page.get_by_role("heading", name="Add time")).to_be_visible()
    ana.button("Yes, it ends the next day").click()
    expect(ana.page.locator("main")).to_contain_text("10 h 30")
    ana.button("Save").click()
    ana.expect_text("Saved on this phone")
    ana.sent()
    lengths = sorted(length_of(row) for row in company.rows())
    assert lengths == [timedelta(hours=1), timedelta(hours=10, minutes=30)]


def test_a_code_can_be_typed_and_a_used_one_is_told_so(company: Company, phone: NewPhone) -> None:
    code = company.invite("Jo Meier").partition("#")[2]
    jo, other = phone(), phone()
    for one in (jo, other):
        one.open("/join")
        one.page.get_by_label("Code").fill(code.replace("-", "").lower())
        one.page.get_by_label("Name of this phone").fill("A phone")
        one.button("Join").click()
        if one is jo:
            one.expect_text("No time yet today.")

    other.expect_text("This code does not work.")
    assert other.page.url.endswith("/join")
    # The browser itself tells of the refusal, once, and nothing else is amiss.
    assert [one for one in other.complaints if "404" in one] == other.complaints
    other.complaints.clear()


def test_the_outbox_says_in_words_where_each_item_is(company: Company, ana: BrowserPhone) -> None:
    ana.expect_chip("All sent")
    ana.lose_signal()
    ana.add_entry("07:00", "11:30", HARBOUR)
    ana.show("Outbox")

    ana.expect_text("1 waits on this phone")
    ana.expect_text("Saved on this phone. It goes out when there is a signal.")
    ana.expect_text("Safe to sign out: no")
    ana.button("Send now").click()
    ana.expect_text("No answer from the office")
    assert len(company.rows()) == 1
    ana.find_signal()
    ana.button("Send now").click()
    ana.expect_text("Everything is with the office.")
    ana.expect_text("Safe to sign out: yes")
    assert len(company.rows()) == 2


def test_a_phone_whose_history_the_server_does_not_share_goes_on_and_loses_nothing(
    company: Company, ana: BrowserPhone
) -> None:
    ana.expect_chip("All sent")
    ana.lose_signal()
    ana.add_entry("07:00", "11:30", HARBOUR)
    company.forget_history()
    ana.find_signal()
    ana.show("Outbox")
    ana.button("Send now").click()

    ana.expect_text("Everything is with the office.")
    ana.open("/")
    expect(ana.link(HARBOUR)).to_contain_text("4 h 30")
    expect(ana.link(HARBOUR)).to_contain_text("Sent")
    ana.open("/diagnostics")
    ana.page.get_by_text("For the helpdesk").click()
    told = ana.page.locator(".fact").filter(has_text="Copies told apart")
    expect(told).to_contain_text("once")


def test_nothing_is_asked_of_another_site_and_the_page_forbids_it(
    company: Company, phone: NewPhone
) -> None:
    ana = phone()
    asked: set[str] = set()
    ana.context.on("request", lambda request: asked.add(request.url))

    ana.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    ana.add_entry("07:00", "11:30", HARBOUR)
    ana.expect_chip("All sent")

    own = company.server.url
    assert [url for url in asked if not url.startswith((own, "blob:", "data:"))] == []
    answer = ana.page.request.get(f"{own}/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
