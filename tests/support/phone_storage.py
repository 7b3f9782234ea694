"""What a browser does to an app's storage: it gives little room, or takes all away."""

from typing import Any

from support.browser_phone import BrowserPhone

# All but the cookies, as browsers do when they need room.
EVICTED = "indexeddb,cache_storage,service_workers,local_storage"


def limit_storage(phone: BrowserPhone, byte_count: int | None) -> None:
    """Give the app so much room from now on, None for as much as before."""
    limit: dict[str, Any] = {} if byte_count is None else {"quotaSize": byte_count}
    session = phone.context.new_cdp_session(phone.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": phone.url, **limit})


def wipe(phone: BrowserPhone) -> None:
    """Take the app's storage away while nobody looks; its session stays."""
    phone.page.goto("about:blank")
    session = phone.context.new_cdp_session(phone.page)
    session.send("Storage.clearDataForOrigin", {"origin": phone.url, "storageTypes": EVICTED})
