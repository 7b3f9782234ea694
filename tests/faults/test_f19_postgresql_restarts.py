"""F19: PostgreSQL is stopped at once while phones push. They hear 503, and nothing is lost."""

import pytest

from support.restarts import AWAY, crashing

TURNS = 3
TURNS_OF_A_SOAK = 60


@pytest.mark.timeout(3600)
async def test_f10_i11_what_was_acknowledged_stands_when_postgresql_restarts(
    pytestconfig: pytest.Config, soaked: dict[str, int]
) -> None:
    turns = TURNS_OF_A_SOAK if pytestconfig.getoption("--soak") else TURNS
    async with crashing() as company:
        for seed in range(turns):
            await company.turn(seed)

        assert set(company.answers) == {200, AWAY}
        assert company.acked == company.answers.count(200)
    soaked["restarts"] = soaked.get("restarts", 0) + turns
