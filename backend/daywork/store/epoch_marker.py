"""How far each history has come, written outside the database that could be set back.

A database that was restored from a copy gives out revisions that it gave out before.
It cannot know that by itself; a file beside it can.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from daywork.core.ids import OrganisationId


@dataclass(frozen=True, slots=True)
class Mark:
    """A history, and the last revision that it was known to have given out."""

    epoch: str
    revision: int


class EpochMarker:
    """The file of one home."""

    def __init__(self, file: Path) -> None:
        """``file`` need not be there yet."""
        self._file = file

    def read(self) -> Mapping[OrganisationId, Mark]:
        """Return what was written last; nothing before the first time.

        A file that cannot be read says nothing: at worst phones pull once more than
        they would have to, never less.
        """
        try:
            said = json.loads(self._file.read_text("utf-8"))
            return {
                OrganisationId(UUID(text)): Mark(str(mark["epoch"]), int(mark["revision"]))
                for text, mark in said.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def write(self, marks: Mapping[OrganisationId, Mark]) -> None:
        """Replace the file, whole or not at all, durably."""
        said = {
            str(organisation_id): {"epoch": mark.epoch, "revision": mark.revision}
            for organisation_id, mark in sorted(marks.items(), key=lambda item: str(item[0]))
        }
        beside = self._file.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as opened:
            json.dump(said, opened)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
