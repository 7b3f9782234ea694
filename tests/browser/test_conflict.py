"""One person, two phones, one entry changed on both without a signal: a question, no loss."""

import re

import pytest
from playwright.sync_api import expect

from browser.conftest import NewPhone
from support.browser_phone import BrowserPhone
from support.company import Company

PROJECT = "Bridge Street 12"
PHONES = ("Ana's Pixel", "Ana's tablet")


@pytest.fixture
def phones(company: Company, phone: NewPhone) -> tuple[BrowserPhone, BrowserPhone]:
    """Two enrolled phones of one person that show the same entry, 07:00 to 15:00."""
    pixel, tablet = phone(), phone()
    for one, label in ((pixel, PHONES[0]), (tablet, PHONES[1])):
        one.join(company.invite("Ana Ruiz"), label)
    pixel.add_entry("07:00", "15:00", PROJECT)
    pixel.sent()
    tablet.open("/")
    expect(tablet.link(PROJECT)).to_contain_text("8 h 00")
    return pixel, tablet


def end_at(phone: BrowserPhone, end: str) -> None:
    """Change the entry's end without a signal."""
    phone.lose_signal()
    phone.link(PROJECT).click()
    phone.page.get_by_label("End", exact=True).fill(end)
    phone.button("Save").click()
    phone.expect_chip("1 on this phone")


def disagree(phones: tuple[BrowserPhone, BrowserPhone]) -> None:
    """End the entry at 15:30 on the first phone and at 16:15 on the second, then send both."""
    for phone, end in zip(phones, ("15:30", "16:15"), strict=True):
        end_at(phone, end)
    for phone in phones:
        phone.find_signal()
        phone.sent()
    phones[0].open("/needs")


def test_both_ends_are_kept_and_shown_with_their_hours_and_the_choice_reaches_the_other_phone(
    company: Company, phones: tuple[BrowserPhone, BrowserPhone]
) -> None:
    pixel, tablet = phones
    disagree(phones)

    card = pixel.page.get_by_role("article")
    expect(card).to_contain_text("8 h 30")
    expect(card).to_contain_text("9 h 15")
    expect(card).to_contain_text("Until you answer, 8 h 30 to 9 h 15 is shown")
    (row,) = company.rows()
    assert sorted(time["end"][14:16] for time in row["v"]["time"]) == ["15", "30"]
    assert "conflict:time" in row["flags"]
    written = company.operations()

    pixel.button(re.compile("16:15 is right")).click()
    pixel.expect_text("Nothing needs you.")
    pixel.sent()
    pixel.expect_chip("All sent")

    (row,) = company.rows()
    assert [time["end"][14:16] for time in row["v"]["time"]] == ["15"]
    assert row["flags"] == []
    assert company.operations()[len(written) :] == ["resolve"]
    tablet.open("/")
    expect(tablet.link(PROJECT)).to_contain_text("9 h 15")
    expect(tablet.link(PROJECT)).to_contain_text("Sent")
    tablet.open("/needs")
    tablet.expect_text("Nothing needs you.")


def test_both_happened_makes_two_entries_and_keeps_all_hours(
    company: Company, phones: tuple[BrowserPhone, BrowserPhone]
) -> None:
    pixel, tablet = phones
    disagree(phones)

    pixel.button(re.compile("Both happened")).click()
    pixel.expect_text("Nothing needs you.")
    pixel.expect_chip("All sent")

    rows = company.rows()
    ends = sorted(time["end"][14:16] for row in rows for time in row["v"]["time"])
    assert ends == ["15", "30"]
    assert len(rows) == 2
    tablet.open("/")
    expect(tablet.link(PROJECT)).to_have_count(2)


def test_something_else_is_an_answer_too(
    company: Company, phones: tuple[BrowserPhone, BrowserPhone]
) -> None:
    pixel, _tablet = phones
    disagree(phones)

    pixel.button("Something else").click()
    sheet = pixel.page.get_by_role("dialog")
    sheet.get_by_label("End", exact=True).fill("15:45")
    sheet.get_by_role("button", name="This is right").click()
    pixel.expect_text("Nothing needs you.")
    pixel.expect_chip("All sent")

    (row,) = company.rows()
    assert [time["end"][14:16] for time in row["v"]["time"]] == ["45"]


def test_a_deletion_against_a_change_says_who_deleted_and_what_it_was_changed_to(
    company: Company, phones: tuple[BrowserPhone, BrowserPhone]
) -> None:
    pixel, tablet = phones
    pixel.lose_signal()
    pixel.link(PROJECT).click()
    pixel.hold(pixel.button("Hold to delete"))
    pixel.expect_text("Deleted.")
    end_at(tablet, "16:15")
    for phone in (tablet, pixel):
        phone.find_signal()
        phone.sent()
    tablet.open("/needs")

    tablet.expect_text("deleted on one phone, changed on another")
    tablet.expect_text(f"You on {PHONES[0]}")
    expect(tablet.link(PROJECT)).to_contain_text("9 h 15")
    tablet.button("Keep it").click()
    tablet.expect_text("Nothing needs you.")
    tablet.expect_chip("All sent")

    (row,) = company.rows()
    assert row["flags"] == []


def test_two_notes_can_both_be_kept_and_the_other_question_stays_open(
    company: Company, phones: tuple[BrowserPhone, BrowserPhone]
) -> None:
    for phone, note, end in zip(phones, ("pump 4", "pump 5"), ("15:30", "16:15"), strict=True):
        phone.lose_signal()
        phone.link(PROJECT).click()
        phone.page.get_by_label("End", exact=True).fill(end)
        phone.page.get_by_label("Note").fill(note)
        phone.button("Save").click()
        phone.expect_chip("1 on this phone")
    for phone in phones:
        phone.find_signal()
        phone.sent()
    pixel, _ = phones
    pixel.open("/needs")

    pixel.button("Keep all the words").click()
    expect(pixel.button("Keep all the words")).to_have_count(0)
    pixel.expect_text("two versions of the same time")
    pixel.open("/outbox")
    pixel.expect_text("Everything is with the office.")

    (row,) = company.rows()
    (note,) = row["v"]["note"]
    assert sorted(note.split("\n")) == ["pump 4", "pump 5"]
    assert sorted(time["end"][14:16] for time in row["v"]["time"]) == ["15", "30"]
    assert row["flags"] == ["conflict:time"]
