"""What people and projects are called in the ledger, and what their hours cost."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from daywork.core.errors import NameAmbiguous, NameUnknown, ValueRefused
from daywork.core.ids import OrganisationId
from daywork.core.mapping import (
    MappedReference,
    Subject,
    checked_reference,
    suggested_reference,
)
from daywork.core.money import Money
from daywork.core.posting import HourlyRate
from daywork.store.unit_of_work import UnitOfWork

# What an hour costs belongs to who works, what it earns to what is worked on.
RATE_SUBJECTS: Mapping[str, Subject] = {"pay": Subject.EMPLOYEE, "billing": Subject.PROJECT}


def map_subject(
    unit: UnitOfWork,
    organisation_id: OrganisationId,
    subject: Subject,
    local_id: UUID,
    reference: str,
    author: str,
    now: datetime,
) -> str:
    """Give an id its name in the ledger and return it; work that waited for it goes on.

    Raises: ValueRefused if the name is not valid or another one's; NameUnknown if
    there is no such person or project.
    """
    checked_reference(reference)
    unit.organisations.lock(organisation_id)
    if local_id not in subjects(unit, organisation_id)[subject]:
        message = f"There is no {subject} with the id {local_id}."
        raise NameUnknown(message)
    present = unit.mappings.present(organisation_id)
    for (kind, other_id), taken in present.references.items():
        if kind == subject and other_id != local_id and taken.casefold() == reference.casefold():
            message = f"{reference} is the name of another {subject} ({other_id}) already."
            raise ValueRefused(message, "reference")
    if present.reference(subject, local_id) != reference:
        row = MappedReference(subject, local_id, reference, present.version + 1, author, now)
        unit.mappings.add(organisation_id, row)
    unit.postings.release(
        organisation_id, f"unmapped.{subject}", subject=subject, local_id=local_id
    )
    return reference


def map_by_name(
    unit: UnitOfWork,
    organisation_id: OrganisationId,
    subject: Subject,
    local_id: UUID,
    name: str,
    author: str,
    now: datetime,
) -> str:
    """Map an id that has no name in the ledger yet to one like ``name``; return it."""
    present = unit.mappings.present(organisation_id)
    known = present.reference(subject, local_id)
    if known is not None:
        return known
    taken = [text for (kind, _), text in present.references.items() if kind == subject]
    wanted = suggested_reference(name, taken)
    return map_subject(unit, organisation_id, subject, local_id, wanted, author, now)


def find_subject(
    unit: UnitOfWork, organisation_id: OrganisationId, subject: Subject, name_or_id: str
) -> UUID:
    """Return the id that is meant: an id, or a name that only one of them has.

    Raises: NameUnknown, NameAmbiguous.
    """
    names = subjects(unit, organisation_id)[subject]
    fitting = [
        local_id
        for local_id, name in names.items()
        if name_or_id.casefold() in (str(local_id), name.casefold())
    ]
    if len(fitting) > 1:
        message = f"{name_or_id} is the name of {len(fitting)}. Say which by its id."
        raise NameAmbiguous(message, [str(local_id) for local_id in fitting])
    if not fitting:
        message = f"There is no {subject} {name_or_id}."
        raise NameUnknown(message)
    return fitting[0]


def subjects(
    unit: UnitOfWork, organisation_id: OrganisationId
) -> Mapping[Subject, Mapping[UUID, str]]:
    """Return everything that can be mapped: kind, id and the name people know."""
    return {
        Subject.EMPLOYEE: {person.id: person.name for person in unit.people.all(organisation_id)},
        Subject.PROJECT: {
            project.id: project.name for project in unit.projects.all(organisation_id)
        },
    }


def set_rate(
    unit: UnitOfWork,
    organisation_id: OrganisationId,
    kind: str,
    subject_id: UUID,
    per_hour: Money,
    from_date: date,
) -> HourlyRate:
    """Set what an hour costs or earns from a day on. ``kind`` is one of ``RATE_SUBJECTS``.

    Raises: NameUnknown.
    """
    subject = RATE_SUBJECTS[kind]
    if subject_id not in subjects(unit, organisation_id)[subject]:
        message = f"There is no {subject} with the id {subject_id}."
        raise NameUnknown(message)
    rate = HourlyRate(kind, subject_id, per_hour, from_date)
    unit.hourly_rates.set(organisation_id, rate)
    return rate


def mapping_history(unit: UnitOfWork, organisation_id: OrganisationId) -> Sequence[MappedReference]:
    """Return every row ever written, the oldest first."""
    return unit.mappings.rows(organisation_id)
