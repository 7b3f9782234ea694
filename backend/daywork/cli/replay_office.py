"""What a replay needs of the office before any phone can enrol.

All of it goes through the office's own commands, so it works whether a server is
running on the home or not, on SQLite and on PostgreSQL.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from daywork.cli.replay_plan import Names, Plan, person_key
from daywork.core.errors import NameAmbiguous

CHECKER: Final = "Replay check"
DEFAULT_TIME_ZONE: Final = "Europe/London"
DEFAULT_CURRENCY: Final = "EUR"

Ask = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Company:
    """The organisation that the records belong to."""

    id: UUID
    name: str
    time_zone: str


async def company_for(
    ask: Ask, name: str | None, fallback_name: str, time_zone: str | None
) -> Company:
    """Return the organisation of this name, or the only one there is; make it if need be.

    ``fallback_name`` is for a new one when no name was given.
    Raises: NameAmbiguous if there are several and none was named.
    """
    known = (await ask("org list", {}))["organisations"]
    if name is None and len(known) > 1:
        message = "There are several organisations; say which with --organisation."
        raise NameAmbiguous(message, [one["id"] for one in known])
    fitting = [one for one in known if name is None or name in (one["name"], one["id"])]
    found = fitting[0] if fitting else None
    if found is None:
        facts = {
            "name": name or fallback_name,
            "time_zone": time_zone or DEFAULT_TIME_ZONE,
            "currency": DEFAULT_CURRENCY,
        }
        found = {**facts, **await ask("org create", facts)}
    return Company(UUID(found["id"]), found["name"], found["time_zone"])


async def names_for(ask: Ask, plan: Plan, *, with_approval: bool) -> Names:
    """Return the ids of everybody and everything in the plan, made where missing.

    With approvals there are two extra people: who stands in for missing approvers,
    and who may read the postings but decide nothing.
    """
    answer = await ask(
        "records names",
        {
            "organisation": str(plan.organisation_id),
            "people": people_of(plan, with_approval=with_approval),
            "projects": projects_of(plan),
        },
    )
    return Names(
        people={one["key"]: UUID(one["id"]) for one in answer["people"]},
        projects={one["name"]: UUID(one["id"]) for one in answer["projects"]},
        tasks={(one["project"], one["name"]): UUID(one["id"]) for one in answer["tasks"]},
    )


def people_of(plan: Plan, *, with_approval: bool) -> list[dict[str, Any]]:
    """Return name, address and roles of everybody, approvers being managers."""
    roles: dict[str, set[str]] = {}
    words: dict[str, tuple[str, str | None]] = {}
    for entry in plan.entries:
        record = entry.record
        words[entry.employee] = (record.employee, record.email)
        roles.setdefault(entry.employee, set()).add("worker")
    approvers = {
        entry.record.approver: (entry.record.approver, None)
        for entry in plan.entries
        if entry.record.approver is not None
    }
    extra = {plan.stand_in: "manager", CHECKER: "auditor"} if with_approval else {}
    for key, (name, email) in approvers.items():
        words.setdefault(person_key(name, email), (name, email))
        roles.setdefault(key, set()).add("manager")
    for name, role in extra.items():
        words[name] = (name, None)
        roles[name] = {role}
    return [
        {"name": name, "email": email, "roles": sorted(roles[key])}
        for key, (name, email) in words.items()
    ]


def projects_of(plan: Plan) -> dict[str, list[str]]:
    """Return the tasks of every project, in the order of the file."""
    projects: dict[str, dict[str, None]] = {}
    for entry in plan.entries:
        if entry.record.project is not None:
            tasks = projects.setdefault(entry.record.project, {})
            if entry.record.task is not None:
                tasks.setdefault(entry.record.task)
    return {name: list(tasks) for name, tasks in projects.items()}


def inviter(ask: Ask, organisation_id: UUID) -> Callable[[UUID], Awaitable[str]]:
    """Return what makes an invite for a person's next device."""

    async def invite(person_id: UUID) -> str:
        facts = {"organisation": str(organisation_id), "person_id": str(person_id)}
        secret: str = (await ask("invite", facts))["invite"]
        return secret

    return invite
