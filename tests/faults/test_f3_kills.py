"""F3, F12, F13: SIGKILL in push, approval and posting, on both databases.

What was acknowledged stands, a transaction is whole or not there, and nothing is posted
twice. ``--soak`` kills at every moment, and often.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.kills import Victim, die_at_each_of, kill_at_moments, kill_until_done, victim

SEED = 30
RUNS_OF_A_SOAK = 12  # of some twenty kills each
STEP = {"sqlite": 9, "postgresql": 60}  # of the moments of a life
MOMENTS_MAX = 400


@pytest.fixture
async def company(database_url: str | None, tmp_path: Path) -> AsyncIterator[Victim]:
    """A company whose server is killed."""
    async with victim(tmp_path, database_url) as one:
        yield one


@pytest.fixture
async def small_company(database_url: str | None, tmp_path: Path) -> AsyncIterator[Victim]:
    """One entry of each of two workers, approved and posted."""
    async with victim(tmp_path, database_url, entries=1) as one:
        yield one


@pytest.mark.timeout(3600)
async def test_f3_i11_what_was_acknowledged_stands_after_kills_at_random_moments(
    company: Victim, pytestconfig: pytest.Config, soaked: dict[str, int]
) -> None:
    runs = RUNS_OF_A_SOAK if pytestconfig.getoption("--soak") else 1
    for seed in range(SEED, SEED + runs):
        await kill_until_done(company, seed)

    assert company.kills >= 5 * runs
    soaked["kills"] = soaked.get("kills", 0) + company.kills


@pytest.mark.timeout(3600)
async def test_f3_i4_a_kill_at_any_await_statement_or_file_leaves_whole_transactions(
    small_company: Victim, pytestconfig: pytest.Config, soaked: dict[str, int]
) -> None:
    step = STEP["sqlite" if small_company.life.url is None else "postgresql"]
    is_soak = pytestconfig.getoption("--soak")
    kills = await kill_at_moments(small_company, 1 if is_soak else step)

    assert kills > 5
    soaked["kills"] = soaked.get("kills", 0) + kills


async def test_an_answer_before_the_commit_is_caught(tmp_path: Path) -> None:
    async with victim(tmp_path, None, entries=1) as one:
        one.life = replace(one.life, answers_too_early=True)

        with pytest.raises(AssertionError, match="ack_is_durable"):
            await die_at_each_of(one, range(1, MOMENTS_MAX))


async def test_a_delivery_that_does_not_look_into_the_ledger_is_caught(tmp_path: Path) -> None:
    async with victim(tmp_path, None, entries=1) as one:
        one.life = replace(one.life, never_looks_into_ledger=True)

        with pytest.raises(AssertionError, match="posted_once"):
            await kill_at_moments(one, 4)
