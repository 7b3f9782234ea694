"""What the browser tests share: Chromium, one real server, and phones that are put away."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from support import chromium
from support.browser_phone import BrowserPhone, afternoon_zone, new_phone
from support.company import Company, found_company
from support.kept_phone import KeptPhone
from support.server import RunningServer, running_server

NewPhone = Callable[..., BrowserPhone]
NewKeptPhone = Callable[[], KeptPhone]

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; one a process."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    started = playwright.chromium.launch(
        executable_path=chromium.executable(),
        args=chromium.ARGUMENTS,
        env=chromium.environment(),
    )
    yield started
    started.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all browser tests; each test has an organisation of its own."""
    home = tmp_path_factory.mktemp("browser") / "home"
    # One test mixes up a phone's history, which the server says.
    forks = r"alarm forked from device .*"
    with running_server(home, expected=forks, DAYWORK_PUSHES_PER_MINUTE="6000") as running:
        yield running


@pytest.fixture(scope="session")
def zone() -> str:
    """A zone in which the working day is just over."""
    return afternoon_zone(datetime.now(UTC))


@pytest.fixture
def company(server: RunningServer, zone: str) -> Company:
    """An organisation with two projects."""
    made = found_company(server, f"Company {next(_NUMBERS)}", zone)
    for project in ("Bridge Street 12", "Harbour warehouse"):
        made.add_project(project)
    return made


@pytest.fixture
def phone(browser: Browser, server: RunningServer, zone: str) -> Iterator[NewPhone]:
    """Make phones; afterwards none of them has complained about anything."""
    phones: list[BrowserPhone] = []

    def make(**settings: Any) -> BrowserPhone:
        made = new_phone(browser, server.url, zone, **settings)
        phones.append(made)
        return made

    yield make
    complaints = [complaint for made in phones for complaint in made.complaints]
    for made in phones:
        made.context.close()
    assert complaints == []


@pytest.fixture
def kept_phone(
    playwright: Playwright, server: RunningServer, zone: str, tmp_path: Path
) -> Iterator[NewKeptPhone]:
    """Make phones with a profile of their own; afterwards none has complained."""
    made: list[KeptPhone] = []

    def make() -> KeptPhone:
        made.append(KeptPhone(playwright, server.url, zone, tmp_path / f"profile {len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.close()
    assert [complaint for one in made for complaint in one.complaints] == []
