"""F6: the server is set back by an hour, with fifty devices, half of them offline."""

import random
from collections.abc import AsyncIterator

import pytest

from support.chain import entry_id
from support.simulator import Stage, stage
from support.simulator_phone import Phone
from support.simulator_rules import check
from support.simulator_server import seeded_secrets
from support.simulator_world import World

OWNERS = ("Ana", "Ben") * 24 + ("Max", "Max")
SHARED_PERCENT = 20  # of what is written goes into an entry that others write into too
FALSE_CONFLICTS_MAX = 0.01  # of all operations


@pytest.fixture
async def scene(database_url: str | None) -> AsyncIterator[Stage]:
    """Fifty phones of three people on each database."""
    async with stage(database_url, OWNERS) as opened:
        yield opened


def _work(world: World, phones: list[Phone], chance: random.Random) -> None:
    for phone in phones:
        is_shared = chance.randrange(100) < SHARED_PERCENT
        name = phone.person if is_shared else phone.name
        if phone.person == "Max":
            shown = chance.choice(sorted(phone.rows)) if phone.rows else None
            if shown is not None:
                world.write_into(phone, phone.open_form(shown), "note")
        else:
            world.write_into(phone, phone.open_form(entry_id(name)))


async def _sync(world: World, phones: list[Phone]) -> None:
    for phone in phones:
        await world.exchange.sync(phone)


async def test_f6_i1_i3_a_server_set_back_by_an_hour_gets_everything_again(scene: Stage) -> None:
    with seeded_secrets(6):
        world = await scene.world(6)
        world.network.is_healthy = True
        chance = random.Random(6)
        phones = list(world.phones)
        for _ in range(2):
            _work(world, phones, chance)
            await _sync(world, phones)
        copy, log = await world.server.copy(), dict(world.log)
        for _ in range(2):
            world.server.pass_time(1_800)
            _work(world, phones, chance)
            await _sync(world, phones)
        online, offline = phones[::2], phones[1::2]
        _work(world, offline, chance)

        await world.server.set_back(copy)
        lost = len(world.log) - len(log)
        world.log.clear()
        world.log.update(log)
        _work(world, online, chance)
        await _sync(world, online)
        await world.heal()

        counts = await check(world)  # I1 to I22, among them: 0 silent.
        assert len(phones) == len(OWNERS)
        assert lost >= len(phones)
        assert counts["held"] == 0
        assert counts["false conflicts"] <= FALSE_CONFLICTS_MAX * len(world.log)
