"""The model breaks no rule, and each known mistake breaks one."""

import pytest

from support.sync_model import Outcome, run
from support.sync_model_seeds import STORED
from support.sync_model_server import Mistake

SEEDS = 400
SEEDS_OF_A_SOAK = 20_000
SEED_OF_A_CIRCLE = 656_084_676
STORED_SEEDS = [
    pytest.param(mistake, stories.rule, seed, id=f"{mistake.name.lower()}-{seed}")
    for mistake, stories in STORED.items()
    for seed in stories.seeds
]


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    """The stories to play: a few in each run, many with ``--soak``."""
    is_soak = request.config.getoption("--soak", default=False)
    return range(SEEDS_OF_A_SOAK if is_soak else SEEDS)


def _sum(outcomes: list[Outcome]) -> dict[str, int]:
    names = ("operations", "restores", "clones", "reinstalls", "given_up", "false_conflicts")
    return {name: sum(getattr(outcome, name) for outcome in outcomes) for name in names}


def test_nothing_is_lost_doubled_or_silently_overwritten_in_random_stories(
    seeds: range, soaked: dict[str, int]
) -> None:
    sums = _sum([run(seed) for seed in seeds])

    # The stories were rich: all faults happened many times.
    assert sums["operations"] > 5_000
    assert min(sums["restores"], sums["clones"], sums["reinstalls"], sums["given_up"]) > 100
    soaked["model stories"] = len(seeds)
    soaked["operations"] = soaked.get("operations", 0) + sums["operations"]


def test_forked_histories_that_wait_for_each_other_in_a_circle_make_the_row_they_mean() -> None:
    """No order of giving them up is causal: the row is projected anew, as the server does it."""
    assert run(SEED_OF_A_CIRCLE).given_up > 0


def test_without_faults_there_is_no_conflict_that_is_none(seeds: range) -> None:
    sums = _sum([run(seed, has_faults=False) for seed in seeds])

    assert sums["operations"] > 5_000
    assert sums["false_conflicts"] == 0


@pytest.mark.parametrize(("mistake", "rule", "seed"), STORED_SEEDS)
def test_a_stored_story_breaks_its_rule_with_the_mistake_and_none_without(
    mistake: Mistake, rule: str, seed: int
) -> None:
    run(seed)
    with pytest.raises(AssertionError, match=rule):
        run(seed, frozenset((mistake,)))


def test_every_mistake_has_at_least_three_stored_stories() -> None:
    assert STORED.keys() == set(Mistake)
    assert min(len(set(stories.seeds)) for stories in STORED.values()) >= 3
