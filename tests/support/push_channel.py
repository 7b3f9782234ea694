"""The connection by which a real Chromium receives messages from its push service.

Chromium keeps one TLS connection open and speaks MCS on it: a version byte, then
messages of tag, length and protobuf body. Only what a message needs is here.
"""

import base64
import contextlib
import hashlib
import io
import secrets
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

MCS_VERSION = 41
HEARTBEAT, HEARTBEAT_ANSWER, LOGIN_ANSWER, DATA = 0, 1, 3, 8
LOGIN_DEVICE = 3  # the field of a login with the browser's number
KIND_FIXED, KIND_TEXT = 1, 2
ACCEPT_SECONDS = 0.2  # how soon the listener notices that it is to stop


def varint(number: int) -> bytes:
    """Return a whole number as protobuf writes it."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def text_field(number: int, value: str | bytes) -> bytes:
    """Return a protobuf field of text, bytes or a message."""
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def whole_field(number: int, value: int) -> bytes:
    """Return a protobuf field of a whole number."""
    return varint(number << 3) + varint(value)


def fixed_field(number: int, value: int) -> bytes:
    """Return a protobuf field of eight bytes."""
    return varint(number << 3 | 1) + struct.pack("<Q", value)


@dataclass(frozen=True)
class Delivery:
    """An encrypted message on its way to a browser."""

    device: str  # the browser's own number, given out at its check-in
    application: str  # names the service worker's subscription inside the browser
    category: str
    sender_key: str
    topic: str | None
    ttl_seconds: int
    body: bytes


class PushChannel:
    """Listens for Chromium, and passes messages on; keeps them while it is away."""

    def __init__(self) -> None:
        """Start to listen on a free port of the loopback."""
        context, self.certificate_hash = _own_certificate()
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(ACCEPT_SECONDS)
        self.port: int = self._listener.getsockname()[1]
        self._waiting: list[Delivery] = []
        self._connections: dict[str, _Connection] = {}
        self._lock = threading.Lock()
        self._is_closing = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def deliver(self, delivery: Delivery) -> None:
        """Send now, or when Chromium comes; a waiting one of the same topic is replaced."""
        with self._lock:
            self._waiting = [
                waiting
                for waiting in self._waiting
                if waiting.topic is None or _place(waiting) != _place(delivery)
            ]
            self._waiting.append(delivery)
            self._send_waiting()

    def close(self) -> None:
        """Hang up and stop listening."""
        self._is_closing.set()
        self._listener.close()
        with self._lock:
            for connection in self._connections.values():
                with contextlib.suppress(OSError):
                    connection.socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._is_closing.is_set():
            try:
                plain, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return  # The listener was closed.
            talk = threading.Thread(target=self._talk, args=(plain,))
            self._threads.append(talk)
            talk.start()

    def _talk(self, plain: socket.socket) -> None:
        # A browser that ends just hangs up, at any moment.
        with plain, contextlib.suppress(OSError, EOFError):
            plain.settimeout(None)
            with (
                self._context.wrap_socket(plain, server_side=True) as secured,
                secured.makefile("rb") as stream,
            ):
                device = self._log_in(secured, stream)
                try:
                    while True:
                        tag, _body = _next_message(stream)
                        if tag == HEARTBEAT:
                            with self._lock:
                                secured.sendall(bytes((HEARTBEAT_ANSWER, 0)))
                finally:
                    with self._lock:
                        if self._connections[device].socket is secured:
                            del self._connections[device]

    def _log_in(self, secured: ssl.SSLSocket, stream: BinaryIO) -> str:
        """Let any browser in; return its number."""
        stream.read(1)  # Chromium's version.
        _tag, body = _next_message(stream)
        device = _texts_of(body)[LOGIN_DEVICE].decode()
        answer = text_field(1, "chrome-1")
        with self._lock:
            secured.sendall(bytes((MCS_VERSION, LOGIN_ANSWER)) + varint(len(answer)) + answer)
            self._connections[device] = _Connection(secured)
            self._send_waiting()
        return device

    def _send_waiting(self) -> None:
        for delivery in list(self._waiting):
            connection = self._connections.get(delivery.device)
            if connection is None:
                continue
            stanza = _stanza(delivery, connection.messages_sent + 1)
            connection.socket.sendall(bytes((DATA,)) + varint(len(stanza)) + stanza)
            connection.messages_sent += 1
            self._waiting.remove(delivery)


@dataclass
class _Connection:
    socket: ssl.SSLSocket
    messages_sent: int = 0


def _place(delivery: Delivery) -> tuple[str, str, str | None]:
    return delivery.device, delivery.application, delivery.topic


def _stanza(delivery: Delivery, stream_number: int) -> bytes:
    facts: Mapping[str, str] = {
        "subtype": delivery.application,
        "content-encoding": "aes128gcm",
    }
    return b"".join(
        (
            text_field(2, secrets.token_hex(4)),
            text_field(3, delivery.sender_key),
            text_field(5, delivery.category),
            *(text_field(7, text_field(1, k) + text_field(2, v)) for k, v in facts.items()),
            text_field(9, f"0:{secrets.token_hex(8)}"),
            whole_field(10, stream_number),
            whole_field(17, delivery.ttl_seconds),
            text_field(21, delivery.body),
        )
    )


def _next_message(stream: BinaryIO) -> tuple[int, bytes]:
    tag = _byte(stream)
    return tag, stream.read(_varint(stream))


def _texts_of(message: bytes) -> dict[int, bytes]:
    """Return the texts of a protobuf message by their numbers."""
    stream, texts = io.BytesIO(message), {}
    while stream.tell() < len(message):
        number, kind = divmod(_varint(stream), 8)
        if kind == KIND_TEXT:
            texts[number] = stream.read(_varint(stream))
        elif kind == KIND_FIXED:
            stream.read(8)
        else:
            _varint(stream)
    return texts


def _varint(stream: BinaryIO) -> int:
    number = shift = 0
    while (byte := _byte(stream)) > 0x7F:
        number |= (byte & 0x7F) << shift
        shift += 7
    return number | byte << shift


def _byte(stream: BinaryIO) -> int:
    read = stream.read(1)
    if not read:
        raise EOFError
    return read[0]


def _own_certificate() -> tuple[ssl.SSLContext, str]:
    """Return a server context for localhost, and the hash by which Chromium trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "localhost.pem"
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(file)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return context, base64.b64encode(hashlib.sha256(public).digest()).decode()
