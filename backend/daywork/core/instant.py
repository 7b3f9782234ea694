"""Instants as the protocol spells them: ``YYYY-MM-DDTHH:MM:SSZ``, 2000 to 2099.

Every other spelling (offsets, fractions, no zone) is refused and never
converted, so that an instant has one spelling in hashes and digests.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

SECONDS_PER_DAY: Final = 86_400

INSTANT_FORM: Final = "20[0-9]{2}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"

_INSTANT = re.compile(INSTANT_FORM)
_INSTANT_CHARACTERS: Final = 20
_INSTANTS_MAX: Final = 4_096  # remembered: one operation asks for the same two a dozen times
_ORDINAL_OF_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


def epoch_seconds(text: object) -> int | None:
    """Return the seconds since 1970-01-01 UTC, or None if not an exact instant."""
    if type(text) is not str or len(text) != _INSTANT_CHARACTERS:
        return None
    return seconds_of(text)


@lru_cache(maxsize=_INSTANTS_MAX)
def seconds_of(text: str) -> int | None:
    """Return the same for a text of an instant's length, which has been checked before."""
    if _INSTANT.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # A day that its month does not have.
        return None
    days = moment.toordinal() - _ORDINAL_OF_EPOCH
    return days * SECONDS_PER_DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def is_calendar_instant(text: str) -> bool:
    """Whether ``text``, which has ``INSTANT_FORM``, names a day that exists."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_instant(text: object) -> bool:
    """Whether ``text`` is an exact instant."""
    return epoch_seconds(text) is not None


def instant_text(seconds: int) -> str:
    """Return the one spelling of the instant ``seconds`` after 1970-01-01 UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
