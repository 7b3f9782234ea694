"""The whole chain: an entry, the server, a push service, Chromium, a notification, a click."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from daywork.composition import real_world
from support.company import found_company
from support.push_service import PushService
from support.server import RunningServer, running_server
from support.told_phone import ToldPhone

NewToldPhone = Callable[[], ToldPhone]

TESTS = Path(__file__).resolve().parents[1]
MANAGER, WORKER, PROJECT = "Beata Nowak", "Ana Ruiz", "Bridge Street 12"

# Header of RFC 8188 with its point (86), 256 bytes of message, delimiter and tag (17).
SEALED_BYTES = 86 + 256 + 17


@pytest.fixture(name="service")
def push_service() -> Iterator[PushService]:
    with PushService(real_world().clock) as service:
        yield service


@pytest.fixture(name="told_server")
def server_that_tells(service: PushService, tmp_path: Path) -> Iterator[RunningServer]:
    command = (sys.executable, str(TESTS / "support/serve_to_push_service.py"), service.url)
    with running_server(tmp_path / "home", command, PYTHONPATH=str(TESTS)) as running:
        yield running


@pytest.fixture(name="told_phone")
def phones_with_a_lock_screen(
    playwright: Playwright, service: PushService, told_server: RunningServer, zone: str
) -> Iterator[NewToldPhone]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(ToldPhone(playwright, service, told_server.url, zone))


def test_an_entry_reaches_the_managers_lock_screen_and_a_return_the_workers(
    told_server: RunningServer, service: PushService, told_phone: NewToldPhone, zone: str
) -> None:
    company = found_company(told_server, "Nowak Roofing", zone)
    company.add_project(PROJECT)
    manager, worker = told_phone(), told_phone()
    manager.phone.join(company.invite(MANAGER, "manager"), "Beata's phone")
    manager.turn_on_notifications()
    manager.leave_the_app()
    worker.phone.join(company.invite(WORKER, manager=MANAGER), "Ana's phone")
    worker.turn_on_notifications()

    worker.phone.add_entry("08:00", "12:00", PROJECT)

    told = manager.next_notification()
    assert told.title == "Time approvals"
    assert told.body.endswith("Something needs you.")
    assert not re.search(f"{WORKER}|{PROJECT}|Ana|08|12:00", told.body.partition("\n")[2])
    assert {"Show", "Later"} <= set(told.actions)
    assert [len(message.body) for message in service.taken] == [SEALED_BYTES]
    assert worker.screen.ever_shown == []

    worker.leave_the_app()
    page = manager.press(told, "Show")
    expect(page).to_have_url(re.compile(r"/inbox$"))
    manager.phone.button("Show them").click()
    manager.phone.link(WORKER).click()
    manager.phone.button("Send back").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="End time is wrong").click()
    sheet.get_by_role("button", name="Send back").click()

    returned = worker.next_notification()
    assert returned.title == "Your time"
    assert returned.body.endswith("Something needs you.")
    page = worker.press(returned)
    expect(page).to_have_url(re.compile(r"/needs$"))
    worker.phone.expect_text("End time is wrong")
    assert {len(message.body) for message in service.taken} == {SEALED_BYTES}
    assert len(service.received) == len(service.taken) == 2
    assert manager.phone.complaints + worker.phone.complaints == []


def test_later_opens_nothing_and_a_phone_that_wants_no_more_is_not_told(
    told_server: RunningServer, service: PushService, told_phone: NewToldPhone, zone: str
) -> None:
    company = found_company(told_server, "Nowak Roofing", zone)
    company.add_project(PROJECT)
    manager, worker = told_phone(), told_phone()
    manager.phone.join(company.invite(MANAGER, "manager"), "Beata's phone")
    manager.turn_on_notifications()
    worker.phone.join(company.invite(WORKER, manager=MANAGER), "Ana's phone")

    worker.phone.add_entry("08:00", "10:00", PROJECT)
    told = manager.next_notification()
    pages_before = list(manager.phone.context.pages)
    manager.screen.press(told, "Later")
    manager.wait_until_gone(told)
    manager.phone.button("Turn off", exact=True).click()
    expect(manager.phone.button("Turn on", exact=True)).to_be_visible()

    assert manager.phone.context.pages == pages_before
    assert manager.phone.page.url.endswith("/me")
    # The browser tells its push service a moment after it told the page.
    manager.wait_until_no_subscription_is_left()
    assert service.browser_subscriptions == []
