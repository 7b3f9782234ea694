"""Time entries as they stand: a cache of what the operation log says."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Text, and_, text
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.ids import OrganisationId, PersonId, ProjectId, TimeEntryId
from daywork.core.working_set import allocated_projects
from daywork.store.organisations import SyncCounterRow
from daywork.store.row import Id, Row
from daywork.store.scopes import ProjectApproverRow, ScopeStore, TimeEntryScopeRow

_LONG = text("is_long")


class TimeEntryRow(Row, table=True):
    """One entry. ``content`` is the row as phones get it, without id and revision."""

    __tablename__ = "time_entry"
    __table_args__ = (
        Index("ix_time_entry_revision", "organisation_id", "revision"),
        Index("ix_time_entry_owner_revision", "organisation_id", "owner_id", "revision"),
        Index("ix_time_entry_interval", "organisation_id", "owner_id", "started_at"),
        Index(
            "ix_time_entry_long",
            "organisation_id",
            "owner_id",
            sqlite_where=_LONG,
            postgresql_where=_LONG,
        ),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    id: UUID = Field(primary_key=True, sa_type=Id)
    owner_id: UUID = Field(sa_type=Id)
    revision: int = Field(sa_type=BigInteger)
    status: str = Field(sa_type=String(20))
    is_deleted: bool = False
    # The displayed interval in seconds since 1970; both None for a duration.
    started_at: int | None = Field(default=None, sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    is_long: bool = False  # longer than 48 hours: looked at apart when overlaps are sought
    # When it began, in seconds since 1970, once nothing about it is open any more.
    settled_start: int | None = Field(default=None, sa_type=BigInteger)
    posted_digest: str | None = Field(default=None, sa_type=String(50))
    content: str = Field(sa_type=Text)


class TimeEntryStore:
    """What is not hot: marking versions as booked."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def mark_posted(
        self, organisation_id: OrganisationId, digests: Mapping[TimeEntryId, str]
    ) -> None:
        """Record which version of each entry is in the ledger and tell every phone.

        Nothing is written behind it in its transaction: it gives revisions.
        """
        counter = self._session.get(SyncCounterRow, organisation_id, with_for_update=True)
        assert counter is not None, "an organisation is stored with its counter"
        revision = counter.revision
        moved: dict[TimeEntryId, int] = {}
        for row in self._rows(organisation_id, list(digests)):
            digest = digests[TimeEntryId(row.id)]
            if row.posted_digest == digest:
                continue
            revision += 1
            row.posted_digest = digest
            row.revision = revision
            row.content = _with_posted(row.content, digest)
            moved[TimeEntryId(row.id)] = revision
        self._session.flush()
        ScopeStore(self._session).move_entries(organisation_id, moved)
        # Last of all: see the order of revisions in daywork.store.push_saving.
        counter.revision = revision
        self._session.flush()

    def owner(self, organisation_id: OrganisationId, entry_id: TimeEntryId) -> PersonId | None:
        """Return whose time the entry is, or None if there is no such entry."""
        row = self._session.get(TimeEntryRow, (organisation_id, entry_id))
        return None if row is None else PersonId(row.owner_id)

    def of_project(
        self, organisation_id: OrganisationId, project_id: ProjectId
    ) -> Sequence[tuple[TimeEntryId, int]]:
        """Return ids and revisions of the entries that are worked for the project.

        It reads every entry of the organisation: for the rare moment in which a project
        gets its first approver.
        """
        named = col(TimeEntryRow.content).contains(f'"project":"{project_id}"')
        query = select(TimeEntryRow.id, TimeEntryRow.revision, TimeEntryRow.content).where(
            TimeEntryRow.organisation_id == organisation_id, named
        )
        return [
            (TimeEntryId(entry_id), revision)
            for entry_id, revision, content in self._session.execute(query).all()
            # What was approved may name a project that the entry has left since.
            if str(project_id) in allocated_projects(json.loads(content)["v"].get("alloc", ()))
        ]

    def owners_seen(
        self, organisation_id: OrganisationId, person_id: PersonId
    ) -> frozenset[PersonId]:
        """Return who has time entries in the projects that somebody approves."""
        query = (
            select(TimeEntryRow.owner_id)
            .distinct()
            .join(
                TimeEntryScopeRow,
                and_(
                    col(TimeEntryScopeRow.organisation_id) == col(TimeEntryRow.organisation_id),
                    col(TimeEntryScopeRow.entry_id) == col(TimeEntryRow.id),
                ),
            )
            .join(
                ProjectApproverRow,
                and_(
                    col(ProjectApproverRow.organisation_id) == col(TimeEntryRow.organisation_id),
                    col(ProjectApproverRow.project_id) == col(TimeEntryScopeRow.project_id),
                ),
            )
            .where(
                TimeEntryRow.organisation_id == organisation_id,
                col(TimeEntryScopeRow.is_inside),
                ProjectApproverRow.person_id == person_id,
                col(ProjectApproverRow.to_revision).is_(None),
            )
        )
        return frozenset(map(PersonId, self._session.scalars(query).all()))

    def _rows(
        self, organisation_id: OrganisationId, entry_ids: Sequence[TimeEntryId]
    ) -> Sequence[TimeEntryRow]:
        query = select(TimeEntryRow).where(
            TimeEntryRow.organisation_id == organisation_id, col(TimeEntryRow.id).in_(entry_ids)
        )
        return self._session.scalars(query.order_by(col(TimeEntryRow.id))).all()


def _with_posted(content: str, digest: str) -> str:
    row = json.loads(content)
    row["posted"] = digest
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
