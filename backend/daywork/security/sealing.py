"""What the server may not read yet is kept sealed: AES-256-GCM under a key of the home."""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daywork.core.hash_chain import decode_base64url, encode_base64url

KEY_BYTES = 32
_NONCE_BYTES = 12  # random; at most some thousands of seals under one key


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """A key that closes and opens texts."""

    key: bytes

    def closed(self, text: str, about: str) -> str:
        """Return ``text`` encrypted and bound to ``about``, as base64url."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.key).encrypt(nonce, text.encode(), about.encode())
        return encode_base64url(nonce + sealed)

    def opened(self, sealed: str, about: str) -> str:
        """Return the text. Raises: ValueError if it was changed or is about something else."""
        content = decode_base64url(sealed)
        nonce, encrypted = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, encrypted, about.encode()).decode()
        except (InvalidTag, ValueError) as error:
            message = f"what is sealed about {about} does not open"
            raise ValueError(message) from error
