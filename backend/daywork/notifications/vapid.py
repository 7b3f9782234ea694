"""Our name towards push services: one key, made at the first start (RFC 8292).

Browsers bind a subscription to this key. Who loses it loses every subscription:
phones notice at their next start that the key is another, and subscribe anew.
"""

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from py_vapid import Vapid02

from daywork.core.errors import ValueRefused
from daywork.core.hash_chain import encode_base64url

FILE_NAME = "web_push.pem"
TOKEN_HOURS = 12  # of the 24 that RFC 8292 allows

LOCAL_CONTACT = "mailto:office@localhost"


@dataclass(frozen=True, slots=True)
class VapidKey:
    """A P-256 key pair, and whom a push service may write to about us."""

    private_key: ec.EllipticCurvePrivateKey
    contact: str  # https: or mailto:

    @property
    def public_key(self) -> str:
        """The key as browsers want it: the uncompressed point, base64url."""
        point = self.private_key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return encode_base64url(point)

    def authorization(self, origin: str, now: datetime) -> str:
        """Return the header that names us to the push service at ``origin``.

        The claims are made anew each time: a token for one push service must not
        reach another.
        """
        claims = {
            "aud": origin,
            "exp": int((now + timedelta(hours=TOKEN_HOURS)).timestamp()),
            "sub": self.contact,
        }
        # Not strict: its pattern for contacts refuses host names without a dot.
        signer = Vapid02(self.private_key, conf={"no-strict": True})
        header: str = signer.sign(claims)["Authorization"]
        return header


def contact_of(public_url: str) -> str:
    """Return the contact that stands for the server at ``public_url``.

    Source: RFC 8292 2.1 wants an https or mailto URI; Apple refuses others. On plain
    http there are no real phones to tell, so the address need not exist.
    """
    parts = urlsplit(public_url)
    return f"https://{parts.hostname}" if parts.scheme == "https" else LOCAL_CONTACT


def load_vapid_key(keys_folder: Path, contact: str) -> VapidKey:
    """Return the key kept in ``keys_folder``, made at the first call with mode 0600.

    Raises: ValueRefused if the file holds something else.
    """
    file = keys_folder / FILE_NAME
    if not file.exists():
        _make_key_file(file)
    try:
        private_key = load_pem_private_key(file.read_bytes(), password=None)
    except (TypeError, ValueError) as error:
        raise _unusable(file) from error
    if not isinstance(private_key, ec.EllipticCurvePrivateKey) or not isinstance(
        private_key.curve, ec.SECP256R1
    ):
        raise _unusable(file)
    return VapidKey(private_key, contact)


def _make_key_file(file: Path) -> None:
    """Write a new key under its final name at once, unless another process was faster."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(pem)
            opened.flush()
            os.fsync(opened.fileno())
        Path(file).hardlink_to(draft)
    except FileExistsError:
        pass  # The other process's key counts, for both.
    finally:
        Path(draft).unlink()


def _unusable(file: Path) -> ValueRefused:
    return ValueRefused(
        f"{file} must hold an unencrypted P-256 private key in PEM form; restore it from a"
        " backup, or remove it and let every phone subscribe anew.",
        FILE_NAME,
    )
