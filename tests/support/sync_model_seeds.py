"""Stories in which a known mistake breaks a rule, found by playing many.

A change of the model that draws its random numbers in another order makes other
stories of these seeds: search new ones then.
"""

from dataclasses import dataclass

from support.sync_model_server import Mistake


@dataclass(frozen=True, slots=True)
class Stories:
    """The rule that a mistake breaks, and seeds of stories where it does."""

    rule: str
    seeds: tuple[int, ...]


STORED = {
    Mistake.CONTEXT_FOLDED_INTO_CLOCK: Stories("no_silent_overwrite", (4490, 4695, 5819, 9207)),
    Mistake.ANCHORS_IGNORED: Stories("no_silent_overwrite", (8, 290, 294, 4063)),
    Mistake.REISSUED_ONTO_CURRENT_ACTOR: Stories(
        "no_silent_overwrite", (1595, 11795, 14387, 23812)
    ),
    Mistake.COMPARED_ONLY_AT_SERVERS_LAST: Stories("no_lost_op", (11010, 14730, 42280, 43242)),
    Mistake.REVISION_TAKEN_EARLY: Stories("convergence", (102, 4105, 8019, 12244)),
}
