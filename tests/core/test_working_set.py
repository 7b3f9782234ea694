"""What the parts of a working set say of themselves."""

from uuid import UUID

import pytest

from daywork.core.ids import Actor, PersonId, PostingId, TimeEntryId
from daywork.core.merge import Cells
from daywork.core.working_set import EntryState, PostingState, WorkingSet
from support.chain import Chain, interval
from support.working import ANA_PHONE, Office

ENTRY = TimeEntryId(UUID(int=1))


@pytest.mark.parametrize(
    ("state", "is_sent"),
    [
        ("computed", False),
        ("held", False),
        ("withdrawn", False),
        ("frozen", True),
        ("posted", True),
    ],
)
def test_what_a_batch_holds_was_sent(state: str, *, is_sent: bool) -> None:
    assert PostingState(PostingId(UUID(int=2)), "sha256:z", state).is_sent == is_sent


def test_live_times_come_in_the_order_of_their_dots() -> None:
    early, late = interval("07:00", "08:00"), interval("09:00", "10:00")
    first, second = (Actor("aaaaaaaaaa"), 9), (Actor("bbbbbbbbbb"), 2)
    cells: Cells = {"time": {second: late, first: early}}
    entry = EntryState(ENTRY, PersonId(UUID(int=3)), first, cells, {}, [])

    assert entry.time_values() == [early, late]
    assert EntryState(ENTRY, entry.owner_id, first, {}, {}, []).time_values() == []


def test_a_hash_is_known_from_the_log_or_from_what_was_looked_up() -> None:
    actor = Actor("aaaaaaaaaa")
    working = WorkingSet(chain_hashes={(actor, 1): b"one"})

    assert working.chain_hash_at(actor, 1) == b"one"
    assert working.chain_hash_at(actor, 2) is None


def test_only_what_counts_is_effective() -> None:
    office, ana = Office(), Chain(ANA_PHONE)
    ana.write("new", "pump", {"time": interval("07:00", "08:00")})
    ana.write("new", "shed", {"time": interval("08:00", "07:00")})
    office.push(ana)

    good, held = (office.working.log[(ANA_PHONE, number)] for number in (1, 2))
    assert (good.is_effective, held.is_effective) == (True, False)
    assert (good.dot, held.held_code) == ((ANA_PHONE, 1), "value_invalid")
