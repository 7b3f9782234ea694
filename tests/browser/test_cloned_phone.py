"""A phone's backup is restored on a second phone: both go on, and no hour is lost or doubled."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from support import chromium
from support.browser_phone import BrowserPhone, listen
from support.company import Company
from support.server import RunningServer

PROJECT = "Bridge Street 12"

Restore = Callable[[Path], BrowserPhone]


@pytest.fixture
def restored(playwright: Playwright, server: RunningServer, zone: str) -> Iterator[Restore]:
    """Open the phone whose storage is in a folder."""
    opened: list[BrowserPhone] = []

    def open_phone(folder: Path) -> BrowserPhone:
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=chromium.executable(),
            args=chromium.ARGUMENTS,
            env=chromium.environment(),
            viewport={"width": 360, "height": 740},
            locale="en-GB",
            timezone_id=zone,
            has_touch=True,
            reduced_motion="reduce",
        )
        phone = BrowserPhone(context, context.pages[0], server.url)
        listen(phone)
        opened.append(phone)
        return phone

    yield open_phone
    for phone in opened:
        phone.context.close()


def test_both_copies_of_a_phone_go_on_and_nothing_is_lost_or_doubled(
    company: Company, restored: Restore, tmp_path: Path
) -> None:
    first = restored(tmp_path / "first")
    first.join(company.invite("Ana Ruiz"), "Ana's Pixel")
    first.add_entry("06:00", "07:00", PROJECT, "before the backup")
    first.sent()
    first.context.close()
    shutil.copytree(tmp_path / "first", tmp_path / "second", symlinks=True)
    first, second = restored(tmp_path / "first"), restored(tmp_path / "second")
    for phone, start, end, note in (
        (first, "08:00", "10:00", "on the first"),
        (second, "11:00", "14:00", "on the second"),
    ):
        phone.open("/")
        phone.sent()
        phone.lose_signal()
        phone.add_entry(start, end, PROJECT, note)
        phone.expect_chip("1 on this phone")

    for phone in (first, second, first):
        phone.find_signal()
        phone.open("/")
        phone.sent()

    for phone in (first, second):
        phone.open("/")
        expect(phone.link(PROJECT)).to_have_count(3)
    notes = sorted(str(row["v"]["note"][0]) for row in company.rows())
    assert notes == ["before the backup", "on the first", "on the second"]
    assert len(company.operations()) == 3
