"""Random stories with every fault, played by phones against the real server.

The invariants have the names and numbers of the sync design; ``support/simulator_rules``
checks all of them at the end of every story. The model of the protocol plays many more
stories in the same time: here the product itself answers.
"""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from support.simulator import Stage, stage
from support.simulator_stories import STORIES
from support.simulator_world import PARTITIONED

SEEDS = {"sqlite": 500, "postgresql": 60}  # some 90 ms of CPU each
SEEDS_OF_A_SOAK = 5_000
PARTITIONED_SEEDS = 40
PARTITIONED_SEEDS_OF_A_SOAK = 500
HEALTHY_ROUNDS_MAX = 3  # send what waits, hear of the others' things, find nothing new
CALM_SEEDS = 25
SKEWED_SEEDS = 25


@pytest.fixture
async def scene(database_url: str | None) -> AsyncIterator[Stage]:
    """A server with a company on each database."""
    async with stage(database_url) as opened:
        yield opened


@pytest.fixture
def seeds(request: pytest.FixtureRequest, database_url: str | None) -> range:
    """The stories to play."""
    if request.config.getoption("--soak"):
        return range(SEEDS_OF_A_SOAK)
    return range(SEEDS["sqlite" if database_url is None else "postgresql"])


@pytest.mark.timeout(3600)
async def test_i1_to_i22_hold_in_random_stories_with_every_fault(
    scene: Stage, seeds: range, soaked: dict[str, int]
) -> None:
    sums: Counter[str] = Counter()
    for seed in seeds:
        counts = (await scene.play(seed)).counts
        sums.update(counts)

    # The stories were rich: every fault happened, and times went every way.
    on_phones = ("clones", "reinstalls", "forks mended", "branches", "clock jumps")
    on_the_way = ("request lost", "reply lost", "doubled", "delayed", "cut", "partitions")
    buckets = ("live", "superseded", "sibling", "amendment", "void")
    for what in (*on_phones, *on_the_way, *buckets, "restores", "forgeries", "decisions"):
        assert sums[what] > 0, what
    assert sums["operations"] > 8 * len(seeds)
    soaked["histories"] = soaked.get("histories", 0) + len(seeds)
    soaked["operations"] = soaked.get("operations", 0) + sums["operations"]


@pytest.mark.timeout(3600)
async def test_f2_i12_lines_that_carried_one_way_only_leave_no_queue_stuck(
    scene: Stage, request: pytest.FixtureRequest
) -> None:
    """They heal, and nobody writes anything more: what waits goes out all the same."""
    seeds = PARTITIONED_SEEDS_OF_A_SOAK if request.config.getoption("--soak") else PARTITIONED_SEEDS
    sums: Counter[str] = Counter()
    for seed in range(seeds):
        counts = (await scene.play(seed, weather=PARTITIONED)).counts
        assert counts["most rounds"] <= HEALTHY_ROUNDS_MAX, f"stuck for long (story {seed})"
        sums.update(counts)

    assert sums["partitions"] > 3 * seeds
    assert sums["reply lost"] > seeds


async def test_i3_without_faults_there_is_no_conflict_that_is_none(scene: Stage) -> None:
    sums: Counter[str] = Counter()
    for seed in range(CALM_SEEDS):
        sums.update((await scene.play(seed, has_faults=False)).counts)

    assert sums["operations"] > 10 * CALM_SEEDS
    assert sums["false conflicts"] == 0
    assert sums["held"] == 0


async def test_i20_clocks_of_phones_that_jump_by_years_change_nothing(scene: Stage) -> None:
    jumps = 0
    for seed in range(SKEWED_SEEDS):
        skewed = await scene.play(seed)
        straight = await scene.play(seed, has_skew=False)

        assert skewed == straight, seed
        jumps += skewed.counts["clock jumps"]
    assert jumps > 0


@pytest.mark.parametrize("name", STORIES)
async def test_a_stored_story_breaks_its_rule_with_the_mistake_and_none_without(
    scene: Stage, name: str
) -> None:
    story = STORIES[name]
    await scene.tell(story.steps)

    with pytest.raises(AssertionError, match=story.rule):
        await scene.tell(story.steps, story.mistake)
