"""The browser's side of RFC 8291, for tests that hold the keys themselves."""

import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from daywork.core.push_subscription import PushSubscription

POINT_BYTES = 65
SALT_BYTES = 16
HEADER_BYTES = SALT_BYTES + 4 + 1 + POINT_BYTES
LAST_RECORD = 2  # the delimiter in front of the padding


@dataclass(frozen=True)
class PushReceiver:
    """The keys of one subscription, both halves."""

    endpoint: str
    private_key: ec.EllipticCurvePrivateKey
    auth_secret: bytes

    @property
    def public_key(self) -> bytes:
        """The uncompressed point that the sender is given."""
        return self.private_key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )

    def subscription(self, language: str = "en") -> PushSubscription:
        """Return what the browser would hand to the server."""
        return PushSubscription(self.endpoint, self.public_key, self.auth_secret, language)

    def decrypted(self, body: bytes) -> bytes:
        """Return the plain message of one aes128gcm record.

        Raises: cryptography.exceptions.InvalidTag if it was not meant for these keys.
        """
        salt, sender_key = body[:SALT_BYTES], body[HEADER_BYTES - POINT_BYTES : HEADER_BYTES]
        assert body[HEADER_BYTES - POINT_BYTES - 1] == POINT_BYTES, "the key id is the point"
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_key)
        shared = self.private_key.exchange(ec.ECDH(), sender)
        info = b"WebPush: info\0" + self.public_key + sender_key
        secret = HKDF(SHA256(), 32, self.auth_secret, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, body[HEADER_BYTES:], None)
        message, delimiter, padding = plain.rpartition(bytes((LAST_RECORD,)))
        assert delimiter, "a last record ends with its delimiter"
        assert not padding.strip(b"\0"), "behind the delimiter there are only zeros"
        return message


def new_receiver(endpoint: str) -> PushReceiver:
    """Return new random keys for ``endpoint``."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    return PushReceiver(endpoint, private_key, secrets.token_bytes(16))
