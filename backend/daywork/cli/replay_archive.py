"""What a phone of the replay keeps: its key and every operation it ever wrote.

An operation is written here before it is sent, as a phone writes it into its
database, so that a replay that was cut off goes on where it was, and a server
that was set back gets everything again. One folder per person, readable by the
owner of the home only.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from daywork.core.hash_chain import GENESIS, decode_base64url


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the phone is: the actor it was given and the key that proves it."""

    actor: str
    person_id: str
    key: ec.EllipticCurvePrivateKey


@dataclass(slots=True)
class PhoneArchive:
    """One phone's folder, read once and then only appended to."""

    folder: Path
    identity: Identity | None = None
    operations: list[dict[str, Any]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    @property
    def last_chain_hash(self) -> bytes:
        """The chain hash of the newest operation, GENESIS if there is none."""
        return decode_base64url(self.operations[-1]["h"]) if self.operations else GENESIS

    def keep_identity(self, identity: Identity) -> None:
        """Store who this phone is; the file is readable by its owner only."""
        key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        text = json.dumps(
            {"actor": identity.actor, "person_id": identity.person_id, "key": key.decode()}
        )
        _write_private(self.folder / "identity.json", text)
        self.identity = identity

    def append(self, operations: Sequence[dict[str, Any]]) -> None:
        """Keep operations that continue the chain."""
        with _opened_private(self.folder / "operations.jsonl", os.O_APPEND) as lines:
            for operation in operations:
                lines.write(json.dumps(operation, ensure_ascii=False) + "\n")
        self.operations.extend(operations)
        self.ids.update(operation["id"] for operation in operations)

    def set_aside(self) -> "PhoneArchive":
        """Put the folder away under another name; return an empty archive."""
        count = len(list(self.folder.parent.glob(f"{self.folder.name}.old*")))
        self.folder.rename(self.folder.with_name(f"{self.folder.name}.old{count + 1}"))
        return open_archive(self.folder)


def open_archive(folder: Path) -> PhoneArchive:
    """Return what ``folder`` holds; a last line that was cut off is dropped."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    archive = PhoneArchive(folder, _read_identity(folder / "identity.json"))
    file = folder / "operations.jsonl"
    if file.exists():
        text = file.read_text("utf-8")
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            _write_private(file, whole)
        archive.operations = [json.loads(line) for line in whole.splitlines()]
        archive.ids = {operation["id"] for operation in archive.operations}
    return archive


def _read_identity(file: Path) -> Identity | None:
    if not file.exists():
        return None
    kept = json.loads(file.read_text("utf-8"))
    key = load_pem_private_key(kept["key"].encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "the archive keeps P-256 keys only"
    return Identity(kept["actor"], kept["person_id"], key)


def _write_private(file: Path, text: str) -> None:
    draft = file.with_suffix(".new")
    with _opened_private(draft, os.O_TRUNC) as out:
        out.write(text)
    draft.replace(file)


def _opened_private(file: Path, flag: int) -> Any:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | flag, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8")
