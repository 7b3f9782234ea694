"""What work is done for."""

from dataclasses import dataclass

from daywork.core.ids import OrganisationId, ProjectId, TaskId


@dataclass(frozen=True, slots=True)
class Task:
    """A part of a project."""

    id: TaskId
    name: str


@dataclass(frozen=True, slots=True)
class Project:
    """Something that hours are worked for, and perhaps billed to."""

    organisation_id: OrganisationId
    id: ProjectId
    name: str
    is_billable: bool = True
    is_closed: bool = False
    tasks: tuple[Task, ...] = ()
