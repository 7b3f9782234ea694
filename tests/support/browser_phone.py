"""A phone as a person holds it: a real browser at one of the app's screens."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    expect,
)

PATIENCE_MILLISECONDS = 15_000
TAPS_SCRIPT = """
window.__taps = 0
addEventListener('pointerdown', () => { window.__taps += 1 }, true)
"""
# What a browser says by itself when a request finds no network, or when a phone on which
# nothing is kept asks whether the server remembers it: no complaint of ours.
EXPECTED = re.compile(
    r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_NETWORK_CHANGED|status of 401 \(Unauthorized\)"
)

expect.set_options(timeout=PATIENCE_MILLISECONDS)


def afternoon_zone(now: datetime) -> str:
    """Return a zone in which it is between 16:00 and 17:00, so that a working day is over today.

    POSIX names such zones by the hours that they are behind, hence the turned sign.
    """
    ahead = (16 - now.astimezone(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{'-' if ahead > 0 else '+'}{abs(ahead)}" if ahead else "Etc/GMT"


@dataclass
class BrowserPhone:
    """One browser context with one page; ``complaints`` is what its console said."""

    context: BrowserContext
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def join(self, link: str, label: str) -> None:
        """Become a device of the person that the link is for."""
        self.page.goto(link)
        self.page.get_by_label("Name of this phone").fill(label)
        self.button("Join").click()
        expect(self.page.get_by_role("navigation", name="Main places")).to_be_visible()

    def open(self, path: str) -> None:
        """Open a screen by its address."""
        self.page.goto(f"{self.url}{path}")
        expect(self.page.locator("h1")).to_be_visible()

    def show(self, place: str) -> None:
        """Open a main place from the bottom bar."""
        bar = self.page.get_by_role("navigation", name="Main places")
        bar.get_by_role("link", name=place).click()

    def button(self, name: str | re.Pattern[str], *, exact: bool = False) -> Locator:
        """Return the button with that name."""
        return self.page.get_by_role("button", name=name, exact=exact)

    def link(self, name: str | re.Pattern[str]) -> Locator:
        """Return the link with that name."""
        return self.page.get_by_role("link", name=name)

    def expect_text(self, text: str | re.Pattern[str]) -> None:
        """Wait until the screen says it."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def expect_chip(self, text: str | re.Pattern[str]) -> None:
        """Wait until the chip, which is on every screen, says it."""
        expect(self.page.locator("header a.chip")).to_contain_text(text)

    def add_entry(self, start: str, end: str, project: str | None, note: str = "") -> None:
        """Add time to today with the form."""
        self.open("/add")
        self.page.get_by_label("Start", exact=True).fill(start)
        self.page.get_by_label("End", exact=True).fill(end)
        if project is not None:
            self.button("Choose a project").click()
            self.page.get_by_role("dialog").get_by_role("button", name=project).first.click()
        if note:
            self.page.get_by_label("Note").fill(note)
        self.button("Save").click()
        self.expect_text("Saved on this phone")

    def sent(self) -> None:
        """Wait until everything is with the office."""
        self.expect_chip(re.compile(r"All sent|needs? you"))

    def hold(self, button: Locator) -> None:
        """Press a button until it acts."""
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        if box is None:
            message = "the button is not on the screen"
            raise AssertionError(message)
        mouse = self.page.mouse
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        mouse.down()
        self.page.wait_for_timeout(900)
        mouse.up()

    def lose_signal(self) -> None:
        """Airplane mode on, for the page and its worker script."""
        self.context.set_offline(True)

    def find_signal(self) -> None:
        """Airplane mode off."""
        self.context.set_offline(False)

    def vanish_after_hello(self, write: Callable[[], None]) -> None:
        """Tell the office how much waits, then lose the signal before any of it is sent."""
        self.context.route("**/v1/sync/push", lambda route: route.abort())
        with self.page.expect_response(announces_something):
            write()
        self.lose_signal()

    def taps(self) -> int:
        """Return how often the screen was touched since the last ``count_taps``."""
        number: int = self.page.evaluate("window.__taps")
        return number

    def count_taps(self) -> None:
        """Begin to count touches."""
        self.page.evaluate("window.__taps = 0")


def new_phone(browser: Browser, url: str, zone: str, **settings: Any) -> BrowserPhone:
    """Return a phone of 360 x 740 that has not joined anybody yet."""
    options: dict[str, Any] = {
        "viewport": {"width": 360, "height": 740},
        "locale": "en-GB",
        "timezone_id": zone,
        "has_touch": True,
        "reduced_motion": "reduce",
    }
    context = browser.new_context(**(options | settings))
    context.add_init_script(TAPS_SCRIPT)
    phone = BrowserPhone(context, context.new_page(), url)
    listen(phone)
    return phone


def announces_something(response: Response) -> bool:
    """Return whether the server was told of operations that wait on a phone."""
    said = response.request.post_data_json if response.url.endswith("/v1/sync/hello") else None
    return bool(said and said["pending"])


def listen(phone: BrowserPhone) -> None:
    """Collect what the page complains about."""

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            phone.complaints.append(message.text)

    phone.page.on("console", said)
    phone.page.on("pageerror", lambda error: phone.complaints.append(str(error)))
