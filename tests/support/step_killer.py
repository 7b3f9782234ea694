"""Stops a page at a chosen step of saving, from within.

A step is the begin and the end of the transaction that saves, each request in it and
each answer, and ``said``, when the screen says so. At the step the page's process is
gone: V8's own ``%AbortJS`` ends it, which needs ``JS_FLAGS``. Or it only stands still
there, for a test that ends the whole browser.
"""

from contextlib import suppress

from playwright.sync_api import Error, Page

from support.browser_phone import PATIENCE_MILLISECONDS, BrowserPhone

JS_FLAGS = "--js-flags=--allow-natives-syntax"
SAID = "Saved on this phone"
LOOK_MILLISECONDS = 20
PRESS_SAVE_SCRIPT = """
() => {
  const buttons = [...document.querySelectorAll('button')]
  const save = buttons.find(({ textContent }) => textContent.trim() === 'Save')
  setTimeout(() => save.click())
}
"""
# A cookie is with the browser's own process before the next line of the page runs.
SCRIPT = f"""
const steps = {{ count: 0, at: null, kills: true }}
const saving = new WeakSet()
window.__aim = (at, kills) => {{
  document.cookie = 'stopped=; max-age=0'
  Object.assign(steps, {{ count: 0, at, kills }})
}}
function step(name, transaction) {{
  if (steps.at === null || !saving.has(transaction)) return
  steps.count += 1
  if (steps.count !== steps.at && name !== steps.at) return
  const said = document.body.innerText.includes('{SAID}')
  document.cookie = `stopped=${{said ? 'said' : 'silent'}}.${{name}}`
  if (steps.kills) %AbortJS('stopped at ' + name)
  const until = performance.now() + {PATIENCE_MILLISECONDS}
  while (performance.now() < until);
}}
for (const [type, names] of [
  [IDBObjectStore, ['get', 'getAll', 'put', 'add', 'delete', 'openCursor', 'count']],
  [IDBIndex, ['get', 'getAll', 'openCursor', 'count']],
]) {{
  for (const name of names) {{
    const real = type.prototype[name]
    type.prototype[name] = function (...words) {{
      const {{ transaction }} = this.objectStore ?? this
      step(`${{name}} asked`, transaction)
      const request = real.apply(this, words)
      request.addEventListener('success', () => step(`${{name}} done`, transaction))
      return request
    }}
  }}
}}
const begin = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (stores, mode, ...words) {{
  const transaction = begin.call(this, stores, mode, ...words)
  if (mode === 'readwrite' && [...stores].includes('operations')) saving.add(transaction)
  step('begun', transaction)
  transaction.addEventListener('complete', () => step('complete', transaction))
  return transaction
}}
const screen = {{}}
saving.add(screen)
new MutationObserver(() => {{
  if (document.body?.innerText.includes('{SAID}')) step('said', screen)
}}).observe(document, {{ childList: true, characterData: true, subtree: true }})
"""


def aim(page: Page, step: int | str, *, kills: bool = True) -> None:
    """Let the page die at its next step with that number or name, or only stand still."""
    page.evaluate("([step, kills]) => void window.__aim(step, kills)", [step, kills])


def stopped_at(phone: BrowserPhone) -> tuple[bool, str] | None:
    """Return whether the screen had said that it saved when it stopped, and at which step."""
    found = [one["value"] for one in phone.context.cookies() if one["name"] == "stopped"]
    if not found:
        return None
    said, _, name = found[0].partition(".")
    return said == "said", name


def save_and_die(phone: BrowserPhone) -> tuple[bool, str]:
    """Press Save, which kills the page; return what ``stopped_at`` does."""
    with phone.page.expect_event("crash", timeout=PATIENCE_MILLISECONDS), suppress(Error):
        phone.button("Save").click()
    stopped = stopped_at(phone)
    assert stopped is not None, "the page died of something else"
    return stopped


def save_and_stand_still(phone: BrowserPhone) -> tuple[bool, str]:
    """Press Save, which makes the page stand still; return what ``stopped_at`` does."""
    phone.page.evaluate(PRESS_SAVE_SCRIPT)
    for _ in range(PATIENCE_MILLISECONDS // LOOK_MILLISECONDS):
        stopped = stopped_at(phone)
        if stopped is not None:
            return stopped
        phone.page.wait_for_timeout(LOOK_MILLISECONDS)
    message = "the page did not come to that step"
    raise AssertionError(message)
