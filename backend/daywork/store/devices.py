"""Devices, their sessions and sign-in challenges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Session
from sqlmodel import Field, col, delete, select

from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.store.row import Id, Instant, Row

CHALLENGES_KEPT = timedelta(hours=1)


class DeviceRow(Row, table=True):
    """An installed app of one person, with its key and where its chain stands."""

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["person.organisation_id", "person.id"]
        ),
    )

    organisation_id: UUID = Field(primary_key=True, sa_type=Id)
    actor: str = Field(primary_key=True, sa_type=String(10), unique=True)
    person_id: UUID = Field(sa_type=Id)
    public_key: str = Field(sa_type=String(400))
    algorithm: str = Field(sa_type=String(10))
    label: str = Field(sa_type=String(100))
    platform: str = Field(sa_type=String(40))
    enrolled_at: datetime = Field(sa_type=Instant)
    retired_at: datetime | None = Field(default=None, sa_type=Instant)
    retired_reason: str | None = Field(default=None, sa_type=String(40))
    retired_sequence_number: int | None = Field(default=None, sa_type=BigInteger)
    branch_of: str | None = Field(default=None, sa_type=String(10))  # whose history it continues
    last_sequence_number: int = Field(default=0, sa_type=BigInteger)
    last_chain_hash: bytes = Field(default=bytes(32), sa_type=LargeBinary(32))
    last_contact_at: datetime | None = Field(default=None, sa_type=Instant)
    pending_count: int | None = Field(default=None)
    oldest_pending_at: datetime | None = Field(default=None, sa_type=Instant)
    skew_milliseconds: int | None = Field(default=None, sa_type=BigInteger)


class SessionRow(Row, table=True):
    """A signed-in device. Only a hash of its token is kept."""

    __tablename__ = "session"

    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    organisation_id: UUID = Field(sa_type=Id)
    actor: str = Field(sa_type=String(10), index=True)
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime = Field(sa_type=Instant)


class SessionChallengeRow(Row, table=True):
    """A question that only the device's key can answer, once."""

    __tablename__ = "session_challenge"

    nonce_hash: bytes = Field(primary_key=True, sa_type=LargeBinary(32))
    actor: str = Field(sa_type=String(10))
    expires_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Device:
    """A device as the doors need it."""

    organisation_id: OrganisationId
    actor: Actor
    person_id: PersonId
    public_key: str
    label: str
    platform: str
    branch_of: Actor | None = None  # the actor whose forked history this one continues
    last_sequence_number: int = 0
    last_chain_hash: bytes = bytes(32)
    enrolled_at: datetime | None = None
    last_contact_at: datetime | None = None
    pending_count: int | None = None  # as the device announced them
    oldest_pending_at: datetime | None = None
    skew_milliseconds: int | None = None
    retired_at: datetime | None = None
    retired_reason: str | None = None

    @property
    def is_retired(self) -> bool:
        """Whether the device may hand in nothing new any more, except into quarantine."""
        return self.retired_at is not None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with its device."""

    organisation_id: OrganisationId
    actor: Actor
    person_id: PersonId
    is_retired: bool
    created_at: datetime
    last_used_at: datetime


class DeviceStore:
    """Queries on devices and sessions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, device: Device, *, algorithm: str, now: datetime) -> None:
        """Store a new device with an empty chain."""
        self._session.add(
            DeviceRow(
                organisation_id=device.organisation_id,
                actor=device.actor,
                person_id=device.person_id,
                public_key=device.public_key,
                algorithm=algorithm,
                label=device.label,
                platform=device.platform,
                enrolled_at=now,
                last_contact_at=now,
                branch_of=device.branch_of,
            )
        )
        self._session.flush()

    def get(self, actor: Actor) -> Device | None:
        """Return the device; actors are unique among all organisations."""
        row = self._session.scalars(select(DeviceRow).where(DeviceRow.actor == actor)).first()
        return None if row is None else _from_row(row)

    def labels(self, organisation_id: OrganisationId) -> Mapping[Actor, str]:
        """Return the label of every device, retired ones too."""
        query = select(DeviceRow.actor, DeviceRow.label).where(
            DeviceRow.organisation_id == organisation_id
        )
        return {Actor(actor): label for actor, label in self._session.execute(query).all()}

    def of_person(self, organisation_id: OrganisationId, person_id: PersonId) -> Sequence[Device]:
        """Return the person's devices, the oldest first."""
        query = (
            select(DeviceRow)
            .where(DeviceRow.organisation_id == organisation_id, DeviceRow.person_id == person_id)
            .order_by(col(DeviceRow.enrolled_at), DeviceRow.actor)
        )
        return [_from_row(row) for row in self._session.scalars(query).all()]

    def all(self, organisation_id: OrganisationId) -> Sequence[Device]:
        """Return every device of the organisation, the oldest first."""
        query = (
            select(DeviceRow)
            .where(DeviceRow.organisation_id == organisation_id)
            .order_by(col(DeviceRow.enrolled_at), DeviceRow.actor)
        )
        return [_from_row(row) for row in self._session.scalars(query).all()]

    def retire(self, device: Device, reason: str, now: datetime) -> None:
        """Take the device out of use and end its sessions; its chain stays as it is."""
        # Locked: a push moves the chain, and what it moved last has to be known.
        row = self._session.get(
            DeviceRow, (device.organisation_id, device.actor), with_for_update=True
        )
        assert row is not None, "only a known device is retired"
        row.retired_at, row.retired_reason = now, reason
        row.retired_sequence_number = row.last_sequence_number
        self._session.flush()
        self._session.execute(delete(SessionRow).where(col(SessionRow.actor) == device.actor))

    def heard_from(
        self,
        organisation_id: OrganisationId,
        actor: Actor,
        *,
        now: datetime,
        pending_count: int,
        oldest_pending_at: datetime | None,
        skew_milliseconds: int | None,
    ) -> None:
        """Record what a device said of itself. Nothing is ordered by it."""
        row = self._session.get(DeviceRow, (organisation_id, actor))
        assert row is not None, "only a known device is heard from"
        row.last_contact_at, row.pending_count = now, pending_count
        row.oldest_pending_at, row.skew_milliseconds = oldest_pending_at, skew_milliseconds
        self._session.flush()

    def add_session(
        self, token_hash: bytes, organisation_id: OrganisationId, actor: Actor, now: datetime
    ) -> None:
        """Store a new session of the device."""
        self._session.add(
            SessionRow(
                token_hash=token_hash,
                organisation_id=organisation_id,
                actor=actor,
                created_at=now,
                last_used_at=now,
            )
        )
        self._session.flush()

    def signed_in(self, token_hash: bytes) -> SignedIn | None:
        """Return the session with its device, or None. The token names the organisation."""
        query = (
            select(SessionRow, DeviceRow.person_id, DeviceRow.retired_at)
            .join(DeviceRow, col(DeviceRow.actor) == SessionRow.actor)
            .where(SessionRow.token_hash == token_hash)
        )
        found = self._session.execute(query).first()
        if found is None:
            return None
        row, person_id, retired_at = found
        return SignedIn(
            organisation_id=OrganisationId(row.organisation_id),
            actor=Actor(row.actor),
            person_id=PersonId(person_id),
            is_retired=retired_at is not None,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )

    def used_session(self, token_hash: bytes, now: datetime) -> None:
        """Record that the session is in use: it ends after a time without."""
        row = self._session.get(SessionRow, token_hash)
        if row is not None:
            row.last_used_at = now
            self._session.flush()

    def end_session(self, token_hash: bytes) -> None:
        """Forget the session."""
        self._session.execute(delete(SessionRow).where(col(SessionRow.token_hash) == token_hash))

    def add_challenge(self, nonce_hash: bytes, actor: Actor, expires_at: datetime) -> None:
        """Store a challenge, and forget those that have expired long ago."""
        long_ago = expires_at - CHALLENGES_KEPT
        expired = col(SessionChallengeRow.expires_at) < long_ago
        self._session.execute(delete(SessionChallengeRow).where(expired))
        self._session.add(
            SessionChallengeRow(nonce_hash=nonce_hash, actor=actor, expires_at=expires_at)
        )
        self._session.flush()

    def take_challenge(self, nonce_hash: bytes, actor: Actor, now: datetime) -> bool:
        """Whether the challenge was open for ``actor``; it is used up by asking."""
        row = self._session.get(SessionChallengeRow, nonce_hash, with_for_update=True)
        if row is None or row.actor != actor:
            return False
        expires_at = row.expires_at
        self._session.delete(row)
        self._session.flush()
        return now <= expires_at


def _from_row(row: DeviceRow) -> Device:
    return Device(
        organisation_id=OrganisationId(row.organisation_id),
        actor=Actor(row.actor),
        person_id=PersonId(row.person_id),
        public_key=row.public_key,
        label=row.label,
        platform=row.platform,
        branch_of=None if row.branch_of is None else Actor(row.branch_of),
        last_sequence_number=row.last_sequence_number,
        last_chain_hash=row.last_chain_hash,
        enrolled_at=row.enrolled_at,
        last_contact_at=row.last_contact_at,
        pending_count=row.pending_count,
        oldest_pending_at=row.oldest_pending_at,
        skew_milliseconds=row.skew_milliseconds,
        retired_at=row.retired_at,
        retired_reason=row.retired_reason,
    )
