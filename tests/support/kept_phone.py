"""A phone whose storage outlives its browser: it can be killed, copied and opened again."""

import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Playwright

from support import chromium
from support.browser_phone import BrowserPhone, listen
from support.phone_storage import limit_storage

# What the phone has on its disk, read past the app.
READ_SCRIPT = """
async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name)
  const name = names.find((one) => one.startsWith('daywork-'))
  if (name === undefined) return null
  const opening = indexedDB.open(name)
  const opened = await new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
  const transaction = opened.transaction(['operations', 'entries', 'meta'])
  const asked = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const [operations, entries, head] = await Promise.all([
    asked(transaction.objectStore('operations').getAll()),
    asked(transaction.objectStore('entries').getAll()),
    asked(transaction.objectStore('meta').get('head')),
  ])
  opened.close()
  return {
    head,
    operations: operations.map(({ actor, operation, waiting }) => ({
      actor, waiting: waiting === 1, ...operation,
    })),
    shown: entries.map(({ record }) => record).flatMap(({ id, row, own }) => ({
      id,
      note: own.map(({ operation }) => operation.s?.note?.v).filter(Boolean).at(-1)
        ?? row?.v.note?.[0] ?? null,
      own: own.map(({ operation }) => operation.id),
    })),
  }
}
"""


@dataclass
class KeptPhone:
    """One installed app in a profile of its own; it is open between ``open`` and ``close``."""

    playwright: Playwright
    url: str
    zone: str
    profile: Path
    complaints: list[str] = field(default_factory=list)

    def open(
        self, *, is_offline: bool = False, bytes_max: int | None = None, **settings: Any
    ) -> BrowserPhone:
        """Start the browser at the app's first screen, if the app was here before.

        ``bytes_max`` is the room that the app finds; ``settings`` are the browser's.
        """
        options: dict[str, Any] = {
            "args": chromium.ARGUMENTS,
            "viewport": {"width": 360, "height": 740},
            "locale": "en-GB",
            "timezone_id": self.zone,
            "reduced_motion": "reduce",
        }
        context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=chromium.executable(),
            env=chromium.environment(),
            **(options | settings),
        )
        self.phone = BrowserPhone(context, context.pages[0], self.url)
        listen(self.phone)
        if is_offline:
            self.phone.lose_signal()
        if bytes_max is not None:
            limit_storage(self.phone, bytes_max)
        if self.profile_is_used:
            self.phone.open("/")
        return self.phone

    @property
    def profile_is_used(self) -> bool:
        """Whether the app was here before."""
        return (self.profile / "Default/Service Worker").is_dir()

    def close(self) -> None:
        """End the browser, as a phone that is switched off in order."""
        self.complaints += self.phone.complaints
        self.phone.context.close()

    def kill(self) -> None:
        """End the browser as an empty battery does: all of its processes at once."""
        ours = f"--user-data-dir={self.profile}".encode()
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = process.read_bytes().split(b"\0")
            except OSError:  # It ended meanwhile.
                continue
            if ours in words:
                with suppress(ProcessLookupError):
                    os.kill(int(process.parent.name), signal.SIGKILL)
        with suppress(Error):  # The driver may have noticed already that nobody is there.
            self.phone.context.close()

    def copied(self, profile: Path) -> "KeptPhone":
        """Return the same phone a second time, as a restored backup makes it; both closed."""
        shutil.copytree(self.profile, profile, ignore=shutil.ignore_patterns("Singleton*"))
        return KeptPhone(self.playwright, self.url, self.zone, profile)

    def disk(self) -> dict[str, Any]:
        """Return what lies on its disk: the chain's ``head``, ``operations``, what is ``shown``."""
        read: dict[str, Any] = self.phone.page.evaluate(READ_SCRIPT)
        return read


def is_whole(disk: dict[str, Any]) -> bool:
    """Whether the chain has no gap, ends where its head says, and no half of a save is there."""
    numbers = [one["q"] for one in disk["operations"] if one["actor"] == disk["head"]["actor"]]
    in_entries = {identity for entry in disk["shown"] for identity in entry["own"]}
    waiting = {one["id"] for one in disk["operations"] if one["waiting"]}
    is_gap_free = numbers == list(range(1, disk["head"]["sequenceNumber"] + 1))
    return is_gap_free and waiting <= in_entries
