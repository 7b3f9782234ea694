"""A working set with a small crew, and pushes into it without a database."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from daywork.core.completion import answered, finish
from daywork.core.entry_content import content_text
from daywork.core.ids import Actor, PersonId, TimeEntryId
from daywork.core.ingestion import ingest
from daywork.core.json_value import JsonValue
from daywork.core.merge import digest_of
from daywork.core.push_batch import PushedBatch, checked_batch
from daywork.core.roles import Member, Role
from daywork.core.working_set import DeviceHead, EntryState, ProjectState, Reference, WorkingSet
from support.chain import Chain, allocation, entry_id, interval

ANA = PersonId(UUID(int=1))
BEN = PersonId(UUID(int=2))
MAX = PersonId(UUID(int=3))
ANA_PHONE = Actor("aaaaaaaaaa")
ANA_TABLET = Actor("aaaaaaaaab")
BEN_PHONE = Actor("bbbbbbbbbb")
MAX_PHONE = Actor("mmmmmmmmmm")
OWNERS = {ANA_PHONE: ANA, ANA_TABLET: ANA, BEN_PHONE: BEN, MAX_PHONE: MAX}
ROLES = {ANA: Role.WORKER, BEN: Role.WORKER, MAX: Role.MANAGER}
NAMES = {ANA: "Ana", BEN: "Ben", MAX: "Max"}
OPEN_PROJECT = "11111111-1111-7111-8111-111111111111"
CLOSED_PROJECT = "22222222-2222-7222-8222-222222222222"
TASK = "33333333-3333-7333-8333-333333333333"
NOW = 1_772_500_000_000  # 3 March 2026


class Office:
    """The server's side of a test: one organisation, in memory."""

    def __init__(self) -> None:
        members = {person: Member(person, frozenset((role,))) for person, role in ROLES.items()}
        projects = {
            OPEN_PROJECT: ProjectState(is_closed=False, task_ids=frozenset((TASK,))),
            CLOSED_PROJECT: ProjectState(is_closed=True, task_ids=frozenset()),
        }
        self.working = WorkingSet(reference=Reference(members, NAMES, projects))
        for actor, person in OWNERS.items():
            self.working.devices[actor] = DeviceHead(
                actor, person, f"phone {actor[-1]}", "", False, 0, bytes(32)
            )

    def push(
        self,
        chain: Chain,
        items: Sequence[Mapping[str, JsonValue]] | None = None,
        *,
        schema: int = 1,
        now: int = NOW,
        is_signed: bool = True,
    ) -> list[dict[str, JsonValue]]:
        """Push ``items``, by default all of the chain, and return the answers."""
        device = self.working.devices.get(chain.actor)
        person = ANA if device is None else device.person_id
        sent = chain.items if items is None else items
        batch = PushedBatch(
            actor=chain.actor,
            person_id=person,
            roles=frozenset((str(ROLES[person]),)),
            schema=schema,
            items=sent,
            body_bytes=sum(len(str(item)) for item in sent),
            received_at=now,
        )
        checked = checked_batch(self.working, batch, is_signed=is_signed)
        results = ingest(self.working, checked)
        for changed, text in finish(self.working).items():
            self.working.entries[changed].before = text
        self.working.touched.clear()
        self.working.new_operations.clear()
        return answered(self.working, chain.actor, results)

    def entry(self, wire_id: str) -> EntryState:
        """Return the entry's state."""
        return self.working.entries[TimeEntryId(UUID(wire_id.removeprefix("te:")))]

    def row(self, wire_id: str) -> str:
        """Return the entry's row as a phone would pull it."""
        labels = {actor: device.label for actor, device in self.working.devices.items()}
        return content_text(self.entry(wire_id), self.working.reference.names, labels)


def new_entry(chain: Chain, name: str = "pump", end: str | None = "15:00") -> None:
    """Write a new entry from 07:00 on."""
    chain.write("new", name, {"time": interval("07:00", end), "alloc": allocation()})


def digest(office: Office, name: str = "pump") -> str:
    """Return the digest of the entry as the office has it."""
    value = digest_of(office.entry(entry_id(name)).cells)
    assert value is not None
    return value


def codes(answers: list[dict[str, Any]]) -> list[Any]:
    """Return what each answer says, in a word."""
    return [answer.get("code", answer["st"]) for answer in answers]
