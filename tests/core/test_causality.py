"""Nothing counts before what its author had seen, unless that never comes."""

from daywork.core.causality import CAUSAL_GAP_DAYS_MAX, held_cause, is_ready, next_to_release
from daywork.core.working_set import LoggedOperation
from support.chain import Chain
from support.working import ANA_PHONE, ANA_TABLET, NOW, Office, new_entry

DAY = 86_400_000


def waiting(office: Office) -> tuple[Chain, list[LoggedOperation]]:
    """Return the phone's chain, and its two edits that wait for the tablet's."""
    phone, tablet = Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    tablet.write("edit", "pump", {"note": "on its way"}, phone.seen())
    phone.write("edit", "pump", {"note": "saw the tablet's"}, phone.seen() | tablet.seen())
    phone.write("edit", "pump", {"note": "and another"}, phone.seen())
    office.push(phone)
    return tablet, sorted(office.working.waiting, key=lambda logged: logged.dot)


def test_what_waits_blocks_later_ones_of_the_same_author_on_that_entry() -> None:
    office = Office()
    _, (first, second) = waiting(office)

    assert not is_ready(office.working, first)
    assert held_cause(office.working, first) is None, "its cause is not stored at all"
    assert held_cause(office.working, second) is first
    assert next_to_release(office.working, NOW) is None


def test_the_missing_cause_releases_all_in_causal_order() -> None:
    office = Office()
    tablet, (first, second) = waiting(office)

    office.push(tablet)

    assert office.working.waiting == []
    assert [logged.result["st"] for logged in (first, second)] == ["applied", "applied"]
    assert not first.is_forced


def test_a_cause_is_given_up_after_days_or_when_a_person_says_so() -> None:
    office = Office()
    _, (first, second) = waiting(office)
    patience = CAUSAL_GAP_DAYS_MAX * DAY

    assert next_to_release(office.working, NOW + patience - 1) is None
    assert next_to_release(office.working, NOW + patience) is first
    # The later one cannot count before the earlier one: that goes first.
    assert next_to_release(office.working, NOW, frozenset((second.dot,))) is first
