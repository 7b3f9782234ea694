"""The key by which push services know us."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from daywork.core.errors import ValueRefused
from daywork.core.hash_chain import decode_base64url
from daywork.notifications.vapid import FILE_NAME, contact_of, load_vapid_key
from support.push_rules import refusal_of_sender

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONTACT = "https://time.example.org"


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    first = load_vapid_key(folder, CONTACT)
    second = load_vapid_key(folder, CONTACT)

    assert first.public_key == second.public_key
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [file.name for file in folder.iterdir()] == [FILE_NAME]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_vapid_key(tmp_path, CONTACT), range(16)))

    assert len({key.public_key for key in keys}) == 1


def test_the_public_key_is_an_uncompressed_point(tmp_path: Path) -> None:
    point = decode_base64url(load_vapid_key(tmp_path, CONTACT).public_key)

    assert (len(point), point[0]) == (65, 4)


@pytest.mark.parametrize(
    "private_key",
    [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()],
    ids=["another curve", "another kind"],
)
def test_a_file_with_another_key_is_named_and_left_alone(
    tmp_path: Path, private_key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
) -> None:
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / FILE_NAME).write_bytes(pem)

    with pytest.raises(ValueRefused, match=FILE_NAME):
        load_vapid_key(tmp_path, CONTACT)
    assert (tmp_path / FILE_NAME).read_bytes() == pem


def test_a_file_that_holds_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"")

    with pytest.raises(ValueRefused, match=FILE_NAME):
        load_vapid_key(tmp_path, CONTACT)


def test_each_push_service_gets_a_token_of_its_own(tmp_path: Path) -> None:
    key = load_vapid_key(tmp_path, CONTACT)
    google, mozilla = "https://fcm.googleapis.com", "https://updates.push.services.mozilla.com"

    for_google, for_mozilla = key.authorization(google, NOW), key.authorization(mozilla, NOW)

    assert refusal_of_sender(for_google, key.public_key, {google}, NOW) is None
    assert refusal_of_sender(for_mozilla, key.public_key, {mozilla}, NOW) is None
    assert refusal_of_sender(for_google, key.public_key, {mozilla}, NOW) == "vapid: aud"


def test_a_token_names_the_contact_and_ends_after_half_a_day(tmp_path: Path) -> None:
    authorization = load_vapid_key(tmp_path, CONTACT).authorization("https://a.example", NOW)

    token = authorization.removeprefix("vapid t=").split(",")[0]
    claims = json.loads(decode_base64url(token.split(".")[1]))

    assert claims == {
        "aud": "https://a.example",
        "exp": int(NOW.timestamp()) + 12 * 3_600,
        "sub": CONTACT,
    }


@pytest.mark.parametrize(
    ("public_url", "contact"),
    [
        ("https://time.example.org", "https://time.example.org"),
        ("https://time.example.org:8443", "https://time.example.org"),
        ("http://localhost:8000", "mailto:office@localhost"),
    ],
)
def test_the_contact_is_a_uri_that_push_services_accept(public_url: str, contact: str) -> None:
    assert contact_of(public_url) == contact
