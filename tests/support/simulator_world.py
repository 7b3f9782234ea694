"""A story of the simulator: what people and faults do to phones and the real server.

Everything is drawn from one seed: the same seed plays the same story. At its end all
that was cut off is joined again, nobody writes any more, and the rules are checked.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from daywork.core.hash_chain import encode_base64url
from daywork.core.ids import Actor
from daywork.core.instant import instant_text
from support.chain import allocation, entry_id
from support.crew import Key
from support.door import enrolment
from support.simulator_copies import Copy
from support.simulator_exchange import Enrolled, Exchange
from support.simulator_network import Network, Request
from support.simulator_phone import Form, Phone, Truth, Written, WrittenDown, shown_digest
from support.simulator_server import Answer, SimulatedServer

PEOPLE: Mapping[str, str] = {"Ana": "worker", "Ben": "worker", "Max": "manager"}
PHONES = ("Ana", "Ana", "Ben", "Max")
# Mostly the same one: what meets in one entry is what may go wrong.
ENTRIES: Mapping[str, tuple[str, ...]] = {
    "Ana": ("roof", "roof", "roof", "shed"),
    "Ben": ("pump",),
    "Max": (),
}
STEPS_MIN, STEPS_MAX = 8, 45
PHONES_MAX = 7
GIVE_UP_SECONDS = 6 * 86_400
CLOCK_JUMP_SECONDS_MAX = 10 * 365 * 86_400
ROUNDS_MAX = 12
DAY = datetime.fromisoformat("2026-03-02T05:00:00Z")

EVENTS = (
    *("write", "sync", "open form", "decide", "copy", "set back", "clone", "reinstall"),
    *("wait", "clock jump", "cut off", "forge"),
)
# An ordinary week, a storm of restores and clones, a hard month of new phones.
WEATHER = (
    (30, 32, 6, 16, 5, 3, 3, 2, 1, 3, 4, 2),
    (26, 32, 4, 8, 7, 9, 9, 1, 3, 1, 2, 1),
    (26, 32, 4, 10, 5, 7, 1, 7, 8, 1, 2, 1),
)
CALM = (40, 35, 6, 19, 0, 0, 0, 0, 0, 0, 0, 0)
# Nothing but lines that carry one way only, again and again.
PARTITIONED = (30, 35, 6, 14, 0, 0, 0, 0, 0, 0, 30, 0)


@dataclass(frozen=True, slots=True)
class Beginning:
    """The database with which each story begins, and the phones that are enrolled in it."""

    copy: Copy
    phones: tuple[Phone, ...]
    projects: tuple[str, ...]
    people: Mapping[str, str]  # name: id


class World:
    """The phones, the server, and the truth about who has seen what."""

    def __init__(self, server: SimulatedServer, beginning: Beginning, seed: int) -> None:
        self.server = server
        self.seed = seed
        self.chance = random.Random(seed)
        self.people = beginning.people
        self.projects = beginning.projects
        self.truth: Truth = {}
        self.log: dict[tuple[str, int], Written] = {}
        self.signed: dict[tuple[str, int, str], Written] = {}
        self.owners = {phone.actor: phone.person for phone in beginning.phones}
        self.approvals: dict[str, Mapping[str, Any]] = {}
        self.phones = [phone.clone() for phone in beginning.phones]
        for place, phone in enumerate(self.phones):
            phone.name = f"{phone.person} {place}"
            phone.signed = self.signed
        self.copies: list[tuple[Copy, dict[tuple[str, int], Written]]] = []
        self.counts: dict[str, int] = {}
        self.rounds = 0
        self.weather: Sequence[int] | None = None  # how often each event happens, if not by chance
        self.has_skew = True
        self.network = Network(server, self.chance, self._heard)
        self.exchange = Exchange(
            self.network, self.chance, self.truth, self.log, self._branch, self._new_key
        )
        self._numbers = iter(range(1, 10**6))

    async def play(self, *, has_faults: bool = True) -> None:
        """Play the story, then let everything heal."""
        weights = self.weather or (self.chance.choice(WEATHER) if has_faults else CALM)
        self.network.is_healthy = not has_faults
        self.exchange.page_rows = self.chance.choice((1, 2, 500))
        for _ in range(self.chance.randint(STEPS_MIN, STEPS_MAX)):
            self.server.pass_time(self.chance.randrange(1, 900))
            await self.network.deliver_late()
            what = self.chance.choices(EVENTS, weights)[0]
            await getattr(self, "_" + what.replace(" ", "_"))(self.chance.choice(self.phones))
        await self.heal()

    async def tell(self, steps: Sequence[str]) -> None:
        """Play a story that is written down, on a network without faults, and heal.

        A step is words: what happens, to which phone (its place), in which group.
        """
        self.network.is_healthy = True
        for step in steps:
            self.server.pass_time(60)
            what, *given = step.split(" ")
            phone = self.phones[int(given[0]) if given else 0]
            group = given[1] if len(given) > 1 else "time"
            if what == "write":
                shown = min(phone.rows, default=entry_id(ENTRIES["Ana"][0]))
                self.write_into(phone, phone.open_form(shown), group)
            elif what == "delay_push":
                self.network.delay(phone.cookie, self.exchange.next_push(phone))
            elif what == "arrive":
                await self.network.deliver_late(everything=True)
            else:
                await getattr(self, f"_{what}")(phone)
        await self.heal()

    async def heal(self) -> None:
        """Join what was cut off; nobody writes; sync until nothing moves."""
        self.network.is_healthy = True
        await self.network.deliver_late(everything=True)
        await self._settle()
        if await self._has_waiting():
            # What was lost with a phone never comes: the server has to give it up.
            self.server.pass_time(GIVE_UP_SECONDS)
            await self._remind()
            await self._settle()

    async def _settle(self) -> None:
        for _ in range(ROUNDS_MAX):
            self.rounds += 1
            moved = [await self.exchange.sync(phone) for phone in self.phones]
            if not any(moved):
                return
        message = f"no_stuck_queue: something still moves after {ROUNDS_MAX} healthy rounds"
        raise AssertionError(message)

    async def _has_waiting(self) -> bool:
        query = (
            "SELECT 1 FROM operation WHERE organisation_id = {organisation}"
            " AND held_code = 'causal_gap' LIMIT 1"
        )
        return bool(await self.server.copies.rows(query))

    async def _remind(self) -> None:
        """Let Ana write into an entry of its own: a push makes the server look again."""
        phone = next(phone for phone in self.phones if phone.person == "Ana")
        self.write_into(phone, phone.open_form(entry_id("reminder")))

    async def _write(self, phone: Phone) -> None:
        names = ENTRIES[phone.person]
        entries = [entry_id(name) for name in names] if names else sorted(phone.rows)
        if not entries:
            return
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            entry = self.chance.choice(entries)
            form = phone.form
            if form is None or form.entry != entry or self.chance.randrange(3):
                form = phone.open_form(entry)
            self.write_into(phone, form)

    def write_into(self, phone: Phone, form: Form, only: str | None = None) -> None:
        """Write into what the form shows: ``only`` one group, or some drawn ones."""
        is_own = phone.person != "Max"
        is_new = is_own and form.row is None and all(w.entry != form.entry for w in phone.archive)
        number = next(self._numbers)
        if is_new:
            kind, groups = "new", ["time", "alloc"]
        elif only is not None:
            kind, groups = "edit", [only]
        elif self.chance.randrange(12) == 0:
            kind, groups = self.chance.choice(("delete", "restore")), ["life"]
        else:
            flags = () if form.row is None else form.row["flags"]
            kind = "resolve" if any(flag.startswith("conflict") for flag in flags) else "edit"
            groups = self.chance.sample(["time", "alloc", "note"], self.chance.choice((1, 1, 2)))
        values = {group: self._value(group, number, kind) for group in groups}
        phone.write(form, kind, values, self._more(phone), self.truth)
        self._count("writes")

    async def _decide(self, phone: Phone) -> None:
        """Somebody looks at an entry, refreshed or as the form still shows it, and decides."""
        await self.exchange.sync(phone)
        if not phone.rows:
            return
        form = phone.form
        if form is None or form.row is None or self.chance.randrange(2):
            form = phone.open_form(self.chance.choice(sorted(phone.rows)))
        row = form.row
        assert row is not None, "a form is opened on a row that is shown"
        if not row["v"].get("time") or any(f.startswith("conflict") for f in row["flags"]):
            return
        digest = shown_digest(row)
        if phone.person == "Max":
            kind = self.chance.choice(("approve", "approve", "approve", "reject", "revoke"))
        else:
            kind = self.chance.choice(("submit", "submit", "recall"))
        if kind == "revoke":
            if row["approved"] is None:
                return
            digest = row["approved"]["dg"]
        values = {"reason": "no"} if kind == "reject" else {}
        more = self._more(phone, digest)
        phone.write(form, kind, values, more, self.truth)
        if kind == "approve":
            groups = ("time", "alloc", "life")
            self.approvals[more.id] = {g: row["v"][g][0] for g in groups if g in row["v"]}
        self._count("decisions")

    async def _sync(self, phone: Phone) -> None:
        await self.exchange.sync(phone)

    async def _open_form(self, phone: Phone) -> None:
        if phone.rows:
            phone.open_form(self.chance.choice(sorted(phone.rows)))

    async def _copy(self, _phone: Phone) -> None:
        self.copies.append((await self.server.copy(), dict(self.log)))

    async def _set_back(self, _phone: Phone) -> None:
        if self.copies:
            copy, log = self.chance.choice(self.copies)
            await self.server.set_back(copy)
            self.log.clear()
            self.log.update(log)
            self._count("restores")

    async def _clone(self, phone: Phone) -> None:
        if len(self.phones) < PHONES_MAX:
            self.phones.append(phone.clone())
            self._count("clones")

    async def _reinstall(self, phone: Phone) -> None:
        """The phone loses all it had, and becomes a new device."""
        given = await self._enrol(phone.person, self._new_key())
        fresh = Phone(phone.name + "+", phone.person, given.actor, given.key, given.cookie, {})
        fresh.signed = self.signed
        self.phones[self.phones.index(phone)] = fresh
        self._count("reinstalls")

    async def _wait(self, _phone: Phone) -> None:
        self.server.pass_time(GIVE_UP_SECONDS)
        self._count("long waits")

    async def _clock_jump(self, phone: Phone) -> None:
        skew = self.chance.randrange(-CLOCK_JUMP_SECONDS_MAX, CLOCK_JUMP_SECONDS_MAX)
        phone.clock_skew_seconds = skew if self.has_skew else 0
        self._count("clock jumps")

    async def _cut_off(self, phone: Phone) -> None:
        way = self.chance.choice((self.network.cut_in, self.network.cut_out))
        way[phone.name] = self.network.seconds + self.chance.randrange(3_600)
        self._count("partitions")

    async def _forge(self, phone: Phone) -> None:
        """Somebody pushes under another person's name: nothing of it is taken (I22)."""
        other = self.chance.choice([one for one in self.phones if one.person != phone.person])
        if not other.chains[other.actor]:
            return
        body = other.batch(other.chains[other.actor])
        answer = await self.server.ask("POST", "/v1/sync/push", body, phone.cookie)
        assert answer.code in {"not_your_device", "auth_expired"}, "author binding"
        self._count("forgeries")

    def _heard(self, request: Request, answer: Answer) -> None:
        if request.path == "/v1/sync/push" and answer.status == 200:
            for item in request.body["ops"]:
                dot = (request.body["actor"], item["q"])
                self.log.setdefault(dot, self.signed[(*dot, item["h"])])

    async def _branch(self, phone: Phone, forked: Actor, shared: int, key: Key) -> Enrolled:
        """Get a fresh name for a branch; from the office if the server has lost the device."""
        body = {
            "branch_of": forked,
            "match_at": shared or None,
            "alg": "ES256",
            "public_key": key.jwk,
            "proof": key.signed(f"daywork-branch-v1\n{forked}".encode()),
        }
        answer = await self.server.ask("POST", "/v1/devices/branch", body, phone.cookie)
        if answer.status == 201:
            actor = Actor(answer.body["actor"])
            self.owners[actor] = phone.person
            self._count("branches")
            return Enrolled(actor, key, answer.cookie or phone.cookie)
        assert answer.code in {"auth_expired", "not_your_device"}, answer.body
        return await self._enrol(phone.person, key)

    async def _enrol(self, person: str, key: Key) -> Enrolled:
        given = await enrolled(self.server, self.people[person], person, key)
        self.owners[given.actor] = person
        return given

    def _new_key(self) -> Key:
        return Key()

    def _more(self, phone: Phone, digest: str | None = None) -> WrittenDown:
        written_at = int(self.network.seconds) + phone.clock_skew_seconds
        return WrittenDown(
            id=str(UUID(int=self.chance.getrandbits(128), version=4)),
            salt=encode_base64url(self.chance.randbytes(16)),
            written_at=instant_text(written_at),
            digest=digest,
        )

    def _value(self, group: str, number: int, kind: str) -> Any:
        """Return a value that no other operation has, where the group allows one."""
        start = int(DAY.timestamp())
        if group == "time":
            return {
                "start": instant_text(start + number),
                "end": instant_text(start + 4 * 3_600 + 61 * number),
                "brk": [],
                "tz": "Europe/Berlin",
                "src": "manual",
                "elapsed": None,
            }
        if group == "alloc":
            return allocation(self.chance.choice((None, *self.projects)))
        if group == "life":
            is_deleted = kind == "delete"
            return {"deleted": is_deleted, "reason": f"r{number}" if is_deleted else None}
        return f"note {number}"

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


async def enrolled(server: SimulatedServer, person_id: str, name: str, key: Key) -> Enrolled:
    """Let the office invite somebody, and make a phone their device."""
    invite = await server.office(
        "invite",
        person=name,
        person_id=person_id,
        role=PEOPLE[name],
        organisation=str(server.copies.organisation),
    )
    answer = await server.ask("POST", "/v1/devices", enrolment(invite["invite"], key))
    assert answer.status == 201, answer.body
    assert answer.cookie is not None
    return Enrolled(Actor(answer.body["actor"]), key, answer.cookie)


async def begin(server: SimulatedServer, owners: Sequence[str] = PHONES) -> Beginning:
    """Found the company and a phone for each of ``owners``, and copy the database."""
    organisation = str(server.copies.organisation)
    projects = [
        (await server.office("project add", name=name, organisation=organisation))["id"]
        for name in ("Roof", "Shed")
    ]
    people: dict[str, str] = {}
    for name, role in PEOPLE.items():
        invite = await server.office("invite", person=name, role=role, organisation=organisation)
        answer = await server.ask("POST", "/v1/devices", enrolment(invite["invite"], Key()))
        people[name] = answer.body["person"]["id"]
    phones = []
    for name in owners:
        given = await enrolled(server, people[name], name, Key())
        phones.append(Phone(name, name, given.actor, given.key, given.cookie, {}))
    return Beginning(await server.copy(), tuple(phones), tuple(projects), people)
