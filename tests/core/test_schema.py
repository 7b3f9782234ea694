"""What phones of every age wrote is read through all schemas that lie between."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.core.ids import Actor, OperationId, TimeEntryId
from daywork.core.json_value import JsonValue
from daywork.core.operation import Operation
from daywork.core.schema import SHIPPED, Schemas, Upcaster
from support.strategies import law

TEXTS = st.text(max_size=5)
VALUES = st.dictionaries(st.sampled_from(["note", "alloc", "time"]), TEXTS)


def adding(number: int) -> Upcaster:
    """Return a step that leaves a trace of itself in each group, and of its order."""

    def upcast(kind: str, values: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        return {group: f"{value}>{kind}{number}" for group, value in values.items()}

    return upcast


SIX = Schemas(tuple(adding(number) for number in range(1, 7)))


@law
@given(VALUES, st.integers(1, 7), st.integers(1, 7), st.integers(1, 7))
def test_i18_upcast_in_one_go_is_upcast_step_by_step(
    values: dict[str, str], one: int, two: int, three: int
) -> None:
    since, between, until = sorted((one, two, three))

    step = SIX.lifted("edit", values, since, between)

    assert SIX.lifted("edit", values, since, until) == SIX.lifted("edit", step, between, until)
    assert SIX.lifted("edit", values, since, since) == values


@pytest.mark.parametrize("number", range(1, 8))
def test_an_operation_of_any_age_is_read_as_todays(number: int) -> None:
    operation = Operation(
        Actor("aaaaaaaaaa"),
        1,
        OperationId(UUID(int=1)),
        TimeEntryId(UUID(int=2)),
        "edit",
        {},
        {"note": "x"},
        {"note": b"leaf"},
        None,
        "2026-03-02T07:00:00Z",
    )

    current = SIX.current(operation, number)

    trace = "".join(f">edit{step}" for step in range(number, 7))
    assert current.values == {"note": f"x{trace}"}
    assert current.leaves == operation.leaves, "what was signed stays what it was"


def test_a_schema_is_known_up_to_the_newest() -> None:
    assert [SIX.knows(number) for number in (0, 1, 7, 8)] == [False, True, True, False]
    assert SHIPPED.newest == len(SHIPPED.upcasters) + 1
    assert SHIPPED.knows(1)
