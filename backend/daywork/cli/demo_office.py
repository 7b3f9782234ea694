"""The office of the demo: the company, its people and jobs, the ledger's names and rates."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from daywork.cli import demo_crew
from daywork.cli.demo_week import Week
from daywork.cli.replay_archive import open_archive
from daywork.cli.replay_office import Ask
from daywork.cli.replay_phone import Phone
from daywork.cli.replay_transport import Transport

Invite = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Founded:
    """The company before its first week."""

    organisation_id: UUID
    projects: Mapping[str, UUID]
    tasks: Mapping[tuple[str, str], UUID]


async def found(ask: Ask, monday: date) -> Founded:
    """Make the company with everything that the week needs; rates hold from ``monday``."""
    facts = {
        "name": demo_crew.COMPANY,
        "time_zone": demo_crew.TIME_ZONE,
        "currency": demo_crew.CURRENCY,
        "practice": True,
    }
    organisation_id = (await ask("org create", facts))["id"]
    people = [{"name": name, "roles": ["worker"]} for name in demo_crew.WORKERS]
    people += [
        {"name": demo_crew.MANAGER, "roles": ["manager"]},
        {"name": demo_crew.OFFICE, "roles": ["office"]},
    ]
    made = await ask(
        "records names",
        {
            "organisation": organisation_id,
            "people": people,
            "projects": {name: list(tasks) for name, tasks in demo_crew.PROJECTS.items()},
        },
    )
    projects = {one["name"]: UUID(one["id"]) for one in made["projects"]}
    late = await ask("project add", {"name": demo_crew.UNMAPPED})
    await _set_rates(ask, "pay", demo_crew.LABOUR_RATES, monday)
    await _set_rates(ask, "billing", demo_crew.BILLING_RATES, monday)
    return Founded(
        organisation_id=UUID(organisation_id),
        projects={**projects, demo_crew.UNMAPPED: UUID(late["id"])},
        tasks={(one["project"], one["name"]): UUID(one["id"]) for one in made["tasks"]},
    )


async def equip(ask: Ask, founded: Founded, monday: date, folder: Path, lines: Transport) -> Week:
    """Give everybody a phone, and a tablet to the one who uses two devices."""

    async def enrolled(person: str, label: str) -> Phone:
        phone = Phone(open_archive(folder / f"{person}, {label}"), lines, label)
        await phone.enrol((await ask("invite", {"person": person}))["invite"])
        return phone

    people = (*demo_crew.WORKERS, demo_crew.MANAGER, demo_crew.OFFICE)
    phones = {name: await enrolled(name, "Pixel 7") for name in people}
    owner = demo_crew.CONFLICT_OWNER
    return Week(
        organisation_id=founded.organisation_id,
        monday=monday,
        phones=phones,
        tablet=await enrolled(owner, "Galaxy Tab"),
        projects=founded.projects,
        tasks=founded.tasks,
    )


async def sign_in_links(ask: Ask) -> Mapping[str, tuple[str, str]]:
    """Return a person and a fresh link for each of the three roles to look around in."""
    people = {
        "worker": demo_crew.CONFLICT_OWNER,
        "manager": demo_crew.MANAGER,
        "office": demo_crew.OFFICE,
    }
    return {role: (name, await _link(ask, name)) for role, name in people.items()}


async def _link(ask: Ask, person: str) -> str:
    answer: dict[str, Any] = await ask("invite", {"person": person})
    return str(answer["url"])


async def _set_rates(ask: Ask, kind: str, rates: Mapping[str, str], day: date) -> None:
    for name, per_hour in rates.items():
        facts = {"kind": kind, "id": name, "per_hour": per_hour, "from": day.isoformat()}
        await ask("rates set", facts)
