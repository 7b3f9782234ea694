"""Projects and their tasks: what work is done for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, String
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.ids import OrganisationId, ProjectId, TaskId
from daywork.core.project import Project, Task
from daywork.store.row import Id, Row


class ProjectRow(Row, table=True):
    """Something that hours are worked for."""

    __tablename__ = "project"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),)

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    id: UUID = Field(primary_key=True, sa_type=Id)
    name: str = Field(sa_type=String(200))
    is_billable: bool = True
    is_closed: bool = False


class TaskRow(Row, table=True):
    """A part of a project."""

    __tablename__ = "task"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "project_id"], ["project.organisation_id", "project.id"]
        ),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    id: UUID = Field(primary_key=True, sa_type=Id)
    project_id: UUID = Field(sa_type=Id)
    name: str = Field(sa_type=String(200))


class ProjectStore:
    """Queries on projects and tasks of one organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, project: Project) -> None:
        """Store a new project with its tasks."""
        self._session.add(
            ProjectRow(
                organisation_id=project.organisation_id,
                id=project.id,
                name=project.name,
                is_billable=project.is_billable,
                is_closed=project.is_closed,
            )
        )
        self._session.flush()
        for task in project.tasks:
            self.add_task(project.organisation_id, project.id, task)

    def add_task(self, organisation_id: OrganisationId, project_id: ProjectId, task: Task) -> None:
        """Store a new task of a known project."""
        self._session.add(
            TaskRow(
                organisation_id=organisation_id, id=task.id, project_id=project_id, name=task.name
            )
        )
        self._session.flush()

    def close(self, organisation_id: OrganisationId, project_id: ProjectId) -> None:
        """Take no new time for the project."""
        row = self._session.get(ProjectRow, (organisation_id, project_id))
        assert row is not None, "only a project that was loaded is closed"
        row.is_closed = True
        self._session.flush()

    def all(self, organisation_id: OrganisationId) -> Sequence[Project]:
        """Return every project with its tasks, by name."""
        tasks: dict[UUID, list[Task]] = {}
        of_tasks = (
            select(TaskRow)
            .where(TaskRow.organisation_id == organisation_id)
            .order_by(TaskRow.name, col(TaskRow.id))
        )
        for row in self._session.scalars(of_tasks).all():
            tasks.setdefault(row.project_id, []).append(Task(TaskId(row.id), row.name))
        of_projects = (
            select(ProjectRow)
            .where(ProjectRow.organisation_id == organisation_id)
            .order_by(ProjectRow.name, col(ProjectRow.id))
        )
        return [
            Project(
                organisation_id=organisation_id,
                id=ProjectId(row.id),
                name=row.name,
                is_billable=row.is_billable,
                is_closed=row.is_closed,
                tasks=tuple(tasks.get(row.id, ())),
            )
            for row in self._session.scalars(of_projects).all()
        ]
