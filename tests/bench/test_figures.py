"""The table's arithmetic: rounds to medians, medians to ratios, ratios to yes or no."""

import pytest
from bench.figures import Bound, Goal, Line, Sample, percentile
from bench.table import table


def sample(seconds: float, bare_seconds: float) -> Sample:
    return Sample(
        count=1_000,
        seconds=seconds,
        bare_seconds=bare_seconds,
        server_cpu_seconds=seconds / 2,
        client_cpu_seconds=seconds / 10,
        slowest_seconds=0.02,
    )


def line(goal: Goal | None, *samples: Sample) -> Line:
    return Line("push", "SQLite", "op", samples or (sample(0.5, 0.25),), goal)


def test_the_ratio_is_the_median_of_each_rounds_own() -> None:
    noisy = line(None, sample(1.0, 0.5), sample(4.0, 2.0), sample(1.0, 0.9))

    assert noisy.rate == 1_000
    assert noisy.bare_rate == pytest.approx(1_111.1, abs=0.1)
    assert noisy.ratio == 0.5


def test_cpu_is_told_for_one_and_the_client_as_a_share_of_the_time() -> None:
    one = line(None, sample(0.5, 0.25))

    assert one.server_cpu_microseconds == 250
    assert one.client_share == pytest.approx(0.1)
    assert one.slowest_milliseconds == 20


@pytest.mark.parametrize(
    ("goal", "reached", "is_reached"),
    [
        (None, None, None),
        (Goal(0.5), 0.5, True),
        (Goal(0.51), 0.5, False),
        (Goal(2.0, "first push", 1_000), 2.0, True),
        (Goal(2.0, "first push", 1_250), pytest.approx(1.6), False),
    ],
)
def test_a_goal_is_reached_at_its_least(
    goal: Goal | None, reached: float | None, *, is_reached: bool | None
) -> None:
    judged = line(goal)

    assert judged.reached == reached
    assert judged.is_reached is is_reached


@pytest.mark.parametrize(("value", "is_reached"), [(60.0, True), (60.1, False)])
def test_a_bound_is_kept_up_to_its_most(value: float, *, is_reached: bool) -> None:
    assert Bound("CPU", "SQLite", value, 60.0, "µs").is_reached is is_reached


@pytest.mark.parametrize(("share", "found"), [(0.0, 1), (0.5, 51), (0.99, 100), (1.0, 100)])
def test_a_percentile_is_one_of_the_values(share: float, found: float) -> None:
    values = [float(number) for number in range(100, 0, -1)]

    assert percentile(values, share) == found


def test_the_table_says_no_loudly_and_leaves_out_what_has_no_goal() -> None:
    bound = Bound("memory", "SQLite", 200.0, 180.0, "MB")

    shown = table([line(None), line(Goal(2.0, "first push", 1_000))], [bound]).splitlines()

    assert len({len(row) for row in shown}) == 1
    assert [cell.strip() for cell in shown[2].split("|")][6:8] == ["-", "-"]
    assert "2.00 >= 2.00 x first push" in shown[3]
    assert "| NO " in shown[4]
