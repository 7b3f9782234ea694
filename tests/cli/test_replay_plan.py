"""Who writes what: the same file makes the same operations, and nobody approves themselves."""

from uuid import UUID

from daywork.cli.replay_plan import (
    STAND_IN,
    Names,
    Plan,
    approval_draft,
    entry_draft,
    person_key,
    planned,
)
from daywork.core.json_value import JsonValue
from daywork.core.time_record import TimeRecord
from daywork.core.time_record_preset import Preset, read_records
from support.records import generated_records

ONE = UUID("0195a7e2-0000-7000-8000-000000000001")
OTHER = UUID("0195a7e2-0000-7000-8000-000000000002")
HEADER = "work_date,record,employee,approver,project,project_part,service,service_detail,hours,note"


def records(*rows: str) -> list[TimeRecord]:
    return list(read_records("\n".join([HEADER, *rows]), Preset.DAYWORK, "Europe/London").records)


def names_of(plan: Plan) -> Names:
    projects = {entry.record.project for entry in plan.entries if entry.record.project}
    tasks = {
        (entry.record.project, entry.record.task)
        for entry in plan.entries
        if entry.record.project and entry.record.task
    }
    return Names(
        people={person: UUID(int=1) for person in [*plan.employees, *plan.approvers]},
        projects={project: UUID(int=2) for project in projects},
        tasks={task: UUID(int=3) for task in tasks},
    )


def test_nobody_approves_their_own_time_and_both_reasons_are_counted() -> None:
    plan = planned(
        ONE,
        records(
            "2024-03-01,1-1,7,NA,P,A,,,1,",
            "2024-03-01,2-1,7,7,P,A,,,1,",
            "2024-03-01,3-1,7,8,P,A,,,1,",
        ),
    )

    assert [entry.approver for entry in plan.entries] == [STAND_IN, STAND_IN, "8"]
    assert (plan.without_approver, plan.approved_by_self) == (1, 1)
    assert plan.approvers == [STAND_IN, "8"]


def test_the_same_record_makes_the_same_operation_and_salt() -> None:
    file = records("2024-03-01,1-1,7,NA,P,A,,,1,a note")
    plan, again = planned(ONE, file), planned(ONE, file)

    assert entry_draft(plan, plan.entries[0], names_of(plan)) == entry_draft(
        again, again.entries[0], names_of(again)
    )


def test_another_organisation_has_other_ids_and_salts() -> None:
    file = records("2024-03-01,1-1,7,NA,P,A,,,1,a note")
    plan, other = planned(ONE, file), planned(OTHER, file)
    mine = entry_draft(plan, plan.entries[0], names_of(plan))
    theirs = entry_draft(other, other.entries[0], names_of(other))

    assert mine.id != theirs.id
    assert mine.entry_id != theirs.entry_id
    assert all(mine.salts[group] != theirs.salts[group] for group in mine.salts)


def test_a_corrected_record_keeps_its_ids() -> None:
    before = planned(ONE, records("2024-03-01,1-1,7,NA,P,A,,,1,")).entries[0]
    after = planned(ONE, records("2024-03-02,1-1,7,NA,P,A,,,2,")).entries[0]

    assert (before.entry_id, before.operation_id) == (after.entry_id, after.operation_id)


def test_every_id_and_salt_of_a_file_is_its_own() -> None:
    file = read_records(generated_records(3, 300).text, Preset.DAYWORK, "Europe/London").records
    plan = planned(ONE, file)
    drafts = [entry_draft(plan, entry, names_of(plan)) for entry in plan.entries]
    ids = {
        *(entry.entry_id for entry in plan.entries),
        *(entry.operation_id for entry in plan.entries),
        *(entry.approval_id for entry in plan.entries),
    }
    salts = [salt for draft in drafts for salt in draft.salts.values()]

    assert len(ids) == 900
    assert len(set(salts)) == len(salts)


def test_weeks_begin_on_monday_and_come_in_order() -> None:
    plan = planned(
        ONE,
        records(
            "2024-03-11,3-1,7,NA,,,,,1,",
            "2024-03-10,1-1,7,NA,,,,,1,",
            "2024-03-04,2-1,7,NA,,,,,1,",
            "2024-03-04,4-1,8,NA,,,,,1,",
        ),
    )

    assert [[entry.record.key for entry in week] for week in plan.weeks_of("7")] == [
        ["1-1", "2-1"],
        ["3-1"],
    ]


def test_work_without_a_project_says_so_and_an_empty_note_is_not_written() -> None:
    plan = planned(ONE, records("2024-03-01,1-1,7,NA,,,,,1,"))

    values = entry_draft(plan, plan.entries[0], names_of(plan)).values

    assert values["alloc"] == {"project": None, "task": None, "billable": False, "kind": "work"}
    assert "note" not in values


def test_an_approval_is_bound_to_what_was_pulled() -> None:
    plan = planned(ONE, records("2024-03-01,1-1,7,8,,,,,1,"))
    context: dict[str, JsonValue] = {"k3v9q2xd7m": [1, "VrjyK6"]}

    draft = approval_draft(plan.entries[0], context, "sha256:x")

    assert (draft.kind, draft.context, draft.digest) == ("approve", context, "sha256:x")
    assert draft.values == {}


def test_an_address_tells_people_apart_before_their_name_does() -> None:
    assert person_key("Ana", None) == "Ana"
    assert person_key("Ana", "Ana@Example.com") == "ana@example.com"


def test_somebody_who_is_named_like_the_stand_in_does_not_approve_themselves() -> None:
    plan = planned(ONE, records(f"2024-03-01,1-1,{STAND_IN},NA,P,A,,,1,"))

    assert plan.entries[0].approver == plan.stand_in
    assert plan.stand_in != plan.entries[0].employee
