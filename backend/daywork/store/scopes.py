"""Who could see what, since when: the history of rights, and the entries of approved projects.

What people were, and which projects they approve, is kept with the reference revision
from which it holds. The entries of a project are noted for those projects only that
have approvers, so that pushes elsewhere pay nothing for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String, insert
from sqlalchemy.orm import Session
from sqlmodel import Field, col, delete, select

from daywork.core.ids import OrganisationId, PersonId, ProjectId, TimeEntryId
from daywork.core.roles import Member, Role
from daywork.core.scope import Membership, Term
from daywork.store.row import Id, Instant, Row
from daywork.store.statements import Query, Select, Steps

_MEMBERSHIPS = Select(
    {"person_id": "uuid", "from_revision": "bigint", "roles": "text", "manager_id": "uuid"},
    "membership",
    "organisation_id = {0}",
    scalars=1,
)
_OWN_MEMBERSHIPS = Select(
    _MEMBERSHIPS.columns, "membership", "organisation_id = {0} AND person_id = {1}", scalars=2
)
_TERMS = Select(
    {
        "person_id": "uuid",
        "project_id": "uuid",
        "from_revision": "bigint",
        "to_revision": "bigint",
    },
    "project_approver",
    "organisation_id = {0} AND person_id = {1}",
    scalars=2,
)


class MembershipRow(Row, table=True):
    """What somebody was from a reference revision on. Written once, never changed."""

    __tablename__ = "membership"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["person.organisation_id", "person.id"]
        ),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    person_id: UUID = Field(primary_key=True, sa_type=Id)
    from_revision: int = Field(primary_key=True, sa_type=BigInteger)
    roles: str = Field(sa_type=String(100))  # separated by spaces
    manager_id: UUID | None = Field(default=None, sa_type=Id)


class ProjectApproverRow(Row, table=True):
    """During which reference revisions somebody approves a project."""

    __tablename__ = "project_approver"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["person.organisation_id", "person.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "project_id"], ["project.organisation_id", "project.id"]
        ),
        Index("ix_project_approver_person", "organisation_id", "person_id"),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    project_id: UUID = Field(primary_key=True, sa_type=Id)
    person_id: UUID = Field(primary_key=True, sa_type=Id)
    from_revision: int = Field(primary_key=True, sa_type=BigInteger)
    to_revision: int | None = Field(default=None, sa_type=BigInteger)
    granted_at: datetime = Field(sa_type=Instant)


class TimeEntryScopeRow(Row, table=True):
    """A time entry that belongs to a project with approvers, or did.

    ``revision`` is the time entry's own while it is inside, and the one with which it
    left when it is not: then the row tells the project's approvers that it is gone.
    """

    __tablename__ = "time_entry_scope"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "entry_id"], ["time_entry.organisation_id", "time_entry.id"]
        ),
        Index("ix_time_entry_scope_revision", "organisation_id", "project_id", "revision"),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    entry_id: UUID = Field(primary_key=True, sa_type=Id)
    project_id: UUID = Field(primary_key=True, sa_type=Id)
    revision: int = Field(sa_type=BigInteger)
    is_inside: bool = True


class ScopeStore:
    """Queries on the approvers of projects and on what they see."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def approvers(self, organisation_id: OrganisationId) -> Mapping[ProjectId, Sequence[PersonId]]:
        """Return who approves which project at present."""
        found: dict[ProjectId, list[PersonId]] = {}
        for row in self._present(organisation_id):
            found.setdefault(ProjectId(row.project_id), []).append(PersonId(row.person_id))
        return found

    def begin(self, organisation_id: OrganisationId, term: Term, now: datetime) -> None:
        """Let somebody approve a project."""
        self._session.add(
            ProjectApproverRow(
                organisation_id=organisation_id,
                project_id=term.project_id,
                person_id=term.person_id,
                from_revision=term.from_revision,
                granted_at=now,
            )
        )
        self._session.flush()

    def end(
        self,
        organisation_id: OrganisationId,
        project_id: ProjectId,
        person_id: PersonId,
        revision: int,
    ) -> bool:
        """End somebody's approving of a project; False if they do not approve it."""
        for row in self._present(organisation_id):
            if (row.project_id, row.person_id) == (project_id, person_id):
                row.to_revision = revision
                self._session.flush()
                return True
        return False

    def note_entries(
        self,
        organisation_id: OrganisationId,
        project_id: ProjectId,
        entries: Iterable[tuple[TimeEntryId, int]],
    ) -> None:
        """Note the time entries of a project, each with its revision."""
        rows = [
            {
                "organisation_id": organisation_id,
                "entry_id": entry_id,
                "project_id": project_id,
                "revision": revision,
                "is_inside": True,
            }
            for entry_id, revision in entries
        ]
        if rows:
            self._session.execute(insert(TimeEntryScopeRow), rows)

    def forget_entries(self, organisation_id: OrganisationId, project_id: ProjectId) -> None:
        """Forget the time entries of a project that nobody approves any more."""
        self._session.execute(
            delete(TimeEntryScopeRow).where(
                col(TimeEntryScopeRow.organisation_id) == organisation_id,
                col(TimeEntryScopeRow.project_id) == project_id,
            )
        )

    def move_entries(
        self, organisation_id: OrganisationId, revisions: Mapping[TimeEntryId, int]
    ) -> None:
        """Give time entries the revisions that they have got since, where they are noted."""
        query = select(TimeEntryScopeRow).where(
            TimeEntryScopeRow.organisation_id == organisation_id,
            col(TimeEntryScopeRow.entry_id).in_(list(revisions)),
            col(TimeEntryScopeRow.is_inside),
        )
        for row in self._session.scalars(query).all():
            row.revision = revisions[TimeEntryId(row.entry_id)]
        self._session.flush()

    def projects_of(
        self, organisation_id: OrganisationId, entry_id: TimeEntryId
    ) -> frozenset[ProjectId]:
        """Return the projects with approvers that the time entry belongs to."""
        query = select(TimeEntryScopeRow.project_id).where(
            TimeEntryScopeRow.organisation_id == organisation_id,
            TimeEntryScopeRow.entry_id == entry_id,
            col(TimeEntryScopeRow.is_inside),
        )
        return frozenset(map(ProjectId, self._session.scalars(query).all()))

    def _present(self, organisation_id: OrganisationId) -> Sequence[ProjectApproverRow]:
        query = (
            select(ProjectApproverRow)
            .where(
                ProjectApproverRow.organisation_id == organisation_id,
                col(ProjectApproverRow.to_revision).is_(None),
            )
            .order_by(col(ProjectApproverRow.from_revision), col(ProjectApproverRow.person_id))
        )
        return self._session.scalars(query).all()


def load_memberships(organisation_id: OrganisationId, person_id: PersonId | None = None) -> Steps:
    """Return the Memberships of one person, or of everybody."""
    if person_id is None:
        rows = yield Query(_MEMBERSHIPS, (organisation_id,))
    else:
        rows = yield Query(_OWN_MEMBERSHIPS, (organisation_id, person_id))
    return [
        Membership(Member(PersonId(row[0]), frozenset(map(Role, row[2].split())), row[3]), row[1])
        for row in rows
    ]


def load_terms(organisation_id: OrganisationId, person_id: PersonId) -> Steps:
    """Return the Terms of one person, past and present."""
    rows = yield Query(_TERMS, (organisation_id, person_id))
    return [
        Term(PersonId(person), ProjectId(project), first, last)
        for person, project, first, last in rows
    ]
