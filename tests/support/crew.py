"""A small crew whose phones push straight into a database: no door, no network.

Ana and Ben work, Max is their manager, Olga is the office. Every phone has a real
key and signs what it sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from daywork.core.entry_content import entry_from_content
from daywork.core.hash_chain import decode_base64url, encode_base64url
from daywork.core.ids import Actor, OrganisationId, PersonId, ProjectId, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.core.merge import digest_of
from daywork.core.organisation import Organisation
from daywork.core.person import Person
from daywork.core.principal import Principal
from daywork.core.project import Project
from daywork.core.push_batch import PushedBatch
from daywork.core.roles import Role
from daywork.core.working_set import EntryState
from daywork.security.signatures import public_key_text
from daywork.store.database import Database
from daywork.store.devices import Device
from daywork.store.push_lane import SignedBatch
from daywork.store.row import milliseconds
from daywork.store.time_entries import TimeEntryRow
from daywork.store.unit_of_work import UnitOfWork
from daywork.usecases.sync_time_entries import PushOutcome, decide_pushes
from support.chain import Chain, allocation, entry_id, interval

COMPANY = OrganisationId(UUID(int=0xC0))
ROOF, SHED = ProjectId(UUID(int=0xF1)), ProjectId(UUID(int=0xF2))
PEOPLE: Mapping[str, Role] = {
    "Ana": Role.WORKER,
    "Ben": Role.WORKER,
    "Max": Role.MANAGER,
    "Olga": Role.OFFICE,
}
_COORDINATE_BYTES = 32


@dataclass
class Key:
    """A device's key pair, as WebCrypto makes it."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public_text(self) -> str:
        """The public key as the server keeps it."""
        return public_key_text(self.jwk)

    @property
    def jwk(self) -> dict[str, JsonValue]:
        """The public key as a phone sends it."""
        numbers = self.private.public_key().public_numbers()
        x, y = (encode_base64url(n.to_bytes(_COORDINATE_BYTES)) for n in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def signed(self, message: bytes) -> str:
        """Return the signature over ``message`` as it travels."""
        numbers = decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA256())))
        return encode_base64url(b"".join(n.to_bytes(_COORDINATE_BYTES) for n in numbers))


@cache
def key_of(name: str) -> Key:
    """Return the key of ``name``'s phone: one a run, keys are dear."""
    assert name in PEOPLE
    return Key()


@dataclass
class Phone:
    """One person's phone."""

    database: Database
    organisation_id: OrganisationId
    name: str
    person_id: PersonId
    chain: Chain
    key: Key
    pushed: int = 0

    @property
    def principal(self) -> Principal:
        """Who the phone acts for."""
        roles = frozenset((str(PEOPLE[self.name]),))
        return Principal(self.organisation_id, self.person_id, roles, self.chain.actor)

    def signed_batch(self, items: Sequence[Mapping[str, JsonValue]], now: datetime) -> SignedBatch:
        """Return ``items`` as a batch that the phone signed."""
        batch = PushedBatch(
            actor=self.chain.actor,
            person_id=self.person_id,
            roles=self.principal.roles,
            schema=1,
            items=items,
            body_bytes=sum(len(str(item)) for item in items),
            received_at=milliseconds(now),
        )
        return SignedBatch(batch, "ES256", self.key.signed(_last_hash(items)))

    async def push(self, now: datetime) -> Sequence[Mapping[str, JsonValue]]:
        """Push what was not pushed before, and return the results."""
        items = self.chain.items[self.pushed :]
        signed = self.signed_batch(items, now)
        outcome: PushOutcome = await self.database.push(self.organisation_id, signed, decide_pushes)
        self.pushed = len(self.chain.items)
        return outcome.results

    async def decide(
        self, kind: str, entry: str, now: datetime, digest: str | None = None, **values: JsonValue
    ) -> JsonValue:
        """Decide about the entry as it stands, and return the result's ``st``."""
        state = await entry_state(self.database, self.organisation_id, entry)
        if kind == "revoke" and state.approved is not None:
            digest = state.approved.digest
        context: dict[str, JsonValue] = {
            actor: [number, mark] for actor, (number, mark) in state.clock.items()
        }
        self.chain.write(kind, entry, values, context, dg=digest or digest_of(state.cells))
        return (await self.push(now))[-1]["st"]


@dataclass
class Crew:
    """The phones of one organisation."""

    database: Database
    organisation_id: OrganisationId
    phones: Mapping[str, Phone]

    async def record(
        self, entry: str, now: datetime, *times: str, project: UUID | None = ROOF, who: str = "Ana"
    ) -> None:
        """Let somebody record work, by default Ana eight hours on the roof."""
        start, end = times or ("07:00", "15:00")
        place = allocation(None if project is None else str(project))
        values: dict[str, JsonValue] = {"time": interval(start, end), "alloc": place}
        phone = self.phones[who]
        phone.chain.write("new", entry, values)
        assert (await phone.push(now))[-1]["st"] == "applied"

    async def change(self, entry: str, now: datetime, start: str, end: str) -> JsonValue:
        """Let Ana change the entry's times, having seen what the server has."""
        state = await entry_state(self.database, self.organisation_id, entry)
        context: dict[str, JsonValue] = {
            actor: [number, mark] for actor, (number, mark) in state.clock.items()
        }
        phone = self.phones["Ana"]
        phone.chain.write("edit", entry, {"time": interval(start, end)}, context)
        return (await phone.push(now))[-1]["st"]

    async def approve(self, entry: str, now: datetime) -> JsonValue:
        """Let Max approve the entry as it stands."""
        return await self.phones["Max"].decide("approve", entry, now)


async def found_crew(
    database: Database, now: datetime, organisation_id: OrganisationId = COMPANY
) -> Crew:
    """Store an organisation with its people, phones and two projects."""
    number = organisation_id.int
    phones = {
        name: Phone(
            database,
            organisation_id,
            name,
            PersonId(UUID(int=number * 100 + place)),
            Chain(Actor(f"{name.lower():a<8}{number % 100:02}")),
            key_of(name),
        )
        for place, name in enumerate(PEOPLE, 1)
    }

    def act(unit: UnitOfWork) -> None:
        organisation = Organisation(organisation_id, f"Crew {number}", "Europe/Berlin", "EUR")
        unit.organisations.add(organisation, epoch="e", now=now)
        for phone in phones.values():
            roles = frozenset((PEOPLE[phone.name],))
            unit.people.add(Person(organisation_id, phone.person_id, phone.name, None, roles), now)
            device = Device(
                organisation_id, phone.chain.actor, phone.person_id, phone.key.public_text, "", ""
            )
            unit.devices.add(device, algorithm="ES256", now=now)
        for project_id, name in ((ROOF, "Roof"), (SHED, "Shed")):
            unit.projects.add(Project(organisation_id, project_id, name, is_billable=True))

    await database.write(act)
    return Crew(database, organisation_id, phones)


async def entry_state(
    database: Database, organisation_id: OrganisationId, entry: str
) -> EntryState:
    """Return the entry that the test calls ``entry`` as the server has it."""
    wire_id = TimeEntryId(UUID(entry_id(entry).removeprefix("te:")))

    def act(unit: UnitOfWork) -> EntryState:
        row = unit.session.get(TimeEntryRow, (organisation_id, wire_id))
        assert row is not None, f"{entry} is not stored"
        return entry_from_content(wire_id, row.content, row.revision, [])

    return await database.read(act)


def _last_hash(items: Sequence[Mapping[str, JsonValue]]) -> bytes:
    return decode_base64url(str(items[-1]["h"]))
