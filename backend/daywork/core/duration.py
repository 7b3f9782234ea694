"""Lengths of time as people read them."""

_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3_600


def duration_text(seconds: int) -> str:
    """Return a length of 0 or more, to the minute, seconds only where there are some.

    >>> duration_text(27_120), duration_text(1_800), duration_text(61)
    ('7 h 32', '0 h 30', '0 h 01 min 1 s')
    """
    hours, rest = divmod(seconds, _HOUR_SECONDS)
    minutes, odd = divmod(rest, _MINUTE_SECONDS)
    return f"{hours} h {minutes:02}" + (f" min {odd} s" if odd else "")
