"""Postings and their explanations as the office reads them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from daywork.core.instant import instant_text
from daywork.core.posting import HELD_REASONS
from daywork.store.postings import Posting
from daywork.store.row import milliseconds
from daywork.usecases.explain_posting import Explanation, PostingList

# What the office asks for -> states of a posting.
POSTING_STATES: Mapping[str, Sequence[str]] = {
    "held": ("held",),
    "posted": ("posted",),
    "waiting": ("computed", "frozen"),
}


def posting_list_wire(found: PostingList) -> dict[str, Any]:
    """Return the list with names and the totals of each state."""
    return {
        "postings": [
            {
                "id": str(posting.id),
                "entry_id": f"te:{posting.entry_id}",
                "person": found.people.get(found.owners.get(posting.entry_id), ""),
                "project": found.projects.get(posting.project_id, None),
                "work_date": posting.work_date,
                "seconds": posting.worked_seconds,
                "state": posting.state,
                "reason": posting.reason,
                "batch": None if posting.batch_id is None else str(posting.batch_id),
                "posted_at": _instant(posting.posted_at),
            }
            for posting in found.postings
        ],
        "totals": {
            state: {"count": total.count, "seconds": total.worked_seconds}
            for state, total in sorted(found.totals.items())
        },
    }


def explanation_wire(explanation: Explanation) -> dict[str, Any]:
    """Return each approved version with what became of it."""
    postings = {posting.digest: posting for posting in explanation.postings}
    return {
        "entry_id": f"te:{explanation.entry_id}",
        "owner": explanation.owner,
        "versions": [
            {
                "dg": version.digest,
                "v": dict(version.content),
                "approved_by": explanation.names.get(version.approver_id, ""),
                "approved_at": _instant(version.approved_at),
                "posting": _posting(postings.get(version.digest)),
            }
            for version in explanation.versions
        ],
    }


def _posting(posting: Posting | None) -> Mapping[str, Any] | None:
    if posting is None:
        return None
    reason = posting.reason
    return {
        "state": posting.state,
        "reason": reason,
        "reason_text": None if reason is None else HELD_REASONS.get(reason, reason),
        "seconds": posting.worked_seconds,
        "work_date": posting.work_date,
        "trace": None if posting.trace is None else dict(posting.trace),
        "batch": None if posting.batch_id is None else str(posting.batch_id),
        "posted_at": _instant(posting.posted_at),
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(milliseconds(moment) // 1000)
