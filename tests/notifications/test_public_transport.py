"""Messages go to public addresses only, whatever a name points to."""

import socket
from collections.abc import Sequence

import httpx
import pytest

from daywork.notifications.public_transport import NotPublicError, PublicTransport, is_public

HOST = "fcm.googleapis.com"
PUBLIC = "142.250.74.10"
OTHER_PUBLIC = "2a00:1450:4001:82f::200a"


class Inner(httpx.AsyncBaseTransport):
    """Notes what it is asked to send; addresses in ``dead`` do not answer."""

    def __init__(self, dead: frozenset[str] = frozenset()) -> None:
        self.requests: list[httpx.Request] = []
        self.dead = dead

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request."""
        self.requests.append(request)
        if request.url.host in self.dead:
            msg = "nobody there"
            raise httpx.ConnectError(msg)
        return httpx.Response(201)


async def posted(
    inner: Inner, addresses: Sequence[str], url: str = f"https://{HOST}/fcm/send/abc"
) -> httpx.Response:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    transport = PublicTransport(inner, resolve, frozenset(("push.internal",)))
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.post(url, content=b"message")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds keep their secrets
        "100.64.0.1",  # shared by a provider's customers
        "0.0.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",  # for documents
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456:789a::1",
        "ff02::1",
        "2001:db8::1",  # for documents
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",  # 10.0.0.1, translated
        "2002:a00:1::",  # 10.0.0.1 through a tunnel
        "2001:0:a00:1::",
    ],
)
async def test_an_address_inside_a_network_is_never_called(address: str) -> None:
    inner = Inner()

    assert not is_public(address)
    with pytest.raises(NotPublicError):
        await posted(inner, [address])
    assert inner.requests == []


@pytest.mark.parametrize(
    "address", [PUBLIC, OTHER_PUBLIC, "::ffff:142.250.74.10", "64:ff9b::8efa:4a0a"]
)
async def test_the_connection_goes_to_the_judged_address_and_tls_proves_the_name(
    address: str,
) -> None:
    inner = Inner()

    answer = await posted(inner, [address])

    (request,) = inner.requests
    assert answer.status_code == 201
    assert request.url.host == address
    assert request.url.path == "/fcm/send/abc"
    assert request.headers["host"] == HOST
    assert request.extensions["sni_hostname"] == HOST
    assert "timeout" in request.extensions


async def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    inner = Inner()

    with pytest.raises(NotPublicError):
        await posted(inner, [PUBLIC, "127.0.0.1"])
    assert inner.requests == []


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    inner = Inner(dead=frozenset((PUBLIC,)))

    answer = await posted(inner, [PUBLIC, OTHER_PUBLIC])

    assert answer.status_code == 201
    assert [request.url.host for request in inner.requests] == [PUBLIC, OTHER_PUBLIC]


async def test_no_more_than_three_addresses_are_tried() -> None:
    addresses = [f"142.250.74.{number}" for number in range(1, 6)]
    inner = Inner(dead=frozenset(addresses))

    with pytest.raises(httpx.ConnectError):
        await posted(inner, addresses)
    assert [request.url.host for request in inner.requests] == addresses[:3]


async def test_a_name_without_an_address_is_a_failed_connection() -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror

    transport = PublicTransport(Inner(), resolve, frozenset())
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(f"https://{HOST}/")


async def test_a_host_that_the_operator_names_may_be_anywhere() -> None:
    inner = Inner()

    await posted(inner, ["10.0.0.1"], "https://push.internal/x")

    assert [request.url.host for request in inner.requests] == ["push.internal"]
