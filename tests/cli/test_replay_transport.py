"""A phone that is cut off asks again; one that is refused says so."""

import json
from random import Random

import httpx
import pytest

from daywork.cli.replay_transport import Refused, Transport, Unreachable, open_client


def transport_over(handler: httpx.MockTransport) -> Transport:
    client = httpx.AsyncClient(base_url="http://127.0.0.1:1", transport=handler)
    return Transport(client, jitter=Random(1))


async def test_a_lost_connection_is_tried_again_with_the_same_body() -> None:
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        if len(bodies) < 3:
            raise httpx.ReadError("cut off", request=request)
        return httpx.Response(200, json={"ok": True})

    transport = transport_over(httpx.MockTransport(answer))
    got = await transport.send("POST", "/v1/sync/push", {"note": "Łódź"}, "sid=1")

    assert got.body == {"ok": True}
    assert [json.loads(body) for body in bodies] == [{"note": "Łódź"}] * 3
    assert transport.traffic.lost_connections == 2


async def test_come_again_is_honoured_for_the_time_that_was_asked() -> None:
    answers = [
        httpx.Response(429, headers={"Retry-After": "0"}),
        httpx.Response(503, headers={"Retry-After": "0"}),
        httpx.Response(200, json=[]),
    ]
    transport = transport_over(httpx.MockTransport(lambda _request: answers.pop(0)))

    await transport.send("GET", "/v1/sync/pull", None, "sid=1")

    assert (transport.traffic.waits, transport.traffic.requests) == (2, 3)


async def test_a_refusal_carries_its_code_and_its_members() -> None:
    problem = {"title": "Conflict", "status": 409, "code": "gap", "need": 39}
    transport = transport_over(httpx.MockTransport(lambda _: httpx.Response(409, json=problem)))

    with pytest.raises(Refused) as caught:
        await transport.send("POST", "/v1/sync/push", {}, None)

    assert (caught.value.status, caught.value.code) == (409, "gap")
    assert caught.value.problem["need"] == 39


async def test_a_refusal_that_is_no_json_is_still_a_refusal() -> None:
    page = httpx.Response(500, text="<h1>oh</h1>")
    transport = transport_over(httpx.MockTransport(lambda _: page))

    with pytest.raises(Refused, match="500 Internal Server Error"):
        await transport.send("GET", "/", None, None)


async def test_a_server_that_is_never_heard_of_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    monkeypatch.setattr("daywork.cli.replay_transport.GIVE_UP_SECONDS", -1.0)

    with pytest.raises(Unreachable):
        await transport_over(httpx.MockTransport(cut_off)).send("GET", "/", None, None)


async def test_the_cookie_is_handed_back_and_kept_by_nobody_else() -> None:
    asked_with: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked_with.append(request.headers.get("Cookie"))
        return httpx.Response(200, json={}, headers={"Set-Cookie": "sid=abc; HttpOnly; Path=/"})

    async with open_client("http://127.0.0.1:1") as client:
        client._transport = httpx.MockTransport(answer)
        transport = Transport(client)
        first = await transport.send("POST", "/v1/sessions", {}, None)
        await transport.send("POST", "/v1/sessions", {}, None)

    assert first.cookie == "sid=abc"
    assert asked_with == [None, None]
