"""What one phone sends is on another that is looked at, long before its timer."""

from playwright.sync_api import expect

from browser.conftest import NewPhone
from support.company import Company

PROJECT = "Bridge Street 12"


def test_what_one_phone_sends_shows_on_another_without_a_touch(
    company: Company, phone: NewPhone
) -> None:
    pixel, tablet = phone(), phone()
    pixel.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    with tablet.page.expect_request("**/v1/sync/events*"):
        tablet.join(company.invite("Ana Ruiz"), "Ana's tablet")
    tablet.open("/")
    tablet.sent()
    expect(tablet.link(PROJECT)).to_have_count(0)

    pixel.add_entry("07:00", "15:00", PROJECT)
    pixel.sent()

    expect(tablet.link(PROJECT)).to_contain_text("8 h 00")
