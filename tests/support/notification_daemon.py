"""A desktop's notification daemon on a private D-Bus: it records, and it can press buttons.

Chromium on Linux, headless too, shows notifications over D-Bus. Pressing a button
here is a real, trusted click for the service worker.
"""

import asyncio
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Annotated, Self

from dbus_fast import Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from support.tools import program, program_environment

NAME = "org.freedesktop.Notifications"
CLOSED_BY_THE_PROGRAM = 3
START_SECONDS = 10

# Own rules: those of the system are elsewhere when the program is only unpacked.
BUS_RULES = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# dbus_fast reads D-Bus types from annotations; these are the ones that it has no name for.
Texts = Annotated[list[str], DBusSignature("as")]
Hints = Annotated[dict[str, Variant], DBusSignature("a{sv}")]
Information = Annotated[list[str], DBusSignature("ssss")]
Closed = Annotated[list[int], DBusSignature("uu")]
Invoked = Annotated[list[int | str], DBusSignature("us")]


@dataclass(frozen=True)
class ShownNotification:
    """What a person would see."""

    number: int
    title: str
    body: str
    actions: Mapping[str, str]  # label -> key; a click on the body is "default"


class NotificationDaemon:
    """Runs from ``with`` to its end; ``address`` is the bus to give to the browser."""

    def __init__(self) -> None:
        self._interface = _Interface()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        """Start the bus and take the daemon's name on it."""
        self._folder = tempfile.TemporaryDirectory(prefix="bus")
        rules = Path(self._folder.name) / "bus.conf"
        rules.write_text(BUS_RULES.format(folder=self._folder.name))
        options = [f"--config-file={rules}", "--nofork", "--nopidfile", "--print-address=1"]
        self._process = subprocess.Popen(
            [program("dbus-daemon"), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=program_environment(),
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        self._thread.start()
        self._bus = asyncio.run_coroutine_threadsafe(self._connected(), self._loop).result(
            START_SECONDS
        )
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop the bus; what was shown stays readable."""
        asyncio.run_coroutine_threadsafe(self._disconnected(), self._loop).result(START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._folder.cleanup()

    @property
    def shown(self) -> Sequence[ShownNotification]:
        """The notifications that are on the screen, the oldest first."""
        return list(self._interface.shown.values())

    @property
    def ever_shown(self) -> Sequence[ShownNotification]:
        """Every notification that came, also those that replaced another or are closed."""
        return list(self._interface.ever_shown)

    def press(self, notification: ShownNotification, label: str | None = None) -> None:
        """Press the button with that label; without one click on the notification itself."""
        key = "default" if label is None else notification.actions[label]
        self._loop.call_soon_threadsafe(self._interface.ActionInvoked, notification.number, key)

    async def _connected(self) -> MessageBus:
        bus = await MessageBus(bus_address=self.address).connect()
        bus.export("/org/freedesktop/Notifications", self._interface)
        await bus.request_name(NAME)
        return bus

    async def _disconnected(self) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()


class _Interface(ServiceInterface):
    """The methods of the Desktop Notifications Specification that Chromium calls."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self.shown: dict[int, ShownNotification] = {}
        self.ever_shown: list[ShownNotification] = []
        self._last_number = 0

    @dbus_method()
    def Notify(  # noqa: N802 - the names are the specification's
        self,
        _program: DBusStr,
        replaces: DBusUInt32,
        _icon: DBusStr,
        title: DBusStr,
        body: DBusStr,
        actions: Texts,
        _hints: Hints,
        _timeout: DBusInt32,
    ) -> DBusUInt32:
        if replaces == 0:
            self._last_number += 1
        number = replaces or self._last_number
        buttons = dict(zip(actions[1::2], actions[::2], strict=True))
        notification = ShownNotification(number, title, body, buttons)
        self.shown[number] = notification
        self.ever_shown.append(notification)
        return number

    @dbus_method()
    def CloseNotification(self, number: DBusUInt32) -> None:  # noqa: N802
        if self.shown.pop(number, None) is not None:
            self.NotificationClosed(number, CLOSED_BY_THE_PROGRAM)

    @dbus_method()
    def GetCapabilities(self) -> Texts:  # noqa: N802
        return ["actions", "body", "persistence"]

    @dbus_method()
    def GetServerInformation(self) -> Information:  # noqa: N802
        return ["Daywork's tests", "Daywork", "1", "1.2"]

    @dbus_signal()
    def NotificationClosed(  # noqa: N802
        self, number: int, reason: int
    ) -> Closed:
        return [number, reason]

    @dbus_signal()
    def ActionInvoked(self, number: int, key: str) -> Invoked:  # noqa: N802
        return [number, key]
