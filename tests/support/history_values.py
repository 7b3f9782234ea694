"""Values for recorded histories: usual ones, odd ones, and some that no rule allows."""

from datetime import UTC, datetime, timedelta
from random import Random

from daywork.core.json_value import JsonValue
from support.working import CLOSED_PROJECT, OPEN_PROJECT, TASK

# Where clocks change by an hour, by half an hour, never, or the wrong way round.
ZONES = (
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
)
# Around the days on which they do, a leap day, and the turn of a year.
DAYS = (
    "2026-03-02",
    "2026-03-08",
    "2026-03-29",
    "2026-04-05",
    "2026-10-04",
    "2026-10-25",
    "2026-11-01",
    "2026-12-31",
    "2024-02-29",
)
NOTES = (
    "pump 4",
    "pump 5",
    "",
    "caf\u00e9",
    "cafe\u0301",  # The same to the eye, another text.
    "\U0001f527 valve \U0001f469\u200d\U0001f527 \u05e9\u05dc\u05d5\u05dd",
    'line\u2028break\ttab "quote" \\ / \u007f \u0001',
    "\ufb33 sorts behind \U0001f600 in UTF-16 and before it in code points",
    "</script><b>&amp;\u00a0",
)
REASONS = ("twice", "wrong day", None, "\u201etwo\u201c")
SECONDS_PER_HOUR = 3600


def a_time(random: Random) -> dict[str, JsonValue]:
    """Return an interval, seldom a running one or one that is flagged; or a duration."""
    zone, day = random.choice(ZONES), random.choice(DAYS)
    if random.randrange(7) == 0:
        seconds = random.choice((1, 27_000, 86_400, 86_401))
        return {"date": day, "seconds": seconds, "tz": zone, "src": "manual"}
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(
        minutes=30 * random.randrange(48)
    )
    length = random.choice((0, 1, 3 * 3600 + 59, 8 * 3600, 8 * 3600, 8 * 3600 + 1800, 86_401))
    end = start + timedelta(seconds=length)
    is_running = random.randrange(8) == 0
    elapsed = random.choice((None, None, length, length + 120, length + 121))
    return {
        "start": _instant(start),
        "end": None if is_running else _instant(end),
        "brk": _breaks(random, start, length, is_running=is_running),
        "tz": zone,
        "src": random.choice(("timer", "manual")),
        "elapsed": None if is_running else elapsed,
    }


def an_allocation(random: Random) -> dict[str, JsonValue]:
    """Return work on the open project or on none, seldom on the closed one."""
    project = random.choice((OPEN_PROJECT,) * 7 + (None, None, CLOSED_PROJECT))
    task = TASK if project == OPEN_PROJECT and random.randrange(3) == 0 else None
    kind = random.choice(("work", "work", "travel", "absence"))
    return {"project": project, "task": task, "billable": random.randrange(2) == 0, "kind": kind}


def a_note(random: Random) -> JsonValue:
    """Return a text in which scripts, marks and escapes meet."""
    return random.choice(NOTES)


def refused_values(random: Random) -> dict[str, JsonValue]:
    """Return groups that are held, under names and with members that canonical JSON must order."""
    parts: tuple[JsonValue, ...] = (None, True, -(2**53) + 1, 0, "\u20ac", [], [1, "2", {"b": 1}])
    odd: dict[str, JsonValue] = {
        name: random.choice(parts)
        for name in random.sample(
            ("__proto__", "constructor", "\ufb33", "\U0001f600", "\u00f6", "", "1", "10", "a\nb"), 3
        )
    }
    time = a_time(random)
    wrong: tuple[dict[str, JsonValue], ...] = (
        {"alloc": an_allocation(random) | odd},
        {"time": time | odd},
        {"note": odd},
        {"life": {"deleted": True, "reason": odd}},
        {"time": {name: part for name, part in time.items() if name != "src"}},
        {"time": time | {"tz": "Mars/Olympus"}},
        {"note": "x" * 2001},
        {"alloc": {"project": "nul\u0000", "task": None, "billable": True, "kind": "work"}},
    )
    return random.choice(wrong)


def _breaks(random: Random, start: datetime, length: int, *, is_running: bool) -> JsonValue:
    if length < 2 * SECONDS_PER_HOUR:
        # A break of a known length may be longer than the time: it is flagged.
        return [{"sec": 7200, "paid": False}] if random.randrange(4) == 0 else []
    first = start + timedelta(hours=1)
    timed: dict[str, JsonValue] = {
        "s": _instant(first),
        "e": _instant(first + timedelta(seconds=random.choice((0, 900, 1800)))),
        "paid": random.randrange(3) == 0,
    }
    counted: dict[str, JsonValue] = {"sec": random.choice((0, 600, 1801)), "paid": False}
    open_one: dict[str, JsonValue] = {
        "s": _instant(first + timedelta(hours=1)),
        "e": None,
        "paid": False,
    }
    parts = random.choice(([], [timed], [counted], [timed, counted]))
    return [*parts, *([open_one] if is_running else [])]


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
