"""What a phone recorded arrives by other roads when its own is closed."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from daywork.core.errors import BadSignature, MalformedBody
from support.chain import allocation
from support.door import Door, DoorPhone, refused


async def retire(phone: DoorPhone, reason: str = "lost") -> None:
    """Retire the phone by its own session."""
    path = f"/v1/devices/{phone.chain.actor}/retire"
    answer = await phone.ask("POST", path, {"reason": reason})
    assert answer.status_code == 200, answer.text


async def deposited(phone: DoorPhone) -> httpx.Response:
    """Hand in everything that the phone wrote, without a session."""
    return await phone.door.send("POST", "/v1/sync/deposit", phone.body(phone.chain.items))


async def rescued(by: DoorPhone, of: DoorPhone, **changes: Any) -> httpx.Response:
    """Hand in ``of``'s file in the session of ``by``."""
    body = of.body(of.chain.items)
    file = {name: body[name] for name in ("actor", "alg", "ops", "sig")}
    file |= {"daywork_rescue": 1, "public_key": of.key.jwk}
    return await by.ask("POST", "/v1/sync/rescue", file | changes)


async def greeted(phone: DoorPhone, pending: int = 0, oldest: str | None = None) -> dict[str, Any]:
    """Return the answer to a hello."""
    body = {"proto": [1, 1], "schema": 1, "actors": [], "pending": pending, "oldest": oldest}
    answer = await phone.ask("POST", "/v1/sync/hello", body)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def answer(phone: DoorPhone, question: str, word: str) -> httpx.Response:
    """Answer a question."""
    return await phone.ask("POST", f"/v1/sync/questions/{question}", {"answer": word})


async def test_a_deposit_without_a_session_counts_while_the_device_is_in_use(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")

    answer = await deposited(phone)

    assert answer.json() == {
        "actor": phone.chain.actor,
        "next": 2,
        "results": [{"q": 1, "st": "deposited"}],
    }
    assert len(await phone.rows()) == 1
    # Once more: nothing doubles, and still nothing readable comes back.
    assert (await deposited(phone)).json()["results"] == [{"q": 1, "st": "deposited"}]
    assert len(await phone.rows()) == 1


async def test_a_deposit_with_a_wrong_signature_changes_nothing_and_is_told_the_operator(
    door: Door,
) -> None:
    phone, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    phone.write("pump")
    forged = phone.body(phone.chain.items) | {"sig": eve.body(phone.chain.items)["sig"]}

    answer = await door.send("POST", "/v1/sync/deposit", forged)

    assert refused(answer) == (401, "bad_signature")
    assert await phone.rows() == {}
    (alarm,) = (await door.office("alarms"))["alarms"]
    assert (alarm["kind"], alarm["device"], alarm["count"]) == (
        "bad_signature",
        phone.chain.actor,
        1,
    )


async def test_who_forges_deposits_all_day_keeps_nobody_from_depositing(door: Door) -> None:
    phone, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    phone.write("pump")
    forged = phone.body(phone.chain.items) | {"sig": eve.body(phone.chain.items)["sig"]}

    answers = [await door.send("POST", "/v1/sync/deposit", forged) for _ in range(70)]

    codes = [refused(answer)[1] for answer in answers]
    assert codes == ["bad_signature"] * 60 + ["rate_limited"] * 10
    (alarm,) = (await door.office("alarms"))["alarms"]
    assert alarm["count"] == 60
    assert (await deposited(phone)).json()["results"] == [{"q": 1, "st": "deposited"}]


async def test_a_deposit_of_nobodys_device_is_refused(door: Door) -> None:
    phone = await door.enrolled("Ana")
    phone.write("pump")
    body = phone.body(phone.chain.items, actor="zzzzzzzzzz")

    assert refused(await door.send("POST", "/v1/sync/deposit", body)) == (403, "not_your_device")


async def test_a_retired_device_deposits_into_quarantine_until_its_person_answers_for_it(
    door: Door,
) -> None:
    old = await door.enrolled("Ana")
    old.write("before")
    await old.push()
    old.write("after", "16:00", "17:00")
    await retire(old)
    new = await door.enrolled("Ana")

    assert (await deposited(old)).json()["results"][-1] == {"q": 2, "st": "deposited"}
    assert len(await new.rows()) == 1, "quarantine is not part of anybody's time"

    results = (await rescued(new, old)).json()["results"]

    assert [result["st"] for result in results] == ["duplicate", "duplicate"]
    assert results[1]["result"]["st"] == "applied"
    assert len(await new.rows()) == 2


async def test_what_was_in_quarantine_stays_released(door: Door) -> None:
    old = await door.enrolled("Ana")
    old.write("after")
    await retire(old)
    new = await door.enrolled("Ana")
    await deposited(old)
    first = (await rescued(new, old)).json()["results"]

    again = (await rescued(new, old)).json()["results"]

    assert again == first
    assert len(await new.rows()) == 1


async def test_a_retired_device_gets_no_session_but_a_clear_word(door: Door) -> None:
    phone = await door.enrolled("Ana")
    await retire(phone)

    assert refused(await phone.ask("GET", "/v1/sync/pull")) == (401, "auth_expired")
    asked = await door.send("POST", "/v1/sessions/challenge", {"actor": phone.chain.actor})
    assert refused(asked) == (403, "device_retired")


async def test_the_same_person_sends_again_what_a_retired_device_had_sent(door: Door) -> None:
    """A server that was set back needs it; nothing new comes by that road."""
    old = await door.enrolled("Ana")
    old.write("before")
    await old.push()
    await retire(old)
    new = await door.enrolled("Ana")

    body = old.body(old.chain.items)
    again = await new.ask("POST", "/v1/sync/push", body)
    old.write("after")
    beyond = await new.ask("POST", "/v1/sync/push", old.body(old.chain.items))

    assert [result["st"] for result in again.json()["results"]] == ["duplicate"]
    assert refused(beyond) == (403, "device_retired")
    assert len(await new.rows()) == 1


async def test_only_the_person_or_the_office_rescues(door: Door) -> None:
    old = await door.enrolled("Ana")
    old.write("pump")
    await retire(old)
    eve, olga = await door.enrolled("Eve"), await door.enrolled("Olga", "office")
    max_ = await door.enrolled("Max", "manager")

    for stranger in (eve, max_):
        assert refused(await rescued(stranger, old)) == (403, "not_your_device")
    results = (await rescued(olga, old)).json()["results"]

    assert [result["st"] for result in results] == ["applied"]
    (row,) = (await olga.rows()).values()
    assert row["owner"] == old.person_id, "whoever hands it in, the time is Ana's"


async def test_nobody_rescues_for_another_organisation(door: Door) -> None:
    old = await door.enrolled("Ana")
    old.write("pump")
    other = await door.office("org create", name="Other", time_zone="UTC", currency="EUR")
    door.organisation = other["id"]
    olga = await door.enrolled("Olga", "office")

    assert refused(await rescued(olga, old)) == (403, "not_your_device")


async def test_a_rescue_is_no_rescue_without_its_number_and_signature(door: Door) -> None:
    old, eve = await door.enrolled("Ana"), await door.enrolled("Eve")
    old.write("pump")
    forged = eve.body(old.chain.items)["sig"]

    assert refused(await rescued(old, old, daywork_rescue=2)) == (400, "malformed_body")
    assert refused(await rescued(old, old, daywork_rescue=True)) == (400, "malformed_body")
    assert refused(await rescued(old, old, sig=forged)) == (401, "bad_signature")
    assert await old.rows() == {}


async def test_a_lost_device_that_had_announced_something_is_asked_about(door: Door) -> None:
    old = await door.enrolled("Ana")
    await greeted(old, pending=3, oldest="2026-03-02T15:31:08Z")
    await retire(old)
    new = await door.enrolled("Ana")

    (question,) = (await greeted(new))["questions"]

    assert question | {"id": ""} == {
        "id": "",
        "kind": "possible_loss",
        "label": "Ana's phone",
        "count": 3,
        "oldest": "2026-03-02T15:31:08Z",
        "asked": "2026-03-03T12:00:00Z",
    }
    eve = await door.enrolled("Eve")
    assert refused(await answer(eve, question["id"], "nothing_missing")) == (404, "not_found")
    assert refused(await answer(new, question["id"], "count_it_anyway")) == (400, "value.refused")
    assert refused(await answer(new, question["id"], "maybe")) == (400, "value.refused")
    assert (await answer(new, question["id"], "entered_again")).status_code == 200
    assert (await greeted(new))["questions"] == []
    assert refused(await answer(new, question["id"], "entered_again")) == (404, "not_found")


async def test_what_was_sent_after_it_was_announced_is_not_missed(door: Door) -> None:
    phone = await door.enrolled("Ana")
    told = []
    await greeted(phone, pending=2, oldest="2026-03-02T15:31:08Z")
    for entry in ("pump", "pipe"):
        phone.write(entry)
        await phone.push()
        (device,) = (await phone.ask("GET", "/v1/devices")).json()["devices"]
        told.append((device["pending"], device["oldest"]))
    await retire(phone)

    assert told == [(1, "2026-03-02T15:31:08Z"), (0, None)]
    assert (await greeted(await door.enrolled("Ana")))["questions"] == []


async def test_a_manager_is_not_told_of_a_lost_device_once_its_person_has_answered(
    door: Door,
) -> None:
    old, max_ = await door.enrolled("Ana"), await door.enrolled("Max", "manager")
    await greeted(old, pending=3)
    await retire(old)
    new = await door.enrolled("Ana")
    told = []
    for _ in range(2):
        (person,) = (await max_.ask("GET", "/v1/team/sync")).json()["people"]
        told.append([device["pending"] for device in person["devices"]])
        for question in (await greeted(new))["questions"]:
            await answer(new, question["id"], "entered_again")

    assert [3 in pending for pending in told] == [True, False]


async def test_a_rescue_answers_the_question_by_itself(door: Door) -> None:
    old = await door.enrolled("Ana")
    old.write("pump")
    await greeted(old, pending=1)
    await retire(old, "replaced")
    new = await door.enrolled("Ana")
    assert len((await greeted(new))["questions"]) == 1

    await rescued(new, old)

    assert (await greeted(new))["questions"] == []


async def test_a_device_without_anything_to_send_is_not_asked_about(door: Door) -> None:
    old = await door.enrolled("Ana")
    await greeted(old)
    await retire(old)
    new = await door.enrolled("Ana")

    assert (await greeted(new))["questions"] == []


async def test_an_operation_that_waits_for_a_day_is_asked_about_and_may_count_anyway(
    door: Door,
) -> None:
    phone, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    phone.write("pump")
    await phone.push()
    tablet.chain.write("edit", "pump", {"note": "never sent"}, phone.chain.seen())
    phone.chain.write("edit", "pump", {"note": "saw it"}, tablet.chain.seen())
    assert (await phone.push())[0]["code"] == "causal_gap"
    assert (await greeted(phone))["questions"] == []

    door.moment.now += timedelta(hours=24)
    (question,) = (await greeted(phone))["questions"]
    assert (question["kind"], question["a"], question["q"], question["e"]) == (
        "causal_gap",
        phone.chain.actor,
        2,
        phone.chain.items[1]["e"],
    )
    assert (await answer(phone, question["id"], "count_it_anyway")).status_code == 200

    (row,) = (await phone.rows()).values()
    assert row["v"]["note"] == ["saw it"]
    assert "forced" in row["flags"]
    assert (await greeted(phone))["questions"] == []


async def test_a_cause_that_comes_after_all_does_not_stand_beside_what_had_seen_it(
    door: Door,
) -> None:
    phone, tablet = await door.enrolled("Ana"), await door.enrolled("Ana")
    phone.write("pump")
    await phone.push()
    tablet.chain.write("edit", "pump", {"note": "late, but true"}, phone.chain.seen())
    phone.chain.write("edit", "pump", {"note": "saw it"}, tablet.chain.seen())
    await phone.push()
    await door.office("sync release", device=phone.chain.actor)

    await tablet.push()
    phone.chain.write("edit", "pump", {"alloc": allocation()}, phone.chain.seen())
    await phone.push()

    (row,) = (await phone.rows()).values()
    assert row["v"]["note"] == ["saw it"]
    assert row["flags"] == ["forced"]
    assert (await door.office("conserve"))["whole"]


async def test_the_office_lists_and_releases_what_is_held_back(door: Door) -> None:
    old = await door.enrolled("Ana")
    old.write("pump")
    await retire(old)
    await deposited(old)
    (waiting,) = (await door.office("sync waiting"))["waiting"]
    assert (waiting["device"], waiting["number"], waiting["why"]) == (
        old.chain.actor,
        1,
        "quarantined",
    )

    told = await door.office("sync release", device=old.chain.actor)

    assert told == {"released": 1}
    new = await door.enrolled("Ana")
    assert len(await new.rows()) == 1
    assert (await door.office("sync waiting"))["waiting"] == []


async def test_a_new_enrolment_in_the_old_ones_session_retires_it(door: Door) -> None:
    """The phone's storage was cleared, its cookie was not."""
    old = await door.enrolled("Ana")
    await greeted(old, pending=2)
    door.moment.now += timedelta(minutes=1)

    new = await door.enrolled("Ana", cookie=old.cookie)

    assert refused(await old.ask("GET", "/v1/sync/pull")) == (401, "auth_expired")
    assert (await greeted(new))["questions"][0]["count"] == 2

    listed = (await new.ask("GET", "/v1/devices")).json()["devices"]
    assert [(one["actor"], one["reason"], one["this"]) for one in listed] == [
        (old.chain.actor, "lost", False),
        (new.chain.actor, None, True),
    ]


async def test_an_enrolment_in_another_persons_session_retires_nobody(door: Door) -> None:
    ana = await door.enrolled("Ana")

    await door.enrolled("Ben", cookie=ana.cookie)

    assert (await ana.ask("GET", "/v1/sync/pull")).status_code == 200


async def test_a_file_of_more_than_a_push_holds_is_taken_by_the_office(door: Door) -> None:
    old = await door.enrolled("Ana")
    for number in range(450):
        hour, minute = divmod(number * 3, 60)
        old.write(f"e{number}", f"{hour:02}:{minute:02}", f"{hour:02}:{minute + 2:02}")
    await retire(old)
    body = old.body(old.chain.items)
    file = {name: body[name] for name in ("actor", "alg", "ops", "sig")}
    file |= {"daywork_rescue": 1, "public_key": old.key.jwk}

    told = await door.office("sync rescue", file=file)
    again = await door.office("sync rescue", file=file)

    assert told == {"device": old.chain.actor, "verdicts": {"applied": 450}}
    assert again["verdicts"] == {"duplicate": 450}
    new = await door.enrolled("Ana")
    assert len(await new.rows()) == 450
    with pytest.raises(BadSignature):
        await door.office("sync rescue", file={**file, "sig": "A" * 86})
    with pytest.raises(MalformedBody):
        await door.office("sync rescue", file=[])
