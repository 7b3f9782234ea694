"""Phone and server compare where they stand, before anything is sent."""

from typing import Any

from support.door import Door, DoorPhone, refused


def greeting(*heads: tuple[str, int, object], **changes: Any) -> dict[str, Any]:
    """Return a hello of ``heads`` (actor, number, hash)."""
    actors = [{"a": actor, "q": number, "h": text} for actor, number, text in heads]
    return {"proto": [1, 1], "schema": 1, "actors": actors} | changes


async def greeted(phone: DoorPhone, *heads: tuple[str, int, object]) -> list[dict[str, Any]]:
    """Return what the server says of each head."""
    answer = await phone.ask("POST", "/v1/sync/hello", greeting(*heads))
    assert answer.status_code == 200, answer.text
    actors: list[dict[str, Any]] = answer.json()["actors"]
    return actors


async def test_histories_are_compared_at_the_phones_number(door: Door) -> None:
    phone, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    for number in range(3):
        phone.write(f"entry {number}", f"{number + 7:02}:00", f"{number + 7:02}:30")
    await phone.push()
    actor = phone.chain.actor
    first, _, last = (item["h"] for item in phone.chain.items)

    same, shorter, ahead, nothing, differs, others, unknown = await greeted(
        phone,
        (actor, 3, last),
        (actor, 1, first),
        (actor, 9, first),
        (actor, 0, None),
        (actor, 3, first),
        (eve.chain.actor, 0, None),
        ("zzzzzzzzzz", 5, first),
    )

    assert same == {"a": actor, "q": 3, "h": last, "match": True, "retired": False}
    assert [one["match"] for one in (shorter, ahead, nothing, differs)] == [True, None, True, False]
    assert {one["h"] for one in (shorter, ahead, nothing, differs)} == {last}
    assert others == {
        "a": eve.chain.actor,
        "q": 0,
        "h": None,
        "match": False,
        "known": False,
    }
    assert unknown == others | {"a": "zzzzzzzzzz"}


async def test_the_answer_names_limits_and_grammar(door: Door) -> None:
    phone = await door.enrolled("Ana")

    said = (await phone.ask("POST", "/v1/sync/hello", greeting())).json()

    assert said["proto"] == 1
    assert said["limits"] == {"ops": 200, "bytes": 262_144, "op_bytes": 16_384, "rows": 500}
    assert said["now"] == "2026-03-03T12:00:00Z"


async def test_a_grammar_of_later_is_refused_with_the_one_spoken_here(door: Door) -> None:
    phone = await door.enrolled("Ana")

    answer = await phone.ask("POST", "/v1/sync/hello", greeting(proto=[2, 3]))

    assert refused(answer) == (400, "proto_unknown")
    assert answer.json()["proto"] == [1, 1]


async def test_any_clock_of_a_phone_is_taken_down_and_orders_nothing(door: Door) -> None:
    phone = await door.enrolled("Ana")

    for now in ("2000-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "yesterday", 5, None):
        body = greeting(now=now, oldest=now, pending=3)
        assert (await phone.ask("POST", "/v1/sync/hello", body)).status_code == 200
