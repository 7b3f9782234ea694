"""The words of a file of time records become people, projects and tasks.

Who and what is known already, by address or name, is taken as it is; the rest is
made. Ids follow from organisation and name, so that two imports at the same moment
cannot make somebody twice. The entries themselves do not come this way: phones push
them, and they are held, flagged and approved like anybody's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid5

from daywork.core.errors import NameAmbiguous, NotFound
from daywork.core.ids import OrganisationId, PersonId, ProjectId, TaskId
from daywork.core.person import Person
from daywork.core.project import Project, Task
from daywork.core.roles import Role
from daywork.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody in the words of the file; ``roles`` are what they do there."""

    name: str
    roles: frozenset[Role]
    email: str | None = None

    @property
    def key(self) -> str:
        """What tells people of a file apart: the address, else the name."""
        return self.name if self.email is None else self.email.lower()


@dataclass(frozen=True, slots=True)
class ImportNames:
    """Everybody and everything that a file names."""

    organisation_id: OrganisationId
    people: Sequence[NamedPerson]
    projects: Mapping[str, Sequence[str]]  # Tasks by project.


@dataclass(frozen=True, slots=True)
class ImportedIds:
    """The ids that the words stand for, and how many were new."""

    people: Mapping[str, PersonId]  # By the person's key.
    projects: Mapping[str, ProjectId]
    tasks: Mapping[tuple[str, str], TaskId]
    new_people: int
    new_projects: int
    new_tasks: int


def import_names(unit: UnitOfWork, names: ImportNames, now: datetime) -> ImportedIds:
    """Return the ids of all names; make who and what is missing.

    A person who is known without a role that the file gives them is given it. The
    people have no manager, so any manager may decide about their time.
    Raises: NotFound without the organisation, NameAmbiguous if a name fits two people.
    """
    if unit.organisations.get(names.organisation_id) is None:
        raise NotFound("there is no such organisation")
    people, new_people = _imported_people(unit, names, now)
    projects, tasks, new_projects, new_tasks = _imported_projects(unit, names)
    if new_people or new_projects or new_tasks:
        unit.organisations.reference_changed(names.organisation_id)
    return ImportedIds(people, projects, tasks, new_people, new_projects, new_tasks)


def _imported_people(
    unit: UnitOfWork, names: ImportNames, now: datetime
) -> tuple[dict[str, PersonId], int]:
    known = unit.people.all(names.organisation_id)
    ids: dict[str, PersonId] = {}
    new_people = 0
    for named in names.people:
        fitting = _fitting(known, named)
        if len(fitting) > 1:
            message = f"{named.key!r} fits {len(fitting)} people"
            raise NameAmbiguous(message, [str(person.id) for person in fitting])
        if fitting:
            person = fitting[0]
            if not named.roles <= person.roles:
                unit.people.change(replace(person, roles=person.roles | named.roles))
        else:
            person = _new_person(names.organisation_id, named)
            unit.people.add(person, now)
            new_people += 1
        ids[named.key] = person.id
    return ids, new_people


def _fitting(known: Sequence[Person], named: NamedPerson) -> Sequence[Person]:
    """Return who has this address; else who has this name and, if one is asked, no address."""
    if named.email is not None:
        same_address = [one for one in known if (one.email or "").lower() == named.key]
        if same_address:
            return same_address
    return [
        one for one in known if one.name == named.name and (named.email is None or not one.email)
    ]


def _new_person(organisation_id: OrganisationId, named: NamedPerson) -> Person:
    return Person(
        organisation_id=organisation_id,
        id=PersonId(uuid5(organisation_id, f"person:{named.key}")),
        name=named.name,
        email=named.email,
        roles=named.roles,
    )


def _imported_projects(
    unit: UnitOfWork, names: ImportNames
) -> tuple[dict[str, ProjectId], dict[tuple[str, str], TaskId], int, int]:
    organisation_id = names.organisation_id
    known = {project.name: project for project in unit.projects.all(organisation_id)}
    projects: dict[str, ProjectId] = {}
    tasks: dict[tuple[str, str], TaskId] = {}
    new_projects = new_tasks = 0
    for name, task_names in names.projects.items():
        project = known.get(name)
        if project is None:
            project = Project(
                organisation_id, ProjectId(uuid5(organisation_id, f"project:{name}")), name
            )
            unit.projects.add(project)
            new_projects += 1
        projects[name] = project.id
        known_tasks = {task.name: task.id for task in project.tasks}
        for task_name in task_names:
            task_id = known_tasks.get(task_name)
            if task_id is None:
                task_id = TaskId(uuid5(project.id, f"task:{task_name}"))
                unit.projects.add_task(organisation_id, project.id, Task(task_id, task_name))
                new_tasks += 1
            tasks[name, task_name] = task_id
    return projects, tasks, new_projects, new_tasks
