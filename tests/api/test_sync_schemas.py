"""Phones of every age push: old schemas are read, new ones kept sealed until they are known."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from sqlmodel import select

from daywork.composition import read_learnt
from daywork.core import schema
from daywork.core.ids import Actor, OrganisationId, PersonId
from daywork.core.json_value import JsonValue
from daywork.core.schema import SHIPPED, Schemas, Upcaster
from daywork.security.sealing import Seal
from daywork.store.devices import Device
from daywork.store.operations import OperationRow
from support.chain import allocation, interval
from support.door import Door
from support.recorded_requests import FOLDER, recorded

SECRET = "the foreman's private word"


def renaming(number: int) -> Upcaster:
    """Return a step that appends its number to the note."""

    def upcast(_kind: str, values: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        return {
            group: f"{value} {number}" if group == "note" else value
            for group, value in values.items()
        }

    return upcast


def with_schemas(monkeypatch: pytest.MonkeyPatch, newest: int) -> None:
    """Let the server know schemas up to ``newest``."""
    steps = tuple(renaming(number) for number in range(2, newest + 1))
    monkeypatch.setattr(schema, "SHIPPED", Schemas(steps))


async def stored_texts(door: Door) -> str:
    """Return everything that the log keeps of operations, as one text."""
    rows = await door.database.read(
        lambda unit: [row.item + row.result for row in unit.session.scalars(select(OperationRow))]
    )
    return "\n".join(rows)


@pytest.mark.parametrize("number", range(1, 8))
async def test_f14_a_client_six_schemas_old_pushes_and_nothing_is_rejected(
    door: Door, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with_schemas(monkeypatch, 7)
    phone = await door.enrolled("Ana")
    phone.write("pump", note="as typed")
    phone.chain.write("edit", "pump", {"alloc": allocation()}, phone.chain.seen())

    answer = await phone.try_push(phone.chain.items, schema=number)

    assert [result["st"] for result in answer.json()["results"]] == ["applied", "applied"]
    (row,) = (await phone.rows()).values()
    lifted = "".join(f" {step}" for step in range(number + 1, 8))
    assert row["v"]["note"] == [f"as typed{lifted}"]
    # An edit under the next release reads the stored one again: no step is done twice.
    phone.chain.write("edit", "pump", {"time": interval("06:00", "15:00")}, phone.chain.seen())
    await phone.try_push(phone.chain.items[2:], schema=7)
    (row,) = (await phone.rows()).values()
    assert row["v"]["note"] == [f"as typed{lifted}"]


async def test_a_newer_schema_is_sealed_until_the_server_knows_it(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump", note=SECRET)
    phone.chain.write("edit", "pump", {"alloc": allocation()}, phone.chain.seen())

    held = (await phone.try_push(phone.chain.items, schema=2)).json()["results"]

    assert [result["code"] for result in held] == ["schema_unknown", "schema_unknown"]
    assert SECRET not in await stored_texts(door)
    assert await phone.rows() == {}

    with_schemas(monkeypatch, 2)
    await read_learnt(door.database, Seal(bytes(32)), door.moment.now)

    (row,) = (await phone.rows()).values()
    assert row["v"]["note"] == [SECRET]
    again = (await phone.try_push(phone.chain.items, schema=2)).json()["results"]
    assert [result["result"]["st"] for result in again] == ["applied", "applied"]
    # The chain went on meanwhile and still does.
    phone.write("other", "16:00", "17:00")
    later = (await phone.try_push(phone.chain.items[2:], schema=2)).json()["results"]
    assert [result["st"] for result in later] == ["applied"]


async def test_what_is_sealed_stays_sealed_while_nobody_knows_it(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump", note=SECRET)
    await phone.try_push(phone.chain.items, schema=9)

    await read_learnt(door.database, Seal(bytes(32)), door.moment.now)
    assert await door.office("sync release", device=phone.chain.actor) == {"released": 0}

    assert await phone.rows() == {}
    assert SECRET not in await stored_texts(door)


async def test_a_sealed_item_of_the_largest_size_is_kept_and_a_larger_one_is_too_large(
    door: Door,
) -> None:
    phone = await door.enrolled("Ana")
    phone.chain.write("new", "pump", {"note": "x" * 15_000})
    phone.chain.write("new", "shed", {"note": "x" * 17_000})

    results = (await phone.try_push(phone.chain.items, schema=2)).json()["results"]

    assert [result["code"] for result in results] == ["schema_unknown", "quota"]


@pytest.mark.parametrize("number", range(1, SHIPPED.newest + 1))
async def test_what_released_phones_sent_is_still_understood(door: Door, number: int) -> None:
    corpus = recorded(number)
    phone = await door.enrolled("Ana")
    device = Device(
        OrganisationId(UUID(door.organisation)),
        Actor(corpus["actor"]),
        PersonId(UUID(phone.person_id)),
        corpus["public_key"],
        "an old phone",
        "android",
    )
    now = door.moment.now
    await door.database.write(lambda unit: unit.devices.add(device, algorithm="ES256", now=now))

    hello = await phone.ask("POST", "/v1/sync/hello", corpus["hello"])
    answers = [await phone.ask("POST", "/v1/sync/push", body) for body in corpus["pushes"]]

    assert hello.json()["actors"][0]["match"] is True
    results = [result for answer in answers for result in answer.json()["results"]]
    told = [" ".join(filter(None, (one["st"], one.get("code")))) for one in results]
    assert told == corpus["expected"]
    again = [await phone.ask("POST", "/v1/sync/push", body) for body in corpus["pushes"]]
    assert {one["st"] for answer in again for one in answer.json()["results"]} == {"duplicate"}


def test_every_shipped_schema_has_its_corpus() -> None:
    assert sorted(file.name for file in FOLDER.glob("*.json")) == [
        f"schema_{number}.json" for number in range(1, SHIPPED.newest + 1)
    ]
