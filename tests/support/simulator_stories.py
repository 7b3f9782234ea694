"""Stories that are written down: each is short, and breaks a rule if one mistake is made.

Phones by place: 0 and 1 are Ana's, 2 is Ben's, 3 is Max's, who manages; a clone gets
the next place. A failure that random stories find becomes one of these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from support.simulator import Mistake


@dataclass(frozen=True, slots=True)
class Story:
    """Steps (see ``World.tell``), the mistake that they find, and the rule it breaks."""

    steps: Sequence[str]
    mistake: Mistake
    rule: str


def _steps(text: str) -> Sequence[str]:
    return tuple(step.strip() for step in text.split(","))


STORIES: Mapping[str, Story] = {
    # Ana's second phone saw an operation that the restore took away. In its place the
    # clone wrote another, which nobody has seen.
    "an anchor of another branch": Story(
        _steps(
            "write 0, sync 0, copy, clone 0, write 0, sync 0, sync 1,"
            "set_back, write 4, sync 4, write 1, sync 1"
        ),
        Mistake.ANCHORS_IGNORED,
        "no_silent_overwrite",
    ),
    # Max sees a row whose clock claims an operation that the restore took away.
    "a clock that claims what the server lost": Story(
        _steps(
            "write 0, sync 0, copy, write 0, sync 0, sync 1, set_back, write 1 note, sync 1,"
            "wait, write 1 note, sync 1, sync 3, write 3, sync 3, sync 0"
        ),
        Mistake.CONTEXT_FOLDED_INTO_CLOCK,
        "no_silent_overwrite",
    ),
    # The clone went further, so the server's last number says nothing about ours.
    "a clone that went further": Story(
        _steps("write 0, sync 0, clone 0, write 0, write 4, write 4, sync 4, sync 0"),
        Mistake.COMPARED_ONLY_AT_SERVERS_LAST,
        "no_",
    ),
    # Both copies of a phone hand in the same operations, each under a number of its own.
    "one operation under two numbers": Story(
        _steps("copy, reinstall 0, write 0, clone 0, sync 0, set_back, sync 0, sync 4"),
        Mistake.KNOWN_IDS_FORGOTTEN,
        "no 5xx",
    ),
    # A push is on its way while the server is set back and the clone writes.
    "a push that arrives in another history": Story(
        _steps(
            "write 0, sync 0, copy, clone 0, write 0, sync 0, write 0, write 0,"
            "delay_push 0, set_back, write 4, sync 4, arrive"
        ),
        Mistake.PUSHED_WITHOUT_LAST_STORED,
        "no_lost_op",
    ),
}
