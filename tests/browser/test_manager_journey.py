"""A manager's five minutes: what stands out first, the rest in one hold, signal or not."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from browser.conftest import NewPhone
from support.browser_phone import BrowserPhone
from support.company import Company

MANAGER, WORKER = "Beata Nowak", "Ana Ruiz"
BRIDGE, HARBOUR = "Bridge Street 12", "Harbour warehouse"


@pytest.fixture
def worker(company: Company, phone: NewPhone) -> BrowserPhone:
    """Ana's phone, after a clean morning and an afternoon without a project."""
    made = phone()
    company.invite(MANAGER, "manager")
    made.join(company.invite(WORKER, manager=MANAGER), "Ana's Pixel")
    made.add_entry("07:00", "11:00", BRIDGE)
    made.add_entry("11:30", "14:30", None)
    made.expect_chip("All sent")
    return made


@pytest.fixture
def manager(company: Company, phone: NewPhone, worker: BrowserPhone) -> BrowserPhone:
    """Beata's phone, which shows what Ana sent."""
    assert worker.page is not None
    made = phone()
    made.join(company.invite(MANAGER, "manager"), "Beata's phone")
    made.open("/inbox")
    made.expect_text("1 to look at")
    return made


def today_in(zone: str) -> str:
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date().isoformat()


def approve_all(manager: BrowserPhone, count: int) -> None:
    manager.button(f"Approve {count}", exact=True).click()
    manager.hold(manager.button(f"Hold to approve {count}"))
    manager.expect_text(f"{count} approved.")


def test_what_is_clean_is_approved_in_two_taps_and_the_rest_stays(
    company: Company, manager: BrowserPhone, worker: BrowserPhone
) -> None:
    headings = manager.page.get_by_role("heading", level=2).all_inner_texts()
    assert headings == ["To look at", "Nothing stands out"]
    expect(manager.page.locator("main")).to_contain_text("no project")
    manager.count_taps()

    approve_all(manager, 1)

    assert manager.taps() == 2
    manager.expect_chip("All sent")
    manager.expect_text("1 to look at")
    assert sorted(row["status"] for row in company.rows()) == ["approved", "draft"]
    worker.open("/")
    expect(worker.link(BRIDGE)).to_contain_text(re.compile("Approved|Booked"))


def test_an_approval_can_be_taken_back(company: Company, manager: BrowserPhone) -> None:
    approve_all(manager, 1)

    manager.button(re.compile("^Undo")).click()
    manager.expect_chip("All sent")
    expect(manager.button("Approve 1", exact=True)).to_be_visible()

    kinds = [kind for kind in company.operations() if kind != "new"]
    assert kinds in (["approve", "revoke"], [])
    assert {row["status"] for row in company.rows()} == {"draft"}


def test_one_entry_is_sent_back_in_four_taps_and_its_worker_reads_why(
    company: Company, manager: BrowserPhone, worker: BrowserPhone
) -> None:
    manager.count_taps()

    manager.link(re.compile(WORKER)).first.click()
    second = manager.page.get_by_role("article").filter(has_text="No project yet")
    second.get_by_role("button", name="Send back").click()
    sheet = manager.page.get_by_role("dialog")
    sheet.get_by_role("button", name="Wrong project").click()
    sheet.get_by_role("button", name="Send back").click()

    assert manager.taps() == 4
    manager.expect_text(f"Sent back to {WORKER}.")
    manager.expect_chip("All sent")
    assert sorted(row["status"] for row in company.rows()) == ["draft", "rejected"]
    worker.open("/needs")
    worker.expect_text(f"{MANAGER} sent this back")
    worker.expect_text("Reason: Wrong project")
    worker.link("Change it").click()
    worker.button("Choose a project").click()
    worker.page.get_by_role("dialog").get_by_role("button", name=HARBOUR).first.click()
    worker.button("Save").click()
    worker.expect_chip("All sent")
    assert {row["status"] for row in company.rows()} == {"draft"}


def test_an_approval_without_a_signal_counts_when_it_is_back(
    company: Company, manager: BrowserPhone
) -> None:
    manager.lose_signal()

    approve_all(manager, 1)
    manager.expect_chip("1 on this phone")
    assert {row["status"] for row in company.rows()} == {"draft"}
    manager.page.reload()
    manager.expect_chip("1 on this phone")
    manager.find_signal()

    manager.expect_chip("All sent")
    assert sorted(row["status"] for row in company.rows()) == ["approved", "draft"]


def test_an_entry_that_changed_meanwhile_is_asked_again_and_what_was_seen_is_what_counts(
    company: Company, manager: BrowserPhone, worker: BrowserPhone, zone: str
) -> None:
    manager.lose_signal()
    worker.link(BRIDGE).click()
    worker.page.get_by_label("End", exact=True).fill("10:30")
    worker.button("Save").click()
    worker.expect_chip("All sent")

    approve_all(manager, 1)
    manager.find_signal()

    manager.expect_text("Changed meanwhile: look again")
    (row,) = [row for row in company.rows() if row["status"].startswith("approved")]
    assert row["status"] == "approved+amendment"
    start = datetime.fromisoformat(row["approved"]["v"]["time"]["start"])
    assert datetime.fromisoformat(row["approved"]["v"]["time"]["end"]) - start == timedelta(hours=4)
    manager.open(f"/inbox/{row['owner']}/{today_in(zone)}")
    manager.expect_text("Approved before: 4 h 00")
    changed = manager.page.get_by_role("article").filter(has_text=BRIDGE)
    expect(changed).to_contain_text("3 h 30")
    changed.get_by_role("button", name="Approve").click()
    manager.expect_text("1 approved.")
    manager.expect_chip("All sent")
    assert sorted(row["status"] for row in company.rows()) == ["approved", "draft"]


def test_the_office_reads_what_is_held_and_what_is_posted_and_decides_nothing(
    company: Company, manager: BrowserPhone, phone: NewPhone
) -> None:
    approve_all(manager, 1)
    manager.expect_chip("All sent")
    office = phone(viewport={"width": 1280, "height": 800})
    office.join(company.invite("Odile Marsh", "office"), "Odile's desk")

    office.open("/postings")
    office.expect_text("This person has no name in the books yet.")
    expect(office.page.get_by_role("row").filter(has_text=WORKER)).to_contain_text(BRIDGE)
    expect(office.page.locator("main").get_by_role("button", name="Approve")).to_have_count(0)
    company.server.office(
        "mappings set",
        organisation=company.id,
        author="a test",
        mappings=[
            {"subject": "employee", "id": WORKER, "reference": "Ana-Ruiz"},
            {"subject": "project", "id": BRIDGE, "reference": "Bridge-Street"},
        ],
    )
    office.page.locator("label").filter(has_text="Posted").click()
    booked = office.page.get_by_role("row").filter(has_text=WORKER)
    while booked.count() == 0:  # The test's own time limit ends it.
        office.button("Load again").click()
        office.page.wait_for_timeout(100)
    expect(booked).to_contain_text("4")
    assert "Ana-Ruiz | Bridge-Street" in company.journal()
