"""Who may come in: our own pages and named clients, over TLS or on the machine itself."""

import httpx
import pytest

from support.door import HOST, PROXY, Door, refused

OTHER_SITE = "https://evil.example"
UNSAFE = (
    ("POST", "/v1/devices"),
    ("POST", "/v1/sessions"),
    ("POST", "/v1/sessions/challenge"),
    ("DELETE", "/v1/session"),
    ("POST", "/v1/sync/hello"),
    ("POST", "/v1/sync/push"),
    ("PUT", "/v1/web-push/subscription"),
    ("DELETE", "/v1/web-push/subscription"),
)


async def bare(door: Door, method: str, url: str, **headers: str) -> httpx.Response:
    """Send a request without the header that names a client."""
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    return await door.client.request(method, url, headers=given)


@pytest.mark.parametrize(("method", "path"), UNSAFE)
async def test_another_site_cannot_make_a_browser_change_anything(
    door: Door, method: str, path: str
) -> None:
    for headers in (
        {},
        {"Origin": OTHER_SITE},
        {"Origin": "null"},
        {"Origin": OTHER_SITE, "Sec_Fetch_Site": "same-origin", "X_Daywork_Client": "x"},
        {"Origin": f"{HOST}.evil.example"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site"},
    ):
        assert refused(await bare(door, method, path, **headers)) == (403, "csrf"), headers


@pytest.mark.parametrize(
    "headers", [{"Origin": HOST}, {"Sec_Fetch_Site": "same-origin"}, {"X_Daywork_Client": "cli"}]
)
async def test_our_own_pages_and_named_clients_come_through(
    door: Door, headers: dict[str, str]
) -> None:
    answer = await bare(door, "POST", "/v1/sync/push", **headers)

    assert refused(answer) == (400, "malformed_body")


async def test_plain_http_gets_one_page_and_nothing_else(door: Door) -> None:
    phone = await door.enrolled("Ana")

    for path in ("/", "/v1/sync/pull", "/join", "/assets/app.js"):
        answer = await door.send("GET", f"http://daywork.example{path}", cookie=phone.cookie)
        assert answer.status_code == 426, path
        assert answer.headers["content-type"].startswith("text/html")
        assert "needs https" in answer.text
    assert (await door.send("GET", "http://daywork.example/health/live")).status_code == 200


async def test_a_stranger_who_says_that_there_was_tls_is_not_believed(door: Door) -> None:
    answer = await door.send("GET", "http://daywork.example/v1/session", X_Forwarded_Proto="https")

    assert answer.status_code == 426


async def test_a_known_proxy_is_believed_and_the_cookie_is_bound_to_the_host(door: Door) -> None:
    transport = door.client._transport
    assert isinstance(transport, httpx.ASGITransport)
    transport.client = (PROXY, 1)

    secure = await door.send(
        "DELETE", "http://daywork.example/v1/session", X_Forwarded_Proto="https"
    )
    plain = await door.send("GET", "http://daywork.example/v1/session")

    assert secure.status_code == 204
    assert secure.headers["set-cookie"].startswith("__Host-sid=;")
    assert "; Secure" in secure.headers["set-cookie"]
    assert plain.status_code == 426
