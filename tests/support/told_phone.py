"""A phone that shows notifications: a real Chromium with a push service and a lock screen."""

import tempfile
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from playwright.sync_api import Page, Playwright, expect

from support import chromium
from support.browser_phone import PATIENCE_MILLISECONDS, BrowserPhone, listen
from support.notification_daemon import NotificationDaemon, ShownNotification
from support.push_service import PushService

LOOK_MILLISECONDS = 20


@dataclass
class ToldPhone(AbstractContextManager["ToldPhone"]):
    """One person's browser with a profile of its own: there is no push in private windows."""

    playwright: Playwright
    service: PushService
    url: str
    zone: str
    screen: NotificationDaemon = field(default_factory=NotificationDaemon)

    def __enter__(self) -> Self:
        """Start the browser."""
        with ExitStack() as stack:
            profile = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            stack.enter_context(self.screen)
            context = self.playwright.chromium.launch_persistent_context(
                profile,
                executable_path=chromium.executable(),
                args=[*chromium.ARGUMENTS, *self.service.chromium_flags()],
                env={**chromium.environment(), "DBUS_SESSION_BUS_ADDRESS": self.screen.address},
                permissions=["notifications"],
                viewport={"width": 360, "height": 740},
                locale="en-GB",
                timezone_id=self.zone,
                reduced_motion="reduce",
            )
            stack.callback(context.close)
            self.phone = BrowserPhone(context, context.pages[0], self.url)
            listen(self.phone)
            self._end = stack.pop_all()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End the browser, then its lock screen."""
        self._end.close()

    def turn_on_notifications(self) -> None:
        """Switch them on where a person would."""
        self.phone.open("/me")
        self.phone.button("Turn on", exact=True).click()
        expect(self.phone.page.get_by_role("status").get_by_text("On", exact=True)).to_be_visible()

    def leave_the_app(self) -> None:
        """Close it, as far as a browser lets one: its only page shows something else."""
        self.phone.page.goto("about:blank")

    def next_notification(self, after: int = 0) -> ShownNotification:
        """Wait for the notification behind the first ``after``, and return it."""
        for _ in range(PATIENCE_MILLISECONDS // LOOK_MILLISECONDS):
            if len(self.screen.ever_shown) > after:
                return self.screen.ever_shown[after]
            self.phone.page.wait_for_timeout(LOOK_MILLISECONDS)
        message = "no notification came"
        raise AssertionError(message)

    def wait_until_gone(self, notification: ShownNotification) -> None:
        """Wait until the notification is off the screen."""
        for _ in range(PATIENCE_MILLISECONDS // LOOK_MILLISECONDS):
            if notification not in self.screen.shown:
                return
            self.phone.page.wait_for_timeout(LOOK_MILLISECONDS)
        message = "the notification stayed"
        raise AssertionError(message)

    def wait_until_no_subscription_is_left(self) -> None:
        """Wait until the push service knows no subscription of a browser any more."""
        for _ in range(PATIENCE_MILLISECONDS // LOOK_MILLISECONDS):
            if not self.service.browser_subscriptions:
                return
            self.phone.page.wait_for_timeout(LOOK_MILLISECONDS)
        message = "a subscription is left"
        raise AssertionError(message)

    def press(self, notification: ShownNotification, label: str | None = None) -> Page:
        """Press the notification's button, and return the page that it opens."""
        with self.phone.context.expect_page(timeout=PATIENCE_MILLISECONDS) as opened:
            self.screen.press(notification, label)
        page = opened.value
        self.phone.page = page
        listen(self.phone)
        return page
