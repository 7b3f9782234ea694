"""What became of one entry on its way to the ledger, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daywork.core.approved_version import ApprovedVersion
from daywork.core.errors import NotFound
from daywork.core.ids import OrganisationId, PersonId, TimeEntryId
from daywork.store.postings import Posting, StateTotal
from daywork.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Explanation:
    """An entry's approved versions and postings, with the names they mention."""

    entry_id: TimeEntryId
    owner: str
    versions: Sequence[ApprovedVersion]
    postings: Sequence[Posting]
    names: Mapping[PersonId, str]


@dataclass(frozen=True, slots=True)
class PostingList:
    """Postings with the names that the office knows them by."""

    postings: Sequence[Posting]
    people: Mapping[object, str]
    projects: Mapping[object, str]
    owners: Mapping[TimeEntryId, PersonId]
    totals: Mapping[str, StateTotal]


def explain_entry(
    unit: UnitOfWork, organisation_id: OrganisationId, entry_id: TimeEntryId
) -> Explanation:
    """Return how the entry came to be paid, or why it was not. Raises: NotFound."""
    owner_id = unit.time_entries.owner(organisation_id, entry_id)
    if owner_id is None:
        raise NotFound
    names = {person.id: person.name for person in unit.people.all(organisation_id)}
    versions = unit.approvals.versions(organisation_id, [entry_id])
    return Explanation(
        entry_id=entry_id,
        owner=names.get(owner_id, ""),
        versions=sorted(versions.values(), key=lambda version: version.approved_at),
        postings=unit.postings.of_entry(organisation_id, entry_id),
        names=names,
    )


def list_postings(
    unit: UnitOfWork, organisation_id: OrganisationId, states: Sequence[str], limit: int
) -> PostingList:
    """Return postings in these states, the newest approval first, and all totals."""
    postings = unit.postings.listed(organisation_id, states, limit)
    versions = unit.approvals.versions(organisation_id, [posting.entry_id for posting in postings])
    return PostingList(
        postings=postings,
        people={person.id: person.name for person in unit.people.all(organisation_id)},
        projects={project.id: project.name for project in unit.projects.all(organisation_id)},
        owners={version.entry_id: version.owner_id for version in versions.values()},
        totals=unit.postings.totals(organisation_id),
    )
