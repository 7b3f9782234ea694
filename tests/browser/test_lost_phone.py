"""A phone is gone: it is taken out of use, what it never sent is asked, its manager is told."""

import re

from playwright.sync_api import expect

from browser.conftest import NewPhone
from support.browser_phone import BrowserPhone
from support.company import Company

LABEL = "Ana's Pixel"
PROJECT = "Bridge Street 12"


def work_and_vanish(phone: BrowserPhone) -> None:
    """Write a day of which the office learns only that there is one."""
    phone.vanish_after_hello(lambda: phone.add_entry("07:00", "15:00", PROJECT))


def test_a_new_phone_asks_once_whether_it_is_instead_of_the_old_one(
    company: Company, phone: NewPhone
) -> None:
    old, new = phone(), phone()
    old.join(company.invite("Ana Ruiz"), LABEL)
    old.sent()
    work_and_vanish(old)
    new.join(company.invite("Ana Ruiz"), "Ana's Galaxy")

    new.expect_text("Is this phone instead of another one?")
    new.button(f"instead of “{LABEL}”").click()
    sheet = new.page.get_by_role("dialog")
    expect(sheet).to_contain_text("It had 1 item that did not arrive")
    hold = sheet.get_by_role("button", name="Hold to take it out of use")
    expect(hold).to_be_disabled()
    sheet.get_by_text("It is lost or broken").click()
    new.hold(hold)
    new.expect_text(f"“{LABEL}” is out of use.")
    expect(new.page.get_by_text("Is this phone instead of another one?")).to_have_count(0)

    new.expect_chip("1 needs you")
    new.open("/needs")
    card = new.page.get_by_role("article")
    expect(card).to_contain_text("1 entry never arrived")
    expect(card).to_contain_text(f"It was on your old phone “{LABEL}”")
    card.get_by_role("link", name="Not yet: enter the time").click()
    expect(new.page).to_have_url(re.compile(r"/add/\d{4}-\d\d-\d\d$"))
    new.open("/needs")
    new.button("Yes, entered again").click()
    new.expect_text("Nothing needs you.")
    new.open("/devices")
    new.expect_text("Out of use since")
    assert new.button("I no longer have this phone").count() == 0


def test_who_uses_both_phones_is_not_asked_again(company: Company, phone: NewPhone) -> None:
    old, new = phone(), phone()
    old.join(company.invite("Ana Ruiz"), LABEL)
    new.join(company.invite("Ana Ruiz"), "Ana's Galaxy")

    new.button("No, I use them all").click()
    new.open("/")
    expect(new.button("Start")).to_be_visible()
    expect(new.page.get_by_text("Is this phone instead of another one?")).to_have_count(0)
    new.open("/devices")
    expect(new.button("I no longer have this phone")).to_have_count(1)


def test_without_a_signal_no_phone_is_taken_out_of_use_and_that_is_said(
    company: Company, phone: NewPhone
) -> None:
    old, new = phone(), phone()
    old.join(company.invite("Ana Ruiz"), LABEL)
    new.join(company.invite("Ana Ruiz"), "Ana's Galaxy")

    new.open("/devices")
    new.button("I no longer have this phone").click()
    new.lose_signal()
    sheet = new.page.get_by_role("dialog")
    sheet.get_by_text("I use another one now").click()
    new.hold(sheet.get_by_role("button", name="Hold to take it out of use"))
    expect(sheet).to_contain_text("That needs a connection.")


def test_a_manager_sees_whose_phone_has_not_reported_before_approving(
    company: Company, phone: NewPhone
) -> None:
    ana, bea = phone(), phone()
    ana.join(company.invite("Ana Ruiz"), LABEL)
    ana.add_entry("07:00", "15:00", PROJECT)
    ana.sent()
    bea.join(company.invite("Bea Lang"), "Bea's phone")
    bea.sent()
    work_and_vanish(bea)
    mia = phone()
    mia.join(company.invite("Mia Stone", role="manager"), "Mia's phone")
    mia.sent()

    mia.open("/inbox")
    mia.link("phones has not reported everything").click()
    behind = mia.page.get_by_role("region", name="Something may be missing")
    expect(behind).to_contain_text("Bea's phone")
    expect(behind).to_contain_text("1 item waits there")
    mia.open("/inbox")
    mia.page.get_by_role("button", name="Approve 1").click()
    expect(mia.page.get_by_role("dialog")).to_contain_text(
        "Something may still be missing from Bea Lang"
    )
