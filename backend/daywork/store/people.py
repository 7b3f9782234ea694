"""People and their invites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Session
from sqlmodel import Field, col, select

from daywork.core.ids import Actor, InviteId, OrganisationId, PersonId
from daywork.core.person import Person
from daywork.core.roles import Role
from daywork.store.organisations import SyncCounterRow
from daywork.store.row import Id, Instant, Row
from daywork.store.scopes import MembershipRow


class PersonRow(Row, table=True):
    """Somebody of an organisation."""

    __tablename__ = "person"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        Index("ix_person_name", "organisation_id", "name"),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    id: UUID = Field(primary_key=True, sa_type=Id)
    name: str = Field(sa_type=String(200))
    email: str | None = Field(default=None, sa_type=String(254))
    roles: str = Field(sa_type=String(100))  # separated by spaces
    manager_id: UUID | None = Field(default=None, sa_type=Id)
    created_at: datetime = Field(sa_type=Instant)


class InviteRow(Row, table=True):
    """A one-time right to enrol a device for a person. Only a hash of it is kept."""

    __tablename__ = "invite"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["person.organisation_id", "person.id"]
        ),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    id: UUID = Field(primary_key=True, sa_type=Id)
    secret_hash: bytes = Field(sa_type=LargeBinary(32), unique=True)
    person_id: UUID = Field(sa_type=Id)
    expires_at: datetime = Field(sa_type=Instant)
    failures: int = 0
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    used_key: str | None = Field(default=None, sa_type=String(400))
    used_actor: str | None = Field(default=None, sa_type=String(10))


@dataclass(slots=True)
class Invite:
    """An invite as it stands."""

    organisation_id: OrganisationId
    id: InviteId
    secret_hash: bytes
    person_id: PersonId
    expires_at: datetime
    failures: int = 0
    used_at: datetime | None = None
    used_key: str | None = None
    used_actor: Actor | None = None


class PersonStore:
    """Queries on people and invites of one organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, person: Person, now: datetime) -> None:
        """Store a new person."""
        self._session.add(
            PersonRow(
                organisation_id=person.organisation_id,
                id=person.id,
                name=person.name,
                email=person.email,
                roles=_role_text(person),
                manager_id=person.manager_id,
                created_at=now,
            )
        )
        self._session.flush()
        self._note_rights(person)

    def change(self, person: Person) -> None:
        """Store a known person's name, roles and manager anew."""
        row = self._session.get(PersonRow, (person.organisation_id, person.id))
        assert row is not None, "only a person that was loaded is changed"
        has_other_rights = (row.roles, row.manager_id) != (_role_text(person), person.manager_id)
        row.name, row.email = person.name, person.email
        row.roles, row.manager_id = _role_text(person), person.manager_id
        self._session.flush()
        if has_other_rights:
            self._note_rights(person)

    def get(self, organisation_id: OrganisationId, person_id: PersonId) -> Person | None:
        """Return the person, or None."""
        row = self._session.get(PersonRow, (organisation_id, person_id))
        return None if row is None else _from_row(row)

    def all(self, organisation_id: OrganisationId) -> Sequence[Person]:
        """Return everybody, by name."""
        query = (
            select(PersonRow)
            .where(PersonRow.organisation_id == organisation_id)
            .order_by(PersonRow.name, col(PersonRow.id))
        )
        return [_from_row(row) for row in self._session.scalars(query).all()]

    def named(self, organisation_id: OrganisationId, name: str) -> Sequence[Person]:
        """Return the people whose name or e-mail is ``name``, whatever the case."""
        # Compared here: the databases know no case but that of ASCII.
        wanted = name.casefold()
        return [
            person
            for person in self.all(organisation_id)
            if wanted in (person.name.casefold(), (person.email or "").casefold())
        ]

    def add_invite(self, invite: Invite) -> None:
        """Store a new invite."""
        self._session.add(
            InviteRow(
                organisation_id=invite.organisation_id,
                id=invite.id,
                secret_hash=invite.secret_hash,
                person_id=invite.person_id,
                expires_at=invite.expires_at,
            )
        )
        self._session.flush()

    def invite(self, secret_hash: bytes) -> Invite | None:
        """Return the invite and keep others from using it until the commit.

        It is the one look-up without an organisation: the secret names it.
        """
        query = select(InviteRow).where(InviteRow.secret_hash == secret_hash).with_for_update()
        row = self._session.scalars(query).first()
        if row is None:
            return None
        return Invite(
            organisation_id=OrganisationId(row.organisation_id),
            id=InviteId(row.id),
            secret_hash=row.secret_hash,
            person_id=PersonId(row.person_id),
            expires_at=row.expires_at,
            failures=row.failures,
            used_at=row.used_at,
            used_key=row.used_key,
            used_actor=None if row.used_actor is None else Actor(row.used_actor),
        )

    def change_invite(self, invite: Invite) -> None:
        """Store what became of the invite."""
        row = self._session.get(InviteRow, (invite.organisation_id, invite.id))
        assert row is not None, "only an invite that was loaded is changed"
        row.failures, row.used_at = invite.failures, invite.used_at
        row.used_key, row.used_actor = invite.used_key, invite.used_actor
        self._session.flush()

    def _note_rights(self, person: Person) -> None:
        """Note from which reference revision on the person is what it is now."""
        counter = self._session.get(SyncCounterRow, person.organisation_id, with_for_update=True)
        assert counter is not None, "an organisation is stored with its counter"
        counter.reference_revision += 1
        self._session.add(
            MembershipRow(
                organisation_id=person.organisation_id,
                person_id=person.id,
                from_revision=counter.reference_revision,
                roles=_role_text(person),
                manager_id=person.manager_id,
            )
        )
        self._session.flush()


def _role_text(person: Person) -> str:
    return " ".join(sorted(person.roles))


def _from_row(row: PersonRow) -> Person:
    return Person(
        organisation_id=OrganisationId(row.organisation_id),
        id=PersonId(row.id),
        name=row.name,
        email=row.email,
        roles=frozenset(Role(role) for role in row.roles.split()),
        manager_id=None if row.manager_id is None else PersonId(row.manager_id),
    )
