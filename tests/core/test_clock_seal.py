"""A seal stands for what a clock covered: nothing is forgotten, and nothing is made up."""

from collections.abc import Mapping
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from daywork.core.clock_seal import ClockSeal, Component, sealed, unsealed_context
from daywork.core.hash_chain import anchor
from daywork.core.ids import SERVER, Actor, TimeEntryId
from daywork.core.merge import Change, projected
from support.strategies import Story, law, stories

ENTRY = TimeEntryId(UUID(int=7))


def hash_at(actor: Actor, number: int) -> bytes:
    """Return the chain hash of a world in which every operation is stored."""
    return f"{actor}/{number}".encode().ljust(32, b".")


def named(actor: Actor, number: int) -> Component:
    """Return the component that names an operation."""
    return number, anchor(hash_at(actor, number))


def clock_of(changes: tuple[Change, ...]) -> dict[Actor, Component]:
    """Return the row's clock after these changes."""
    last: dict[Actor, int] = {}
    for change in changes:
        actor, number = change.dot
        last[actor] = max(number, last.get(actor, 0))
    return {actor: named(actor, number) for actor, number in last.items()}


@law
@given(stories(has_decisions=False), st.data())
def test_i19_prune_a_sealed_clock_covers_what_the_long_one_covered(
    story: Story, data: st.DataObject
) -> None:
    clock = clock_of(tuple(story.changes))
    folded = [actor for actor in sorted(clock) if data.draw(st.booleans())]

    seal, short = sealed(ENTRY, clock, folded, ())

    plain = {actor: number for actor, (number, _) in clock.items()}
    assert unsealed_context(short, hash_at, [seal]) == plain
    assert unsealed_context(clock, hash_at, [seal]) == plain, "the long form is judged as ever"


@law
@given(stories(has_decisions=False), st.data())
def test_i19_prune_never_lets_a_concurrent_change_dominate(
    story: Story, data: st.DataObject
) -> None:
    """Whoever wrote after the seal covers what the seal stood for then, not what came later."""
    at = data.draw(st.integers(0, len(story.changes)))
    before, after = tuple(story.changes[:at]), tuple(story.changes[at:])
    clock = clock_of(before)
    seal, short = sealed(ENTRY, clock, sorted(clock), ())
    late = Change((Actor("latecomer0"), 1), {"note": "late"}, {})

    context = unsealed_context(short, hash_at, [seal])
    changes = (*before, *after, Change(late.dot, late.values, context))

    kept = {
        dot
        for change in after
        if "note" in change.values
        for dot in (change.dot,)
        if dot in projected((*before, *after)).get("note", {})
    }
    assert kept <= projected(changes)["note"].keys()


def test_a_second_seal_stands_for_the_first_one_too() -> None:
    first_clock = {Actor(name): named(Actor(name), 3) for name in ("aaaaaaaaaa", "bbbbbbbbbb")}
    first, short = sealed(ENTRY, first_clock, sorted(first_clock), ())
    grown: Mapping[Actor, Component] = short | {Actor("cccccccccc"): named(Actor("cccccccccc"), 9)}

    second, shorter = sealed(ENTRY, grown, [Actor("cccccccccc")], [first])

    assert set(shorter) == {SERVER}
    assert second.number == 2
    assert unsealed_context(shorter, hash_at, [first, second]) == {
        "aaaaaaaaaa": 3,
        "bbbbbbbbbb": 3,
        "cccccccccc": 9,
    }
    assert unsealed_context(short, hash_at, [first, second]) == {
        "aaaaaaaaaa": 3,
        "bbbbbbbbbb": 3,
    }, "who saw the first seal has not seen what came after it"


def test_an_unknown_or_forged_seal_counts_as_not_seen() -> None:
    seal = ClockSeal(ENTRY, 1, {Actor("aaaaaaaaaa"): 3})
    other = ClockSeal(TimeEntryId(UUID(int=8)), 1, {Actor("aaaaaaaaaa"): 3})

    for context in ({SERVER: (1, "AAAAAA")}, {SERVER: (2, seal.mark)}, {SERVER: (1, other.mark)}):
        assert unsealed_context(context, hash_at, [seal]) == {}


def test_a_device_that_went_on_after_the_seal_keeps_its_component() -> None:
    actor = Actor("aaaaaaaaaa")
    first, short = sealed(ENTRY, {actor: named(actor, 3)}, [actor], ())

    _, again = sealed(ENTRY, short | {actor: named(actor, 5)}, [], [first])

    assert again[actor] == named(actor, 5)
