"""Every main screen of the app with a believable week in it, one after the other.

The week is the demo's, played through the protocol on a server of its own, so that
pictures and checks show what people will see.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from playwright.sync_api import Browser

from daywork.cli import demo_crew
from daywork.cli.demo_office import equip, found
from daywork.cli.demo_week import last_whole_week
from daywork.cli.replay_transport import Transport, open_client
from support.browser_phone import BrowserPhone, new_phone
from support.server import RunningServer

SETUP_SECONDS = 60
OLD_PHONE = "Luca's old phone"


@dataclass
class ScreenTour:
    """The phones of a worker, a manager and the office, and how to reach each screen."""

    browser: Browser
    server: RunningServer
    zone: str
    monday: date = field(default_factory=lambda: last_whole_week(datetime.now(UTC).date()))
    phones: dict[str, BrowserPhone] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Play the week and give three people a browser."""
        with ThreadPoolExecutor(1) as thread:  # A browser test has a loop in this one.
            thread.submit(lambda: asyncio.run(self._played())).result(SETUP_SECONDS)
        self._lose_phone(demo_crew.LUCA, OLD_PHONE)
        for role, person in (
            ("worker", demo_crew.ANA),
            ("returned", demo_crew.LUCA),
            ("manager", demo_crew.MANAGER),
            ("office", demo_crew.OFFICE),
        ):
            phone = new_phone(self.browser, self.server.url, self.zone)
            phone.join(str(self.server.office("invite", person=person)["url"]), f"{person}'s phone")
            phone.sent()
            if role == "returned":
                self._replace(phone, OLD_PHONE)
            elif role != "office":
                phone.button("No, I use them all").click()
            self.phones[role] = phone
        self.phones["guest"] = new_phone(self.browser, self.server.url, self.zone)
        self._send_back(self.phones["manager"])
        self._work_today(self.phones["worker"])

    def screens(self) -> Mapping[str, Callable[[], BrowserPhone]]:
        """Return what opens each screen, by name."""
        return {
            "join": lambda: self._opened("guest", "/join"),
            "today-off": lambda: self._opened("returned", "/"),
            "today-working": lambda: self._opened("worker", "/"),
            "week": lambda: self._opened("worker", f"/week/{self.monday.isoformat()}"),
            "add-entry": lambda: self._opened("worker", "/add"),
            "conflict": lambda: self._opened("worker", "/needs"),
            "returned": lambda: self._opened("returned", "/needs"),
            "outbox": lambda: self._opened("worker", "/outbox"),
            "me": lambda: self._opened("worker", "/me"),
            "new-phone": lambda: self._opened("office", "/"),
            "devices": lambda: self._opened("returned", "/devices"),
            "team": lambda: self._opened("manager", "/team"),
            "this-phone": lambda: self._opened("worker", "/diagnostics"),
            "inbox": lambda: self._opened("manager", "/inbox"),
            "person-day": self._person_day,
            "return": self._return_sheet,
            "approve": self._approve_sheet,
            "postings": lambda: self._opened("office", "/postings"),
        }

    def close(self) -> list[str]:
        """Put the phones away; return what their consoles complained about."""
        for phone in self.phones.values():
            phone.context.close()
        return [complaint for phone in self.phones.values() for complaint in phone.complaints]

    async def _played(self) -> None:
        async def ask(command: str, facts: Mapping[str, Any]) -> dict[str, Any]:
            return await asyncio.to_thread(self.server.office, command, **facts)

        async with open_client(self.server.url) as client:
            founded = await found(ask, self.monday)
            folder = self.server.home / "phones"
            week = await equip(ask, founded, self.monday, folder, Transport(client))
            await week.work_offline()
            await week.approve_what_is_clean(of=demo_crew.HELENE)
            await week.end_a_shift_twice()

    def _lose_phone(self, person: str, label: str) -> None:
        """A phone that says what it has to send, and is never heard of again."""
        phone = new_phone(self.browser, self.server.url, self.zone)
        phone.join(str(self.server.office("invite", person=person)["url"]), label)
        phone.sent()
        phone.vanish_after_hello(lambda: phone.add_entry("07:00", "11:30", demo_crew.SCHOOL))
        phone.context.close()

    def _replace(self, phone: BrowserPhone, label: str) -> None:
        """Say on a new phone that it is there instead of another one."""
        phone.button(f"instead of “{label}”").click()
        phone.page.get_by_text("It is lost or broken").click()
        phone.hold(phone.button("Hold to take it out of use"))
        phone.expect_text("is out of use")
        phone.expect_chip("needs you")

    def _work_today(self, phone: BrowserPhone) -> None:
        """A morning that has ended, and a job that is running since noon."""
        phone.add_entry("06:45", "11:30", demo_crew.HOTEL, "pump 4, seal replaced")
        phone.open("/")
        phone.button(f"Start: {demo_crew.HOTEL}").click()
        phone.expect_text("Working")
        phone.link(re.compile("still running")).click()
        phone.page.get_by_label("Start", exact=True).fill("12:00")
        phone.button("Save").click()
        phone.sent()

    def _send_back(self, phone: BrowserPhone) -> None:
        """Return one entry with a reason, so that somebody has an answer to read."""
        phone.open("/inbox")
        phone.button("Show them").click()
        phone.link(demo_crew.LUCA).first.click()
        phone.button("Send back").click()
        sheet = phone.page.get_by_role("dialog")
        sheet.get_by_role("button", name="Break is missing").click()
        sheet.get_by_role("button", name="Send back").click()
        phone.expect_text("Sent back to")
        phone.sent()

    def _opened(self, who: str, path: str) -> BrowserPhone:
        phone = self.phones[who]
        phone.open(path)
        if who != "guest":
            phone.sent()
        return phone

    def _person_day(self) -> BrowserPhone:
        phone = self._opened("manager", "/inbox")
        phone.link(demo_crew.MAREK).first.click()
        phone.expect_text("Linden School")
        return phone

    def _return_sheet(self) -> BrowserPhone:
        phone = self._person_day()
        phone.button("Send back").first.click()
        phone.expect_text("What is not right?")
        return phone

    def _approve_sheet(self) -> BrowserPhone:
        phone = self._opened("manager", "/inbox")
        phone.page.get_by_role("button", name="Approve").last.click()
        phone.expect_text("Approve what does not stand out")
        return phone
