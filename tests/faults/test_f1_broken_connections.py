"""F1, F2, F05 to F09: a real server behind a network that cuts, resets, doubles and lies.

A request that did not arrive whole has no effect; a reply that did not arrive whole is
no acknowledgement, and the same push again gets the stored results.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from support.broken_connections import Fault, proxied
from support.broken_phone import BrokenPhone, enrolled, push_through_storm, served_company
from support.company import Company

STORMS = 10
STORMS_OF_A_SOAK = 400
SLOW_PHONES = 40


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company on a server that all tests share."""
    with served_company(tmp_path_factory.mktemp("served") / "home") as one:
        yield one


@pytest.fixture
async def phone(company: Company, request: pytest.FixtureRequest) -> AsyncIterator[BrokenPhone]:
    """The phone of somebody of this test's own, with two operations to send."""
    async with proxied(company.server.url) as proxy:
        one = await enrolled(company, proxy, request.node.name)
        one.write("roof")
        one.chain.write("edit", one.named("roof"), {"note": "wet"}, one.chain.seen())
        yield one


async def test_f1_a_push_that_is_cut_at_any_byte_has_no_effect(
    phone: BrokenPhone, soaked: dict[str, int]
) -> None:
    cuts = range(len(phone.request()))
    for cut in cuts:
        answer = await phone.push(Fault(request_bytes=cut, is_reset=cut % 2 == 0))
        assert answer is None or answer["status"] == 400, (cut, answer)

    assert await phone.stored() == 0
    answer = await phone.push()
    assert answer is not None
    assert [result["st"] for result in answer["results"]] == ["applied", "applied"]
    soaked["broken connections"] = soaked.get("broken connections", 0) + len(cuts)


async def test_f1_i4_a_reply_that_is_cut_at_any_byte_is_none_and_the_next_one_is_the_same(
    phone: BrokenPhone, soaked: dict[str, int]
) -> None:
    assert await phone.push(Fault(reply_bytes=0)) is None
    again = await phone.push()
    assert again is not None
    cuts = range(len(await phone.proxy.ask(phone.request(), Fault())))
    for cut in cuts:
        assert await phone.push(Fault(reply_bytes=cut, is_reset=cut % 2 == 0)) is None, cut

    assert await phone.push() == again
    assert [result["st"] for result in again["results"]] == ["duplicate", "duplicate"]
    assert [result["result"]["st"] for result in again["results"]] == ["applied", "applied"]
    assert len(await phone.rows()) == 1
    soaked["broken connections"] = soaked.get("broken connections", 0) + len(cuts)


async def test_f1_i4_two_copies_of_a_push_at_once_have_one_effect(phone: BrokenPhone) -> None:
    answer = await phone.push(Fault(is_doubled=True))

    assert answer is not None
    assert {result["st"] for result in answer["results"]} in ({"applied"}, {"duplicate"})
    assert await phone.stored() == 2
    assert len(await phone.rows()) == 1


async def test_f1_pushes_that_overtake_each_other_are_asked_for_in_their_order(
    phone: BrokenPhone,
) -> None:
    held = asyncio.Event()
    first = asyncio.create_task(phone.push(Fault(until=held), 0, 1))
    while phone.proxy.counted == 0:
        await asyncio.sleep(0)
    second = await phone.push(None, 1, 2)
    held.set()

    assert second is not None
    assert (second["code"], second["need"]) == ("gap", 1)
    answer = await first
    assert answer is not None
    assert answer["next"] == 2
    assert (await phone.push()) is not None
    assert await phone.stored() == 2


async def test_f1_a_page_of_a_guest_network_is_no_acknowledgement(phone: BrokenPhone) -> None:
    assert await phone.push(Fault(is_portal=True)) is None
    assert await phone.stored() == 0

    answer = await phone.push(Fault(is_half_closed=True)) or await phone.push()
    assert answer is not None
    assert answer["next"] == 3


async def test_f1_phones_that_send_half_and_wait_keep_nobody_else_waiting(
    phone: BrokenPhone,
) -> None:
    half = phone.request()[: len(phone.request()) // 2]
    waiting = [
        await asyncio.open_connection(phone.proxy.host, phone.proxy.port)
        for _ in range(SLOW_PHONES)
    ]
    for _, writer in waiting:
        writer.write(half)
        await writer.drain()

    answer = await phone.push(Fault(in_pieces=True))

    assert answer is not None
    assert answer["next"] == 3
    for _, writer in waiting:
        writer.close()


@pytest.mark.timeout(3600)
async def test_f1_i1_i4_everything_arrives_once_through_a_storm(
    phone: BrokenPhone, pytestconfig: pytest.Config, soaked: dict[str, int]
) -> None:
    phone.chain.items.clear()
    phone.chain.last_hash = bytes(32)
    storms = STORMS_OF_A_SOAK if pytestconfig.getoption("--soak") else STORMS
    faults = 0
    for seed in range(storms):
        faults += await push_through_storm(phone, seed)

    assert faults > storms
    soaked["broken connections"] = soaked.get("broken connections", 0) + faults
