"""The office makes what a file names, and asks when it cannot know."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from daywork.cli.replay_office import (
    CHECKER,
    company_for,
    inviter,
    names_for,
    people_of,
    projects_of,
)
from daywork.cli.replay_plan import STAND_IN, Plan, planned
from daywork.core.errors import NameAmbiguous
from daywork.core.time_record_preset import Preset, read_records

TEXT = """work_date,record,employee,approver,project,project_part,service,service_detail,hours,note
2024-03-01,1-1,7,8,P,A,,,1,
2024-03-01,2-1,8,NA,P,B,,,1,
2024-03-01,3-1,7,7,Q,,,,1,
2024-03-01,4-1,7,9,,,,,1,
"""


@pytest.fixture
def plan() -> Plan:
    return planned(UUID(int=5), read_records(TEXT, Preset.DAYWORK, "Europe/London").records)


class Office:
    """Answers as the office's commands do, and notes what it was asked."""

    def __init__(self, *known: str) -> None:
        self.organisations = [
            {"id": str(UUID(int=number)), "name": name, "time_zone": "Europe/Berlin"}
            for number, name in enumerate(known, start=1)
        ]
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    async def ask(self, command: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((command, facts))
        match command:
            case "org list":
                return {"organisations": self.organisations}
            case "org create":
                return {"id": str(UUID(int=77))}
            case "invite":
                return {"invite": "SECRET"}
        return {
            "people": [{"key": one["name"], "id": str(UUID(int=9))} for one in facts["people"]],
            "projects": [{"name": name, "id": str(UUID(int=10))} for name in facts["projects"]],
            "tasks": [
                {"project": name, "name": task, "id": str(UUID(int=11))}
                for name, tasks in facts["projects"].items()
                for task in tasks
            ],
        }


def test_workers_and_approvers_have_the_roles_of_what_they_do(plan: Plan) -> None:
    roles = {one["name"]: one["roles"] for one in people_of(plan, with_approval=True)}

    assert roles == {
        "7": ["manager", "worker"],
        "8": ["manager", "worker"],
        "9": ["manager"],
        STAND_IN: ["manager"],
        CHECKER: ["auditor"],
    }


def test_an_import_makes_no_extra_people(plan: Plan) -> None:
    assert {one["name"] for one in people_of(plan, with_approval=False)} == {"7", "8", "9"}


def test_projects_have_their_parts_as_tasks(plan: Plan) -> None:
    assert projects_of(plan) == {"P": ["A", "B"], "Q": []}


async def test_the_words_of_the_file_get_their_ids(plan: Plan) -> None:
    names = await names_for(Office().ask, plan, with_approval=True)

    assert set(names.people) == {"7", "8", "9", STAND_IN, CHECKER}
    assert names.tasks == {("P", "A"): UUID(int=11), ("P", "B"): UUID(int=11)}


@pytest.mark.parametrize(
    ("known", "asked_for", "expected"),
    [
        (("Fennick",), None, UUID(int=1)),
        (("Fennick", "Other"), "Other", UUID(int=2)),
        (("Fennick", "Other"), str(UUID(int=2)), UUID(int=2)),
        ((), None, UUID(int=77)),
        (("Fennick",), "New", UUID(int=77)),
    ],
)
async def test_the_organisation_is_found_or_made(
    known: tuple[str, ...], asked_for: str | None, expected: UUID
) -> None:
    company = await company_for(Office(*known).ask, asked_for, "records", None)

    assert company.id == expected


async def test_a_new_organisation_is_named_after_the_file_and_has_the_zone_that_was_said() -> None:
    company = await company_for(Office().ask, None, "records", "America/Lima")

    assert (company.name, company.time_zone) == ("records", "America/Lima")


async def test_of_several_organisations_one_must_be_named() -> None:
    with pytest.raises(NameAmbiguous, match="--organisation"):
        await company_for(Office("One", "Two").ask, None, "records", None)


async def test_an_invite_is_for_one_person() -> None:
    office = Office()

    assert await inviter(office.ask, UUID(int=5))(UUID(int=6)) == "SECRET"
    assert office.asked[-1][1] == {
        "organisation": str(UUID(int=5)),
        "person_id": str(UUID(int=6)),
    }
