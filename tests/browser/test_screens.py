"""Every screen in every theme and width: nothing that axe objects to, nothing that is cut off.

With ``--pictures`` the screens are written to docs/screens as well.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from support.browser_phone import BrowserPhone
from support.screen_tour import ScreenTour
from support.server import running_server

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "pwa/node_modules/axe-core/axe.min.js").read_text("utf-8")
PICTURES = ROOT / "docs/screens"
WIDTHS = (320, 360, 768, 1280)
HEIGHTS = {320: 640, 360: 740, 768: 1024, 1280: 800}
# Colours do not depend on the width, nor widths on the colours; larger text does on both.
LOOKS = (
    *(("light", width) for width in WIDTHS),
    *(("dark", 360), ("dark", 1280), ("sunlight", 320), ("sunlight", 768)),
)
SCREENS = (
    *("join", "today-off", "today-working", "week", "add-entry", "conflict", "returned"),
    *(
        "outbox",
        "me",
        "this-phone",
        "devices",
        "new-phone",
        "inbox",
        "team",
        "person-day",
        "return",
        "approve",
        "postings",
    ),
)
PICTURE_BYTES_MAX = 100_000

# Wider than the screen, or with a text that its box cuts off.
CUT_OFF = """() => {
  const wide = document.documentElement.scrollWidth > innerWidth
    ? [`the page is ${document.documentElement.scrollWidth} px wide`] : []
  const cut = [...document.querySelectorAll('h1, h2, p, a, button, label, dt, dd')]
    .filter((one) => one.checkVisibility() && getComputedStyle(one).overflowX === 'visible')
    .filter((one) => {
      const box = one.getBoundingClientRect()
      return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1)
        && !one.closest('[role=region], .table, table, .visually-hidden')
    })
    .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`)
  return [...wide, ...cut]
}"""

# In the head of a screen: boxes that lie over each other, and a name broken inside a word.
IN_EACH_OTHERS_WAY = """size => {
  document.documentElement.style.fontSize = size
  const parts = [...document.querySelectorAll('header > *')]
  const boxes = parts.map((one) => one.getBoundingClientRect())
  const over = boxes.flatMap((a, i) => boxes.slice(i + 1)
    .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    .map(() => `something lies over ${parts[i].textContent.trim()}`))
  const broken = parts.filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => `no room for ${one.textContent.trim()}`)
  const name = document.querySelector('h1')
  const lines = name.getBoundingClientRect().height / parseFloat(getComputedStyle(name).lineHeight)
  // A word that is wider than the whole screen has to break.
  if (name.offsetWidth < 0.8 * innerWidth
    && Math.round(lines) > name.textContent.trim().split(' ').length) broken.push('a broken word')
  const inside = (word) => {
    const box = document.createRange()
    box.selectNodeContents(word)
    const rows = new Set([...box.getClientRects()].map((one) => Math.round(one.top)))
    return rows.size > word.textContent.trim().split(' ').length
  }
  const places = [...document.querySelectorAll('nav .word')].filter(inside)
  broken.push(...places.map((one) => `${one.textContent} breaks in the bottom bar`))
  const skip = document.querySelector('.skip').getBoundingClientRect()
  if (skip.bottom > 0) over.push('the skip link shows')
  document.documentElement.style.fontSize = ''
  return [...over, ...broken]
}"""


@pytest.fixture(scope="module")
def tour(
    browser: Browser, zone: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ScreenTour]:
    home = tmp_path_factory.mktemp("screens") / "home"
    with running_server(home, DAYWORK_PUSHES_PER_MINUTE="6000") as server:
        made = ScreenTour(browser, server, zone)
        yield made
        complaints = made.close()
    assert complaints == []


def wear(tour: ScreenTour, theme: str, width: int) -> None:
    """Give all phones of the tour a size, and colours as their people would choose them."""
    for phone in tour.phones.values():
        phone.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        if phone.page.url.startswith(phone.url):
            phone.page.evaluate("theme => localStorage.setItem('daywork.theme', theme)", theme)


def objections(phone: BrowserPhone) -> list[str]:
    """Return what axe objects to, with the element concerned."""
    # The page's own policy forbids scripts from elsewhere; the debugger may evaluate one.
    phone.page.evaluate(AXE)
    found: dict[str, Any] = phone.page.evaluate("async () => axe.run(document)")
    return [
        f"{rule['id']}: {node['html'][:120]} ({node['failureSummary'][:200]})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_no_obstacle_and_nothing_is_cut_off(
    tour: ScreenTour, screen: str, request: pytest.FixtureRequest
) -> None:
    faults: list[str] = []
    for theme, width in LOOKS:
        wear(tour, theme, width)
        # Opened anew: a sheet may have closed when the width changed.
        phone = tour.screens()[screen]()
        found = (*phone.page.evaluate(CUT_OFF), *objections(phone))
        faults += [f"{theme} {width}: {fault}" for fault in found]
    if request.config.getoption("--pictures"):
        take_pictures(tour, screen)

    assert "\n".join(faults) == ""


def test_the_screens_of_the_tour_are_the_ones_that_are_looked_at(tour: ScreenTour) -> None:
    assert set(tour.screens()) == set(SCREENS)


GERMAN = {
    "manager": ("/", "/inbox", "/me", "/diagnostics", "/devices", "/team", "/add", "/week"),
    "office": ("/me",),
}


def test_german_words_fit_too_and_so_does_text_of_twice_the_size(tour: ScreenTour) -> None:
    faults: list[str] = []
    for role, paths in GERMAN.items():
        phone = tour.phones[role]
        phone.page.evaluate("localStorage.setItem('daywork.language', 'de')")
        try:
            for path in paths:
                phone.open(path)
                for width in WIDTHS:
                    wear(tour, "light", width)
                    faults += [f"{path} {width}: {cut}" for cut in phone.page.evaluate(CUT_OFF)]
                    for size in ("100%", "200%"):
                        found = phone.page.evaluate(IN_EACH_OTHERS_WAY, size)
                        faults += [f"{path} {width} {size}: {fault}" for fault in found]
        finally:
            phone.page.evaluate("localStorage.setItem('daywork.language', 'en')")
            wear(tour, "light", 360)

    assert "\n".join(faults) == ""


def take_pictures(tour: ScreenTour, screen: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    for theme in ("light", "dark"):
        wear(tour, theme, 360)
        file = PICTURES / f"{screen}-{theme}.png"
        tour.screens()[screen]().page.screenshot(path=file)
        assert file.stat().st_size < PICTURE_BYTES_MAX
