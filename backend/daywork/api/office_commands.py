"""The third door: what the command line may ask, with or without a running server.

A command is a name with JSON-able arguments; its handler calls use cases in one
transaction and returns a JSON-able answer.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from daywork.api.desk import Answer, Arguments, Desk, Handler, uuid_argument
from daywork.api.ledger_commands import LEDGER_COMMANDS
from daywork.api.sync_commands import LANE_COMMANDS, SYNC_COMMANDS
from daywork.core.errors import NameUnknown
from daywork.core.ids import OrganisationId
from daywork.core.instant import instant_text
from daywork.core.mapping import Subject
from daywork.core.roles import Role
from daywork.store.database import Database
from daywork.store.row import milliseconds
from daywork.usecases.administer import (
    InviteWish,
    add_project,
    create_organisation,
    find_organisation,
    invite_person,
)
from daywork.usecases.grant_scopes import (
    ApproverWish,
    ProjectApprover,
    add_project_approver,
    project_approvers,
    remove_project_approver,
)
from daywork.usecases.import_records import ImportNames, NamedPerson, import_names
from daywork.usecases.maintain_mappings import map_by_name

IMPORTER = "daywork import"  # Who wrote the rows of the mapping.


async def run_office_command(
    database: Database, public_url: str, now: datetime, name: str, arguments: Arguments
) -> Answer:
    """Run one command in one transaction. Raises: DomainError; NameUnknown for no such one."""
    in_lane = LANE_COMMANDS.get(name)
    if in_lane is not None:
        return await in_lane(database, now, arguments)
    handler = COMMANDS.get(name)
    if handler is None:
        message = f"This server does not know the command {name}. It may be older than yours."
        raise NameUnknown(message)
    return await database.write(lambda unit: handler(Desk(unit, public_url, now), arguments))


def _org_create(desk: Desk, arguments: Arguments) -> Answer:
    organisation = create_organisation(
        desk.unit,
        arguments["name"],
        arguments["time_zone"],
        arguments["currency"],
        desk.now,
        is_practice=bool(arguments.get("practice")),
    )
    return {"id": str(organisation.id), "name": organisation.name}


def _org_list(desk: Desk, _arguments: Arguments) -> Answer:
    known = [
        {"id": str(one.id), "name": one.name, "time_zone": one.time_zone}
        for one in desk.unit.organisations.all()
    ]
    return {"organisations": known}


def _server_url(desk: Desk, _arguments: Arguments) -> Answer:
    return {"url": desk.public_url}


def _records_names(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    people = [
        NamedPerson(one["name"], frozenset(Role(role) for role in one["roles"]), one.get("email"))
        for one in arguments["people"]
    ]
    names = ImportNames(organisation.id, people, arguments["projects"])
    ids = import_names(desk.unit, names, desk.now)
    # Whoever works and whatever is worked on gets a name in the ledger, so that the
    # imported hours are not held; what is mapped already stays.
    workers = [one for one in people if Role.WORKER in one.roles]
    for one in workers:
        _map_if_new(desk, organisation.id, Subject.EMPLOYEE, ids.people[one.key], one.name)
    for name, project_id in ids.projects.items():
        _map_if_new(desk, organisation.id, Subject.PROJECT, project_id, name)
    return {
        "people": [{"key": key, "id": str(one)} for key, one in ids.people.items()],
        "projects": [{"name": name, "id": str(one)} for name, one in ids.projects.items()],
        "tasks": [
            {"project": project, "name": name, "id": str(one)}
            for (project, name), one in ids.tasks.items()
        ],
    }


def _map_if_new(
    desk: Desk, organisation_id: OrganisationId, subject: Subject, local_id: UUID, name: str
) -> None:
    map_by_name(desk.unit, organisation_id, subject, local_id, name, IMPORTER, desk.now)


def _invite(desk: Desk, arguments: Arguments) -> Answer:
    wish = InviteWish(
        person=arguments.get("person"),
        person_id=uuid_argument(arguments, "person_id"),
        role=arguments.get("role"),
        manager=arguments.get("manager"),
        manager_id=uuid_argument(arguments, "manager_id"),
        organisation=arguments.get("organisation"),
    )
    invited = invite_person(desk.unit, wish, desk.now)
    return {
        "invite": invited.code,
        "url": f"{desk.public_url}/join#{invited.code}",
        "expires_at": instant_text(milliseconds(invited.expires_at) // 1000),
        "person": {"id": str(invited.person.id), "name": invited.person.name},
    }


def _project_add(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    is_billable = not arguments.get("not_billable")
    project = add_project(
        desk.unit, organisation.id, arguments["name"], desk.now, is_billable=is_billable
    )
    return {"id": str(project.id), "name": project.name}


def _approver_add(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    wish = _approver_wish(arguments)
    return _approver(add_project_approver(desk.unit, organisation.id, wish, desk.now))


def _approver_remove(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    return _approver(remove_project_approver(desk.unit, organisation.id, _approver_wish(arguments)))


def _approver_list(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    return {"approvers": [_approver(one) for one in project_approvers(desk.unit, organisation.id)]}


def _approver_wish(arguments: Arguments) -> ApproverWish:
    return ApproverWish(
        project=arguments["project"],
        person=arguments.get("person"),
        person_id=uuid_argument(arguments, "person_id"),
    )


def _approver(approver: ProjectApprover) -> Answer:
    return {
        "project": {"id": str(approver.project.id), "name": approver.project.name},
        "person": {"id": str(approver.person.id), "name": approver.person.name},
    }


COMMANDS: Mapping[str, Handler] = {
    "invite": _invite,
    "org create": _org_create,
    "org list": _org_list,
    "project add": _project_add,
    "project approver add": _approver_add,
    "project approver list": _approver_list,
    "project approver remove": _approver_remove,
    "records names": _records_names,
    "server url": _server_url,
    **LEDGER_COMMANDS,
    **SYNC_COMMANDS,
}
