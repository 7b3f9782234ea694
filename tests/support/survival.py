"""What the tests of a phone's survival do with it, and ask of the office afterwards."""

from typing import Any
from urllib.parse import quote

from support.browser_phone import BrowserPhone
from support.company import Company
from support.kept_phone import KeptPhone


def notes_at(company: Company) -> list[str]:
    """Return the notes of all entries that the office has."""
    return sorted(row["v"]["note"][0] for row in company.rows() if row["v"].get("note"))


def fill(phone: BrowserPhone, note: str) -> None:
    """Type an entry without saving it."""
    phone.open("/add")
    phone.page.get_by_label("Start", exact=True).fill("07:00")
    phone.page.get_by_label("End", exact=True).fill("08:00")
    phone.page.get_by_label("Note").fill(note)


def add(phone: BrowserPhone, *notes: str) -> None:
    """Save an entry for each note."""
    for note in notes:
        fill(phone, note)
        phone.button("Save").click()
        phone.expect_text("Saved on this phone")


def open_entry(phone: BrowserPhone, entry_id: str) -> None:
    """Open the form of an entry."""
    phone.open(f"/entry/{quote(entry_id, safe='')}")


def joined(
    kept: KeptPhone, company: Company, person: str = "Ana Ruiz", **browser: Any
) -> BrowserPhone:
    """Return the phone, opened and enrolled, with nothing left to send."""
    phone = kept.open(**browser)
    phone.join(company.invite(person), f"{person}'s phone")
    phone.expect_chip("All sent")
    return phone


def renew_page(phone: BrowserPhone) -> None:
    """Let the phone have a fresh page, and close the one before, be it dead or alive."""
    old, phone.page = phone.page, phone.context.new_page()
    old.close()
