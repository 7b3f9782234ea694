"""Each operation that writes a time is in exactly one place, and its hours with it."""

from collections import Counter

from hypothesis import given

from daywork.core.conservation import Bucket, buckets_of, buckets_of_entry, row_is_right
from daywork.core.merge import Change
from support.chain import Chain, entry_id, interval
from support.strategies import Story, law, stories
from support.working import ANA_PHONE, ANA_TABLET, MAX_PHONE, Office, digest, new_entry


def places(office: Office, name: str = "pump") -> dict[str, int]:
    """Return how many operations are where."""
    found = buckets_of_entry(office.working, office.entry(entry_id(name)))
    return dict(Counter(str(bucket) for bucket in found.values()))


def approved(office: Office, chain: Chain, manager: Chain) -> None:
    """Let the manager approve the entry as the phone wrote it."""
    manager.write("approve", "pump", {}, chain.seen(), dg=digest(office))
    office.push(manager)


def test_one_recording_is_live_and_what_replaced_it_supersedes_it() -> None:
    office, chain = Office(), Chain(ANA_PHONE)
    new_entry(chain)
    office.push(chain)
    assert places(office) == {"live": 1}

    chain.write("edit", "pump", {"time": interval("08:00", "15:00")}, chain.seen())
    office.push(chain)

    assert places(office) == {"live": 1, "superseded": 1}


def test_times_that_did_not_know_each_other_are_siblings_and_equal_ones_count_once() -> None:
    office, phone, tablet = Office(), Chain(ANA_PHONE), Chain(ANA_TABLET)
    new_entry(phone)
    office.push(phone)
    phone.write("edit", "pump", {"time": interval("08:00", "15:00")}, phone.seen())
    tablet.write("edit", "pump", {"time": interval("09:00", "15:00")}, phone.seen(1))
    office.push(phone)
    office.push(tablet)
    assert places(office) == {"sibling": 2, "superseded": 1}

    both = phone.seen() | tablet.seen()
    phone.write("resolve", "pump", {"time": interval("09:30", "15:00")}, both)
    tablet.write("resolve", "pump", {"time": interval("09:30", "15:00")}, both)
    office.push(phone)
    office.push(tablet)

    assert places(office) == {"live": 1, "superseded": 4}


def test_what_an_approval_saw_stays_live_and_what_it_had_not_seen_is_an_amendment() -> None:
    office, chain, manager = Office(), Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(chain)
    office.push(chain)
    approved(office, chain, manager)
    chain.write("edit", "pump", {"time": interval("08:00", "15:00")}, chain.seen())
    office.push(chain)

    assert places(office) == {"live": 1, "amendment": 1}


def test_the_time_of_a_deleted_entry_is_void() -> None:
    office, chain = Office(), Chain(ANA_PHONE)
    new_entry(chain)
    chain.write("delete", "pump", {"life": {"deleted": True, "reason": None}}, chain.seen())
    office.push(chain)

    assert places(office) == {"void": 1}


def test_a_deletion_after_the_approval_takes_nothing_away() -> None:
    office, chain, manager = Office(), Chain(ANA_PHONE), Chain(MAX_PHONE)
    new_entry(chain)
    office.push(chain)
    approved(office, chain, manager)
    chain.write("delete", "pump", {"life": {"deleted": True, "reason": None}}, chain.seen())
    office.push(chain)

    assert places(office) == {"live": 1}


def test_a_row_that_forgot_a_time_is_found() -> None:
    office, chain = Office(), Chain(ANA_PHONE)
    new_entry(chain)
    office.push(chain)
    entry = office.entry(entry_id("pump"))
    assert row_is_right(office.working, entry)

    entry.cells = {**entry.cells, "time": {}}

    assert not row_is_right(office.working, entry)


def test_late_is_told_from_live() -> None:
    time = interval("07:00", "15:00")
    change = Change((ANA_PHONE, 1), {"time": time}, {})

    assert buckets_of((change,), ()) == {change.dot: Bucket.LIVE}
    assert buckets_of((change,), (), {change.dot}) == {change.dot: Bucket.LATE}


@law
@given(stories())
def test_i8_conservation_every_time_is_in_one_place_in_whatever_order(story: Story) -> None:
    writing = {change.dot for change in story.changes if "time" in change.values}

    found = buckets_of(story.changes, story.decisions)

    assert found.keys() == writing
    assert found == buckets_of(story.changes[::-1], story.decisions[::-1])
