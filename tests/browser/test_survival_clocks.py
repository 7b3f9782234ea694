"""F8: a phone's clock and zone may be wrong or change; nobody's time is lost or doubled by it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.conftest import NewKeptPhone
from support.browser_phone import BrowserPhone
from support.company import Company
from support.survival import joined, open_entry, renew_page

BRIDGE = "Bridge Street 12"
BERLIN = "Europe/Berlin"


def begin_work(phone: BrowserPhone) -> None:
    """Start the clock on the bridge."""
    phone.open("/")
    phone.button("Start", exact=True).click()
    phone.page.get_by_role("dialog").get_by_role("button", name=BRIDGE).click()
    phone.expect_text("Working")


def only_time(company: Company) -> dict[str, Any]:
    """Return the time of the one entry that the office has; it has no second value."""
    (row,) = company.rows()
    (time,) = row["v"]["time"]
    return {"start": moment(time["start"]), "end": moment(time["end"]), "tz": time["tz"]}


def moment(text: str) -> datetime:
    """Return the instant that the wire spells."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("hours", [24, -24])
def test_f8_a_clock_that_is_a_day_wrong_keeps_order_and_hours(
    company: Company, kept_phone: NewKeptPhone, hours: int
) -> None:
    ana = kept_phone()
    phone = joined(ana, company)
    wrong = datetime.now(UTC) + timedelta(hours=hours)
    phone.page.clock.install(time=wrong)
    begin_work(phone)
    phone.page.clock.fast_forward("02:00:00")
    phone.button("Finish").click()
    phone.expect_text("Finished at")
    phone.sent()
    claimed = only_time(company)
    assert abs(claimed["start"] - wrong) < timedelta(minutes=2)

    # The clock is set right: what is written now is later, whatever the clocks say.
    renew_page(phone)
    phone.open("/")
    (entry,) = ana.disk()["shown"]
    open_entry(phone, entry["id"])
    phone.page.get_by_label("Note").fill("the clock was wrong")
    phone.button("Save").click()
    phone.expect_text("Saved on this phone")
    phone.sent()

    (row,) = company.rows()
    assert row["v"]["note"] == ["the clock was wrong"]
    assert only_time(company) == claimed
    assert timedelta(hours=2) <= claimed["end"] - claimed["start"] < timedelta(hours=2, minutes=2)
    assert not any(flag.startswith("conflict") for flag in row["flags"])


def test_f8_a_clock_set_back_while_it_runs_gives_no_negative_time_and_is_told(
    company: Company, kept_phone: NewKeptPhone
) -> None:
    phone = joined(kept_phone(), company)
    now = datetime.now(UTC)
    phone.page.clock.install(time=now)
    begin_work(phone)
    phone.page.clock.fast_forward("03:00:00")
    phone.page.clock.set_system_time(now - timedelta(hours=2))
    phone.button("Finish").click()
    phone.expect_text("Finished at")
    phone.sent()

    time = only_time(company)
    assert time["end"] == time["start"]  # Pay follows the clock that people see, never below 0.
    (row,) = company.rows()
    assert row["flags"] == ["clock_check"]
    phone.open("/")
    phone.expect_text("the phone's clock looks wrong")


def test_f8_work_belongs_to_the_zone_in_which_it_began(
    company: Company, kept_phone: NewKeptPhone
) -> None:
    phone = joined(kept_phone(), company, timezone_id=None)
    where = phone.context.new_cdp_session(phone.page)
    where.send("Emulation.setTimezoneOverride", {"timezoneId": BERLIN})
    phone.page.clock.install(time=datetime.now(UTC))
    begin_work(phone)
    where.send("Emulation.setTimezoneOverride", {"timezoneId": ""})
    where.send("Emulation.setTimezoneOverride", {"timezoneId": "America/New_York"})
    phone.page.clock.fast_forward("06:00:00")
    phone.button("Finish").click()
    phone.expect_text("Finished at")
    phone.sent()

    time = only_time(company)
    assert time["tz"] == BERLIN
    assert timedelta(hours=6) <= time["end"] - time["start"] < timedelta(hours=6, minutes=2)


@pytest.mark.parametrize(("night", "hours"), [("2026-03-28", 7), ("2026-10-24", 9)])
def test_f8_a_night_in_which_clocks_change_has_the_hours_that_passed(
    company: Company, kept_phone: NewKeptPhone, night: str, hours: int
) -> None:
    phone = joined(kept_phone(), company, timezone_id=BERLIN)
    phone.open("/add")
    phone.page.get_by_label("Date").fill(night)
    phone.page.get_by_label("Start", exact=True).fill("22:00")
    phone.page.get_by_label("End", exact=True).fill("06:00")
    phone.button("Yes, it ends the next day").click()
    expect(phone.page.locator("main")).to_contain_text(f"{hours} h")
    phone.button("Save").click()
    phone.expect_text("Saved on this phone")
    phone.sent()

    time = only_time(company)
    assert time["end"] - time["start"] == timedelta(hours=hours)
