"""The archive survives being cut off, and only its owner can read it."""

import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from daywork.cli.replay_archive import Identity, open_archive
from daywork.core.hash_chain import GENESIS, decode_base64url

HASH = "VrjyK694JQYapvxHTFh2sg058PlJuwVN593_J-vR8c8"


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    archive = open_archive(tmp_path / "phone")
    key = ec.generate_private_key(ec.SECP256R1())
    archive.keep_identity(Identity("k3v9q2xd7m", "person", key))
    archive.append([{"id": "a", "q": 1, "h": HASH, "note": "Łódź ½"}])

    again = open_archive(tmp_path / "phone")

    assert again.identity is not None
    assert (again.identity.actor, again.identity.person_id) == ("k3v9q2xd7m", "person")
    assert again.identity.key.private_numbers() == key.private_numbers()
    assert again.operations == archive.operations
    assert again.last_chain_hash == decode_base64url(HASH)
    assert again.ids == {"a"}


def test_a_last_line_that_was_cut_off_is_dropped_for_good(tmp_path: Path) -> None:
    archive = open_archive(tmp_path)
    archive.append([{"id": "a", "h": HASH}])
    with (tmp_path / "operations.jsonl").open("a") as lines:
        lines.write('{"id": "b", "h')

    again = open_archive(tmp_path)
    again.append([{"id": "c", "h": HASH}])

    assert [one["id"] for one in open_archive(tmp_path).operations] == ["a", "c"]


def test_a_new_archive_begins_the_chain(tmp_path: Path) -> None:
    assert open_archive(tmp_path).last_chain_hash == GENESIS


def test_an_archive_that_is_set_aside_stays_beside_the_new_one(tmp_path: Path) -> None:
    archive = open_archive(tmp_path / "phone")
    archive.append([{"id": "a", "h": HASH}])

    fresh = archive.set_aside()

    assert fresh.operations == []
    assert [one["id"] for one in open_archive(tmp_path / "phone.old1").operations] == ["a"]


def test_only_the_owner_of_the_home_can_read_the_key(tmp_path: Path) -> None:
    archive = open_archive(tmp_path / "phone")
    archive.keep_identity(Identity("k3v9q2xd7m", "p", ec.generate_private_key(ec.SECP256R1())))
    archive.append([{"id": "a", "h": HASH}])

    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "phone").iterdir()}

    assert modes == {0o600}
