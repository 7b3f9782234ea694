"""A push service of our own: strict, observable, and able to fail on demand.

It stands in for Google's towards the server, which sends to it, and towards a
real Chromium, which registers with it and gets its messages from it.
"""

import secrets
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import httpx

from support.push_channel import Delivery, PushChannel, fixed_field, whole_field
from support.push_receiver import PushReceiver, new_receiver
from support.push_rules import refusal_of_message, refusal_of_sender

# Debian's Chromium believes to be at the second of these.
ORIGINS = frozenset(("https://fcm.googleapis.com", "https://jmt17.google.com"))

LARGEST_REQUEST_BYTES = 65_536


@dataclass(frozen=True)
class Registration:
    """A subscription as the push service knows it."""

    sender_key: str  # base64url: nobody else may send
    device: str = ""  # a real browser's number; "" is a receiver that a test holds
    application: str = ""  # names the subscription inside that browser
    category: str = ""


@dataclass(frozen=True)
class ReceivedMessage:
    """A request to send, taken or refused."""

    token: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    refusal: str | None  # which rule it broke


@dataclass(frozen=True)
class Fault:
    """An answer to give once, whatever is sent."""

    status: int
    headers: Mapping[str, str]


class PushService:
    """Listens on the loopback from ``with`` to its end."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """``clock`` judges how long a sender's token is still good for."""
        self.received: list[ReceivedMessage] = []
        self.clock = clock
        self._registrations: dict[str, Registration] = {}
        self._faults: list[Fault] = []
        self._channel: PushChannel | None = None
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        """Start to listen."""
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop listening; what was received stays readable."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._channel is not None:
            self._channel.close()

    @property
    def url(self) -> str:
        """Where the service really listens."""
        return f"http://localhost:{self._server.server_address[1]}"

    @property
    def taken(self) -> Sequence[ReceivedMessage]:
        """The messages that broke no rule."""
        return [message for message in self.received if message.refusal is None]

    @property
    def browser_subscriptions(self) -> Sequence[str]:
        """The names of the subscriptions that real browsers hold, one a site."""
        names = (known.application for known in self._registrations.values())
        return [name for name in names if name.startswith("wp:")]

    def subscribe(self, sender_key: str) -> PushReceiver:
        """Return a new subscription whose keys the test holds."""
        token = secrets.token_urlsafe(32)
        self._registrations[token] = Registration(sender_key)
        return new_receiver(f"https://fcm.googleapis.com/fcm/send/{token}")

    def unsubscribe(self, endpoint: str) -> None:
        """Forget a subscription: the next message to it is answered with 410."""
        del self._registrations[endpoint.rpartition("/")[2]]

    def fail_next(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next message, whatever it is, with ``status``."""
        self._faults.append(Fault(status, headers or {}))

    def open_transport(self, _further_hosts: Collection[str] = ()) -> httpx.AsyncBaseTransport:
        """Return a transport that leads here, whatever the host is called."""
        return LeadingTransport(httpx.URL(self.url))

    def chromium_flags(self) -> Sequence[str]:
        """Return what makes a Chromium take this service for its own."""
        if self._channel is None:
            self._channel = PushChannel()
        return (
            f"--gcm-checkin-url={self.url}/checkin",
            f"--gcm-registration-url={self.url}/register3",
            f"--gcm-mcs-endpoint=https://localhost:{self._channel.port}",
            f"--ignore-certificate-errors-spki-list={self._channel.certificate_hash}",
        )

    def register(self, form: Mapping[str, str]) -> str:
        """Return the token of a browser's new subscription, or of the one it gives up."""
        if "delete" in form:
            self._registrations = {
                token: known
                for token, known in self._registrations.items()
                if (known.device, known.application)
                != (form["device"], form.get("X-subtype", form["app"]))
            }
            return form["app"]
        token = secrets.token_urlsafe(32)
        self._registrations[token] = Registration(
            sender_key=form["sender"],
            device=form["device"],
            application=form.get("X-subtype", form["app"]),
            category=form["app"],
        )
        return token

    def take(
        self, token: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str]]:
        """Return the answer to a message: status and headers."""
        if self._faults:
            fault = self._faults.pop(0)
            self.received.append(ReceivedMessage(token, headers, body, f"fault {fault.status}"))
            return fault.status, fault.headers
        known = self._registrations.get(token)
        if known is None:
            self.received.append(ReceivedMessage(token, headers, body, "gone"))
            return 410, {}
        authorization = headers.get("authorization", "")
        of_message = refusal_of_message(headers, body)
        of_sender = refusal_of_sender(authorization, known.sender_key, ORIGINS, self.clock())
        refusal = of_message or of_sender
        self.received.append(ReceivedMessage(token, headers, body, refusal))
        if refusal is not None:
            return 413 if refusal == "size" else 403 if refusal == of_sender else 400, {}
        if known.device and self._channel is not None:
            ttl_seconds = int(headers["ttl"])
            self._channel.deliver(
                Delivery(
                    known.device,
                    known.application,
                    known.category,
                    known.sender_key,
                    headers.get("topic"),
                    ttl_seconds,
                    body,
                )
            )
        return 201, {"Location": f"{self.url}/m/{secrets.token_hex(4)}"}


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, service: PushService) -> None:
        self.service = service
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Check-in and registration as Chromium asks for them, and RFC 8030's one request."""

    timeout = 10

    def do_POST(self) -> None:
        """Answer one request."""
        assert isinstance(self.server, _Server)
        service = self.server.service
        length = min(int(self.headers.get("Content-Length", 0)), LARGEST_REQUEST_BYTES)
        body = self.rfile.read(length)
        path = urlsplit(self.path).path
        if path == "/checkin":
            now = int(service.clock().timestamp() * 1_000)
            device = secrets.randbits(60) + 1
            identity = fixed_field(7, device) + fixed_field(8, secrets.randbits(60) + 1)
            self._answer(200, whole_field(1, 1) + whole_field(3, now) + identity)
        elif path == "/register3":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self._answer(200, f"token={service.register(form)}".encode())
        elif path.startswith(("/fcm/send/", "/wp/")):
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer_headers = service.take(path.rpartition("/")[2], headers, body)
            self._answer(status, headers=answer_headers)
        else:
            self._answer(404)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the tests read ``received``."""

    def _answer(
        self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class LeadingTransport(httpx.AsyncBaseTransport):
    """Sends every request to one place; the Host header keeps the name that was meant."""

    def __init__(self, place: httpx.URL) -> None:
        self._place = place
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` to the place."""
        place = self._place
        url = request.url.copy_with(scheme=place.scheme, host=place.host, port=place.port)
        led = httpx.Request(
            request.method,
            url,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(led)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._inner.aclose()
