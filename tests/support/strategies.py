"""Random values and histories for property tests.

Histories are made by devices that write, and now and then see what another device
has: so every context is causally closed, as that of a real phone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hypothesis import settings
from hypothesis import strategies as st

from daywork.core.approval import Decision, content_under
from daywork.core.hash_chain import digest
from daywork.core.ids import Actor, Dot
from daywork.core.json_value import JsonValue
from daywork.core.merge import Change, Row, projected, single_values
from daywork.core.vector_clock import VectorClock, covers, joined
from support.histories import RESTORED, actor, deleted, person, shift, work_on

# Laws are judged by their result, not by the speed of a busy machine.
law = settings(deadline=None, max_examples=100)

DEVICES = "abm"
STEPS_MAX = 14
DIGEST_OF_SOMETHING_ELSE = "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

texts = st.text(max_size=8)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)

actors = st.sampled_from([actor(letter) for letter in "abcd"])
clocks = st.dictionaries(actors, st.integers(1, 5))

group_values: dict[str, st.SearchStrategy[JsonValue]] = {
    # Few values, so that devices often write the same one.
    "time": st.sampled_from(
        [shift("07:00", "15:30"), shift("07:00", "16:00"), shift("07:00", None)]
    ),
    "alloc": st.sampled_from([work_on("p1"), work_on("p2")]),
    "note": st.sampled_from(["pump", "pump 4"]),
    "life": st.sampled_from([deleted(), RESTORED]),
}


@dataclass(frozen=True, slots=True)
class Story:
    """Changes and decisions of one entry in one possible order of arrival."""

    changes: Sequence[Change]
    decisions: Sequence[Decision]

    @property
    def last(self) -> dict[Actor, int]:
        """The highest sequence number of each actor."""
        clock: dict[Actor, int] = {}
        for dot in self.dots:
            clock[dot[0]] = max(dot[1], clock.get(dot[0], 0))
        return clock

    @property
    def dots(self) -> list[Dot]:
        """The dots of all operations."""
        return [*(c.dot for c in self.changes), *(d.dot for d in self.decisions)]


@st.composite
def stories(draw: st.DrawFn, *, has_decisions: bool = True) -> Story:
    """Draw a history of one entry on three devices."""
    seen: dict[str, dict[Actor, int]] = {device: {} for device in DEVICES}
    changes: list[Change] = []
    decisions: list[Decision] = []
    for _ in range(draw(st.integers(1, STEPS_MAX))):
        device = draw(st.sampled_from(DEVICES))
        what = draw(st.sampled_from("wwssd" if has_decisions else "wws"))
        if what == "s":
            other = draw(st.sampled_from(DEVICES))
            seen[device] = joined(seen[device], seen[other])
            continue
        dot = (actor(device), seen[device].get(actor(device), 0) + 1)
        context = dict(seen[device])
        if what == "w":
            changes.append(Change(dot, draw(_written()), context))
        else:
            decisions.append(draw(_decisions(device, dot, context, tuple(changes))))
        seen[device][dot[0]] = dot[1]
    return Story(changes, decisions)


@st.composite
def stories_with_lost_components(draw: st.DrawFn) -> Story:
    """Draw a history where some anchors did not fit: contexts are smaller."""
    story = draw(stories())
    changes = [replace(change, context=draw(_smaller(change.context))) for change in story.changes]
    decisions = [
        replace(decision, context=draw(_smaller(decision.context))) for decision in story.decisions
    ]
    return Story(changes, decisions)


@st.composite
def causal_orders(draw: st.DrawFn, changes: Sequence[Change]) -> list[Change]:
    """Draw an order in which each change comes after all that it covers."""
    waiting = list(draw(st.permutations(changes)))
    order: list[Change] = []
    while waiting:
        following = next(
            change
            for change in waiting
            if not any(covers(change.context, other.dot) for other in waiting)
        )
        waiting.remove(following)
        order.append(following)
    return order


@st.composite
def replicas(draw: st.DrawFn, story: Story) -> list[Change]:
    """Draw the changes that one copy of the server may have: causally closed."""
    cut: VectorClock = {one: draw(st.integers(0, most)) for one, most in sorted(story.last.items())}
    contexts = {c.dot: c.context for c in story.changes}
    contexts |= {d.dot: d.context for d in story.decisions}
    while True:
        wider = cut
        for dot, context in contexts.items():
            if covers(cut, dot):
                wider = joined(wider, context)
        if wider == cut:
            return [change for change in story.changes if covers(cut, change.dot)]
        cut = wider


def row_of(changes: Iterable[Change]) -> Row:
    """Return the row of a set of changes: its cells and its own dots."""
    known = list(changes)
    clock: dict[Actor, int] = {}
    for one, sequence_number in (change.dot for change in known):
        clock[one] = max(sequence_number, clock.get(one, 0))
    return projected(known), clock


@st.composite
def _written(draw: st.DrawFn) -> dict[str, JsonValue]:
    groups = draw(st.sets(st.sampled_from(sorted(group_values)), min_size=1, max_size=2))
    return {group: draw(group_values[group]) for group in sorted(groups)}


@st.composite
def _decisions(
    draw: st.DrawFn, device: str, dot: Dot, context: VectorClock, changes: Sequence[Change]
) -> Decision:
    content = single_values(content_under(changes, context))
    honest = DIGEST_OF_SOMETHING_ELSE if content is None else digest(content)
    kind = draw(
        st.sampled_from(["submit", "recall", "approve", "approve", "approve", "reject", "revoke"])
    )
    return Decision(
        dot=dot,
        kind=kind,
        context=context,
        digest=draw(st.sampled_from([honest, honest, honest, DIGEST_OF_SOMETHING_ELSE])),
        person=person(device),
        is_authorised=draw(st.sampled_from([True, True, True, False])),
        received_at=draw(st.integers(0, 3)),
    )


@st.composite
def _smaller(draw: st.DrawFn, context: VectorClock) -> dict[Actor, int]:
    lost = draw(st.sets(st.sampled_from(sorted(context)), max_size=1)) if context else set()
    return {one: q for one, q in context.items() if one not in lost}
