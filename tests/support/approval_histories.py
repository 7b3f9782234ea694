"""Histories that show where a time entry stands after its decisions."""

from support.histories import History, deleted, shift, work_on

OTHER_DIGEST = "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def _entry(name: str) -> History:
    """Return the history of an entry that device a wrote."""
    return History(name).change("a", by="new", time=shift("07:00", "15:30"), alloc=work_on("p1"))


def _edited_entry(name: str) -> History:
    """Return an entry whose end device a has moved once."""
    return _entry(name).change("a", "a1", time=shift("07:00", "16:00"))


def _torn_entry(name: str) -> History:
    """Return an entry whose end devices a and b have moved apart."""
    return _edited_entry(name).change("b", "a1", time=shift("07:00", "16:15"))


def _submits() -> list[History]:
    return [
        _entry("an entry nobody spoke about is a draft"),
        _entry("a submit of the newest content holds").decide("a", "submit", "a1"),
        _entry("an edit after the submit supersedes it")
        .decide("a", "submit", "a1")
        .change("a", "a1 a2", time=shift("07:00", "16:00")),
        _entry("a note after the submit leaves it")
        .decide("a", "submit", "a1")
        .change("a", "a1 a2", note="pump 4"),
        _entry("a recall takes the submit back")
        .decide("a", "submit", "a1")
        .decide("a", "recall", "a2"),
        _entry("a recall that did not see the submit leaves it")
        .decide("a", "submit", "a1")
        .decide("b", "recall", "a1"),
        _torn_entry("nothing can be submitted while two times stand").decide(
            "a", "submit", "a2 b1"
        ),
    ]


def _approvals() -> list[History]:
    return [
        _entry("a draft can be approved").decide("m", "approve", "a1"),
        _entry("a submitted entry can be approved")
        .decide("a", "submit", "a1")
        .decide("m", "approve", "a2"),
        _entry("an edit that the approver had not seen waits as an amendment")
        .change("a", "a1", time=shift("07:00", "16:00"))
        .decide("m", "approve", "a1"),
        _entry("an edit after the approval is an amendment")
        .decide("m", "approve", "a1")
        .change("a", "a1 m1", time=shift("07:00", "16:00")),
        _entry("an approved amendment is the approved version")
        .decide("m", "approve", "a1")
        .change("a", "a1 m1", time=shift("07:00", "16:00"))
        .decide("m", "approve", "a2 m1"),
        _entry("a later approval by another manager wins over the earlier")
        .change("a", "a1", time=shift("07:00", "16:00"))
        .decide("m", "approve", "a1")
        .decide("n", "approve", "a2"),
        _entry("a note after the approval changes nothing")
        .decide("m", "approve", "a1")
        .change("a", "a1 m1", note="pump 4"),
        _entry("two equal approvals are one, dated by the first received")
        .decide("n", "approve", "a1")
        .decide("m", "approve", "a1"),
        _torn_entry("approvals of two values that stand apart conflict")
        .decide("m", "approve", "a2")
        .decide("n", "approve", "a1 b1"),
        _edited_entry("approvals that seem to go in a circle conflict")
        .change("b", "", time=shift("06:00", "14:00"))
        .decide("n", "approve", "a2")
        .decide("o", "approve", "b1 n1")
        .decide("m", "approve", "a1 o1"),
        _torn_entry("a resolution can be approved")
        .change("a", "a2 b1", by="resolve", time=shift("07:00", "16:15"))
        .decide("m", "approve", "a3 b1"),
        _edited_entry("equal values of two devices can be approved")
        .change("b", "a1", time=shift("07:00", "16:00"))
        .decide("m", "approve", "a2 b1"),
        _entry("a delete beside the approval is an amendment")
        .decide("m", "approve", "a1")
        .change("a", "a1", by="delete", life=deleted()),
        _entry("a delete after the approval is an amendment")
        .decide("m", "approve", "a1")
        .change("a", "a1 m1", by="delete", life=deleted()),
    ]


def _void_decisions() -> list[History]:
    return [
        _torn_entry("an approval of two values is void").decide(
            "m", "approve", "a2 b1", digest_sent=OTHER_DIGEST
        ),
        _entry("an approval of another content is void").decide(
            "m", "approve", "a1", digest_sent=OTHER_DIGEST
        ),
        _entry("an approval without the right is void").decide(
            "m", "approve", "a1", is_authorised=False
        ),
        History("an approval of a running time is void")
        .change("a", by="new", time=shift("07:00", None))
        .decide("m", "approve", "a1"),
        _entry("an approval by somebody who saw nothing is void").decide("m", "approve", ""),
        History("an approval of an entry without a time is void")
        .change("a", by="new", alloc=work_on("p1"))
        .decide("m", "approve", "a1"),
        _entry("a rejection by somebody who saw nothing changes nothing").decide("m", "reject", ""),
        _entry("a deletion takes an approved amendment's place as the next amendment")
        .decide("m", "approve", "a1")
        .change("a", "a1 m1", time=shift("07:00", "16:00"))
        .decide("m", "approve", "a2 m1")
        .change("a", "a2 m2", by="delete", life=deleted()),
        _entry("an approval of a deleted entry is void")
        .change("a", "a1", by="delete", life=deleted())
        .decide("m", "approve", "a2"),
        _entry("a rejection of another content is void").decide(
            "m", "reject", "a1", digest_sent=OTHER_DIGEST
        ),
        _entry("a void rejection takes nothing back")
        .decide("m", "approve", "a1")
        .decide("n", "reject", "a1 m1", is_authorised=False),
        _entry("a revoke that names no approval is void")
        .decide("m", "approve", "a1")
        .decide("m", "revoke", "a1 m1", digest_sent=OTHER_DIGEST),
    ]


def _taken_back() -> list[History]:
    return [
        _entry("a rejection sends the entry back").decide("m", "reject", "a1"),
        _entry("a rejection of older content does not send the edit back")
        .change("a", "a1", time=shift("07:00", "16:00"))
        .decide("m", "reject", "a1"),
        _entry("an edit after the rejection makes a draft")
        .decide("m", "reject", "a1")
        .change("a", "a1 m1", time=shift("07:00", "16:00")),
        _entry("a submit that saw the rejection asks again")
        .decide("m", "reject", "a1")
        .decide("a", "submit", "a1 m1"),
        _entry("a submit that did not see the rejection stays sent back")
        .decide("a", "submit", "a1")
        .decide("m", "reject", "a1"),
        _entry("a rejection that saw the approval takes it back")
        .decide("m", "approve", "a1")
        .decide("m", "reject", "a1 m1"),
        _entry("a revoke takes the approval back")
        .decide("a", "submit", "a1")
        .decide("m", "approve", "a2")
        .decide("m", "revoke", "a2 m1"),
        _entry("approval and rejection of the same content conflict")
        .decide("m", "approve", "a1")
        .decide("n", "reject", "a1"),
        _entry("an approval that saw the rejection overrides it")
        .decide("m", "reject", "a1")
        .decide("n", "approve", "a1 m1"),
        _entry("a later approval settles approval against rejection")
        .decide("m", "approve", "a1")
        .decide("n", "reject", "a1")
        .decide("m", "approve", "a1 m1 n1"),
        _entry("a later rejection settles approval against rejection")
        .decide("m", "approve", "a1")
        .decide("n", "reject", "a1")
        .decide("n", "reject", "a1 m1 n1"),
        _entry("a revoked amendment leaves the first approval")
        .decide("m", "approve", "a1")
        .change("a", "a1 m1", time=shift("07:00", "16:00"))
        .decide("n", "approve", "a2 m1")
        .decide("n", "revoke", "a2 m1 n1"),
    ]


def approval_histories() -> list[History]:
    """Return all of them."""
    return [*_submits(), *_approvals(), *_void_decisions(), *_taken_back()]
