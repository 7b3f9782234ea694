"""Who approves a project, and so sees and decides about its time entries.

Only projects with approvers have their time entries noted: the first approver of a
project lets them be found, the last one to go lets them be forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from daywork.core.errors import NameAmbiguous, NameUnknown
from daywork.core.ids import OrganisationId, PersonId
from daywork.core.person import Person
from daywork.core.project import Project
from daywork.core.scope import Term
from daywork.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ApproverWish:
    """Who is to approve what. Names may be given as ids where they fit two people."""

    project: str  # name or id
    person: str | None
    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class ProjectApprover:
    """Somebody who approves a project."""

    project: Project
    person: Person


def add_project_approver(
    unit: UnitOfWork, organisation_id: OrganisationId, wish: ApproverWish, now: datetime
) -> ProjectApprover:
    """Let somebody see and decide about a project's time; nothing changes if they do already.

    Raises: NameUnknown, NameAmbiguous.
    """
    approver = _found(unit, organisation_id, wish)
    project_id, person_id = approver.project.id, approver.person.id
    # The counter's lock from here on: no push may bring entries that are not noted.
    revision = unit.organisations.reference_changed(organisation_id)
    present = unit.scopes.approvers(organisation_id).get(project_id, ())
    if person_id in present:
        return approver
    unit.scopes.begin(organisation_id, Term(person_id, project_id, revision, None), now)
    if not present:
        entries = unit.time_entries.of_project(organisation_id, project_id)
        unit.scopes.note_entries(organisation_id, project_id, entries)
    return approver


def remove_project_approver(
    unit: UnitOfWork, organisation_id: OrganisationId, wish: ApproverWish
) -> ProjectApprover:
    """Let somebody not see a project's time any more. Raises: NameUnknown, NameAmbiguous."""
    approver = _found(unit, organisation_id, wish)
    project_id, person_id = approver.project.id, approver.person.id
    revision = unit.organisations.reference_changed(organisation_id)
    if not unit.scopes.end(organisation_id, project_id, person_id, revision):
        message = f"{approver.person.name} does not approve {approver.project.name}."
        raise NameUnknown(message)
    if project_id not in unit.scopes.approvers(organisation_id):
        unit.scopes.forget_entries(organisation_id, project_id)
    return approver


def project_approvers(
    unit: UnitOfWork, organisation_id: OrganisationId
) -> Sequence[ProjectApprover]:
    """Return who approves what, by the names of projects and people."""
    people = {person.id: person for person in unit.people.all(organisation_id)}
    present = unit.scopes.approvers(organisation_id)
    return [
        ProjectApprover(project, people[person_id])
        for project in unit.projects.all(organisation_id)
        for person_id in sorted(
            present.get(project.id, ()), key=lambda person_id: people[person_id].name
        )
    ]


def _found(
    unit: UnitOfWork, organisation_id: OrganisationId, wish: ApproverWish
) -> ProjectApprover:
    project = next(
        (
            project
            for project in unit.projects.all(organisation_id)
            if wish.project in (project.name, str(project.id))
        ),
        None,
    )
    if project is None:
        message = f"There is no project {wish.project}."
        raise NameUnknown(message)
    return ProjectApprover(project, _person(unit, organisation_id, wish))


def _person(unit: UnitOfWork, organisation_id: OrganisationId, wish: ApproverWish) -> Person:
    if wish.person_id is not None:
        known = unit.people.get(organisation_id, PersonId(wish.person_id))
        found = [] if known is None else [known]
    else:
        found = list(unit.people.named(organisation_id, wish.person or ""))
    if not found:
        message = f"There is nobody named {wish.person or wish.person_id}. Invite them first."
        raise NameUnknown(message)
    if len(found) > 1:
        message = f"{wish.person} fits {len(found)} people. Name one with --person-id."
        raise NameAmbiguous(message, [str(person.id) for person in found])
    return found[0]
