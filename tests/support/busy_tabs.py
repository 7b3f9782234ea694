"""Tabs that save by themselves, and a worker script that wakes up meanwhile."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from support.browser_phone import PATIENCE_MILLISECONDS, BrowserPhone

LOOK_MILLISECONDS = 20
# Presses what a person presses, as fast as the app goes along.
ADD_SCRIPT = """
([tag, count]) => {
  const found = async (selector, text = '') => {
    for (;;) {
      const all = [...document.querySelectorAll(selector)]
      const one = all.find(({ textContent }) => textContent.includes(text))
      if (one !== undefined) return one
      await new Promise((done) => setTimeout(done, 5))
    }
  }
  const type = (field, value) => {
    field.value = value
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const add = async () => {
    for (let at = 0; at < count; at += 1) {
      ;(await found('a[href="/add"]')).click()
      const note = await found('textarea')
      const [start, end] = document.querySelectorAll('input[type="time"]')
      type(start, '07:00')
      type(end, '08:00')
      type(note, `${tag} ${at}`)
      await new Promise((done) => setTimeout(done, 5))
      ;(await found('button', 'Save')).click()
      // The form gives way to the day only when it is saved.
      await found('a[href="/add"]')
      document.documentElement.dataset.added = String(at + 1)
    }
  }
  void add()
}
"""


def begin_adding(page: Page, tag: str, count: int) -> None:
    """Let the tab save ``count`` entries, whose notes begin with ``tag``; do not wait."""
    page.evaluate(ADD_SCRIPT, [tag, count])


def has_added(page: Page) -> int:
    """Return how many the tab has saved."""
    return int(page.evaluate("document.documentElement.dataset.added ?? 0"))


def wait_until_added(page: Page, count: int, meanwhile: Callable[[], None]) -> None:
    """Wait until the tab has saved ``count`` entries; do ``meanwhile`` again and again."""
    for _ in range(PATIENCE_MILLISECONDS // LOOK_MILLISECONDS):
        if has_added(page) >= count:
            return
        meanwhile()
        page.wait_for_timeout(LOOK_MILLISECONDS)
    message = f"the tab saved {has_added(page)} of {count}"
    raise AssertionError(message)


def background_sync(phone: BrowserPhone) -> Callable[[], None]:
    """Return what wakes the worker script, as a browser does when there is a connection."""
    session = phone.context.new_cdp_session(phone.page)
    registrations: list[str] = []

    def seen(event: dict[str, Any]) -> None:
        registrations.extend(one["registrationId"] for one in event["registrations"])

    session.on("ServiceWorker.workerRegistrationUpdated", seen)
    session.send("ServiceWorker.enable")
    for _ in range(PATIENCE_MILLISECONDS // LOOK_MILLISECONDS):
        if registrations:
            break
        phone.page.wait_for_timeout(LOOK_MILLISECONDS)

    def wake() -> None:
        session.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": phone.url,
                "registrationId": registrations[-1],
                "tag": "outbox",
                "lastChance": False,
            },
        )

    return wake
