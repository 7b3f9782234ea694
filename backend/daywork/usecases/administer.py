"""Organisations, people, invites and projects, as the office keeps them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daywork.core.errors import NameAmbiguous, NameTaken, NameUnknown, ValueRefused
from daywork.core.ids import InviteId, OrganisationId, PersonId, ProjectId
from daywork.core.money import minor_digits
from daywork.core.organisation import Organisation
from daywork.core.person import Person
from daywork.core.project import Project
from daywork.core.roles import Role
from daywork.security.secrets import (
    hashed_secret,
    new_epoch,
    new_invite_code,
    new_uuid,
    normal_code,
)
from daywork.store.people import Invite
from daywork.store.row import milliseconds
from daywork.store.unit_of_work import UnitOfWork

NAME_CHARACTERS_MAX = 200
INVITE_HOURS = 72  # of a link that is sent


@dataclass(frozen=True, slots=True)
class InviteWish:
    """Whom to invite. Names may be given as ids where they fit two people."""

    person: str | None
    person_id: UUID | None
    role: str | None
    manager: str | None
    manager_id: UUID | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invite. ``code`` is shown once."""

    code: str
    expires_at: datetime
    person: Person


def create_organisation(
    unit: UnitOfWork,
    name: str,
    time_zone: str,
    currency: str,
    now: datetime,
    *,
    is_practice: bool = False,
) -> Organisation:
    """Store a new organisation. Raises: NameTaken, ValueRefused."""
    name = _checked_name(name, "name")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{time_zone} is no time zone. Use an IANA name like Europe/Berlin."
        raise ValueRefused(message, "time-zone") from error
    minor_digits(currency.upper())
    if any(known.name.casefold() == name.casefold() for known in unit.organisations.all()):
        message = f"There is an organisation named {name} already."
        raise NameTaken(message)
    organisation = Organisation(
        id=OrganisationId(new_uuid(milliseconds(now))),
        name=name,
        time_zone=time_zone,
        currency=currency.upper(),
        is_practice=is_practice,
    )
    unit.organisations.add(organisation, epoch=new_epoch(), now=now)
    return organisation


def find_organisation(unit: UnitOfWork, name_or_id: str | None) -> Organisation:
    """Return the organisation; it need not be named while there is one.

    Raises: NameUnknown, NameAmbiguous.
    """
    known = unit.organisations.all()
    if name_or_id is None:
        if len(known) == 1:
            return known[0]
        if not known:
            message = "There is no organisation yet. Make one with: daywork org create"
            raise NameUnknown(message)
        message = "There are several organisations. Name one with --organisation."
        raise NameAmbiguous(message, [str(organisation.id) for organisation in known])
    for organisation in known:
        if name_or_id in (str(organisation.id), organisation.name):
            return organisation
    message = f"There is no organisation {name_or_id}."
    raise NameUnknown(message)


def invite_person(unit: UnitOfWork, wish: InviteWish, now: datetime) -> Invited:
    """Make the person if there is none, and an invite for one more device.

    Raises: NameUnknown, NameAmbiguous, ValueRefused.
    """
    organisation = find_organisation(unit, wish.organisation)
    role = _checked_role(wish.role)
    manager = _manager(unit, organisation.id, wish)
    person = _invited_person(unit, organisation.id, wish, now)
    changed = replace(
        person,
        roles=person.roles | ({role} if role is not None else set()) or frozenset({Role.WORKER}),
        manager_id=person.manager_id if manager is None else manager.id,
    )
    if changed.manager_id == changed.id:
        message = "Nobody manages themselves."
        raise ValueRefused(message, "manager")
    if changed != person:
        unit.people.change(changed)
    unit.organisations.reference_changed(organisation.id)
    return new_invite(unit, changed, now)


def new_invite(unit: UnitOfWork, person: Person, now: datetime) -> Invited:
    """Make an invite for one more device of ``person``."""
    code = new_invite_code()
    expires_at = now + timedelta(hours=INVITE_HOURS)
    unit.people.add_invite(
        Invite(
            organisation_id=person.organisation_id,
            id=InviteId(new_uuid(milliseconds(now))),
            secret_hash=hashed_secret(normal_code(code)),
            person_id=person.id,
            expires_at=expires_at,
        )
    )
    return Invited(code, expires_at, person)


def add_project(
    unit: UnitOfWork,
    organisation_id: OrganisationId,
    name: str,
    now: datetime,
    *,
    is_billable: bool = True,
) -> Project:
    """Store a new project. Raises: NameTaken, ValueRefused."""
    name = _checked_name(name, "name")
    if any(known.name == name for known in unit.projects.all(organisation_id)):
        message = f"There is a project named {name} already."
        raise NameTaken(message)
    project = Project(
        organisation_id=organisation_id,
        id=ProjectId(new_uuid(milliseconds(now))),
        name=name,
        is_billable=is_billable,
    )
    unit.projects.add(project)
    unit.organisations.reference_changed(organisation_id)
    return project


def _invited_person(
    unit: UnitOfWork, organisation_id: OrganisationId, wish: InviteWish, now: datetime
) -> Person:
    if wish.person_id is not None:
        known = unit.people.get(organisation_id, PersonId(wish.person_id))
        if known is None:
            message = f"There is no person with the id {wish.person_id}."
            raise NameUnknown(message)
        return known
    name = _checked_name(wish.person or "", "person")
    found = unit.people.named(organisation_id, name)
    if len(found) > 1:
        message = f"{name} fits {len(found)} people. Name one with --person-id."
        raise NameAmbiguous(message, [str(person.id) for person in found])
    if found:
        return found[0]
    person = Person(
        organisation_id=organisation_id,
        id=PersonId(new_uuid(milliseconds(now))),
        name=name,
        email=name if "@" in name else None,
        roles=frozenset(),
    )
    unit.people.add(person, now)
    return person


def _manager(unit: UnitOfWork, organisation_id: OrganisationId, wish: InviteWish) -> Person | None:
    if wish.manager_id is not None:
        manager = unit.people.get(organisation_id, PersonId(wish.manager_id))
        if manager is None:
            message = f"There is no person with the id {wish.manager_id}."
            raise NameUnknown(message)
        return manager
    if wish.manager is None:
        return None
    found = unit.people.named(organisation_id, wish.manager)
    if not found:
        message = f"There is nobody named {wish.manager}. Invite the manager first."
        raise NameUnknown(message)
    if len(found) > 1:
        message = f"{wish.manager} fits {len(found)} people. Name one with --manager-id."
        raise NameAmbiguous(message, [str(person.id) for person in found])
    return found[0]


def _checked_role(text: str | None) -> Role | None:
    if text is None:
        return None
    try:
        return Role(text)
    except ValueError as error:
        message = f"{text} is no role. Roles: {', '.join(sorted(Role))}."
        raise ValueRefused(message, "role") from error


def _checked_name(text: str, field: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= NAME_CHARACTERS_MAX or not name.isprintable():
        message = f"A name has 1 to {NAME_CHARACTERS_MAX} printable characters."
        raise ValueRefused(message, field)
    return name
