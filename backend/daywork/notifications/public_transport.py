"""Requests that reach public addresses only.

A host name on the list of push services may still be made to point into the
operator's own network. The name is therefore resolved once, every address is
judged, and the connection goes to the address that was judged, while TLS still
proves the name.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from daywork.notifications.subscription_check import HTTPS_PORT, is_further_host

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

ADDRESSES_MAX = 3  # tried one after the other

# An address of the IPv4 internet as networks with IPv6 only write it (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


class NotPublicError(httpx.ConnectError):
    """The name points to an address inside somebody's network."""


class PublicTransport(httpx.AsyncBaseTransport):
    """Sends over ``inner`` after the host's addresses were found to be public."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, resolve: Resolve, further_hosts: Collection[str]
    ) -> None:
        """``further_hosts`` are the operator's own choice and may be anywhere."""
        self._inner = inner
        self._resolve = resolve
        self._further_hosts = further_hosts

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request``. Raises: NotPublicError, or what ``inner`` raises."""
        if is_further_host(request.url, self._further_hosts):
            return await self._inner.handle_async_request(request)
        host = request.url.host
        try:
            addresses = await self._resolve(host, request.url.port or HTTPS_PORT)
        except (OSError, UnicodeError) as error:  # No such name, or none at all.
            msg = f"{host} has no address"
            raise httpx.ConnectError(msg) from error
        if not addresses or not all(is_public(address) for address in addresses):
            msg = f"{host} points to an address that is not public"
            raise NotPublicError(msg)
        return await self._first_that_answers(request, addresses[:ADDRESSES_MAX])

    async def _first_that_answers(
        self, request: httpx.Request, addresses: Sequence[str]
    ) -> httpx.Response:
        host = request.url.host
        for address in addresses:
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,  # The Host header keeps the name.
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        msg = "the last address returns or raises"
        raise AssertionError(msg)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._inner.aclose()


def open_public_transport(further_hosts: Collection[str]) -> httpx.AsyncBaseTransport:
    """Return a transport with the system's certificates and names."""
    inner = httpx.AsyncHTTPTransport(verify=ssl.create_default_context())
    return PublicTransport(inner, resolved, further_hosts)


async def resolved(host: str, port: int) -> Sequence[str]:
    """Return the addresses of ``host``, the system's favourite first. Raises: OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(address: str) -> bool:
    """Whether ``address`` belongs to the public internet, in whatever form it is written.

    Private, loopback, link-local, shared, reserved, documentation and multicast
    addresses do not.
    """
    found: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found in _TRANSLATED:
            found = IPv4Address(int(found) & 0xFFFF_FFFF)
        elif found.sixtofour is not None or found.teredo is not None:
            return False  # Tunnels of the past, which may end anywhere.
    return found.is_global and not found.is_multicast
