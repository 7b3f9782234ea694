"""From our ids to the ledger's names: by id, never by name.

A reference of the plain-text ledger is one segment of an account, valid for both
hledger and beancount: it begins with a capital letter or a digit and goes on with
letters, digits and dashes.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from daywork.core.errors import ValueRefused

REFERENCE_CHARACTERS_MAX = 60

_REFERENCE = re.compile(r"[A-Z0-9][A-Za-z0-9-]{0,59}")
_OUTSIDE = re.compile(r"[^A-Za-z0-9]+")


class Subject(StrEnum):
    """What is mapped."""

    EMPLOYEE = "employee"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class MappedReference:
    """What one id is called in the ledger, as of a version of the mapping."""

    subject: Subject
    local_id: UUID
    reference: str
    version: int
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class LedgerMapping:
    """The present mapping of an organisation."""

    version: int  # of the newest row; 0 when nothing is mapped
    references: Mapping[tuple[Subject, UUID], str]

    def reference(self, subject: Subject, local_id: UUID) -> str | None:
        """Return the ledger's name, or None for unmapped work."""
        return self.references.get((subject, local_id))


def checked_reference(text: str) -> str:
    """Return ``text`` if both ledgers take it. Raises: ValueRefused."""
    if _REFERENCE.fullmatch(text) is None:
        message = (
            f"{text!r} cannot be part of an account. Begin with a capital letter or a digit;"
            f" go on with letters, digits and dashes, at most {REFERENCE_CHARACTERS_MAX}."
        )
        raise ValueRefused(message, "reference")
    return text


def suggested_reference(name: str, taken: Collection[str]) -> str:
    """Return a valid reference that resembles ``name`` and is not in ``taken``.

    >>> suggested_reference("Łukasz o'Brien", {"Lukasz-o-Brien"})
    'Lukasz-o-Brien-2'
    """
    plain = unicodedata.normalize("NFKD", name.replace("Ł", "L").replace("ł", "l"))
    words = _OUTSIDE.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")
    base = (words[:1].upper() + words[1:])[: REFERENCE_CHARACTERS_MAX - 6].rstrip("-") or "X"
    known = {reference.casefold() for reference in taken}
    candidate, number = base, 1
    while candidate.casefold() in known:
        number += 1
        candidate = f"{base}-{number}"
    return candidate
