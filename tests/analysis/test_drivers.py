"""Key drivers, against R (tests/reference/drivers.R) and against themselves."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis import index_from_sums, tally
from analysis.drivers import KeyDrivers, key_drivers
from analysis.johnson import acceleration, bca, sums_of_products

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "drivers.json").read_text())
ROWS = list(csv.DictReader((REFERENCE / "drivers.csv").read_text().splitlines()))
LEVELS = np.array([[int(row[code]) for code in "ABCDE"] for row in ROWS])
OVERALL = np.array([int(row["overall"]) for row in ROWS])
COMPLETE = (np.isin(LEVELS, range(1, 6))).all(axis=1) & np.isin(OVERALL, range(1, 6))
Levels = npt.NDArray[np.int64]


@cache
def of_reference(level: float = 0.95) -> KeyDrivers:
    return key_drivers(LEVELS, OVERALL, codes="ABCDE", resamples=40_000, level=level)


def weights(found: KeyDrivers) -> list[float]:
    return [driver.importance for driver in found.drivers]


def intervals(found: KeyDrivers) -> npt.NDArray[np.float64]:
    return np.array([[each.interval.low, each.interval.high] for each in found.drivers])


@pytest.mark.parametrize(
    ("name", "r2", "rows", "columns"),
    [
        ("weights", "r2", COMPLETE, 5),
        ("weights of three", "r2 of three", COMPLETE, 3),
        ("weights of few", "r2 of few", np.flatnonzero(COMPLETE)[:12], 5),
    ],
)
def test_the_weights_equal_those_of_the_singular_values_in_r(
    name: str, r2: str, rows: Any, columns: int
) -> None:
    found = key_drivers(LEVELS[rows, :columns], OVERALL[rows], resamples=100)
    assert weights(found) == pytest.approx(list(R[name].values()), rel=1e-10)
    assert found.r_squared == pytest.approx(R["whole"][r2], rel=1e-10)
    assert found.method == "johnson-relative-weights"


@pytest.mark.parametrize("level", [0.9, 0.95])
@pytest.mark.parametrize("code", "ABCDE")
def test_the_intervals_equal_those_of_boot_but_for_monte_carlo_error(
    code: str, level: float
) -> None:
    # With 40 000 resamples a limit is known to about 0.02 standard deviations of the weight,
    # here and in R.
    assert R["whole"]["resamples"] == 40_000
    driver = of_reference(level).drivers["ABCDE".index(code)]
    error = 0.08 * R["deviation"][code]
    assert driver.interval.low == pytest.approx(R[f"low {level}"][code], abs=error)
    assert driver.interval.high == pytest.approx(R[f"high {level}"][code], abs=error)
    assert (driver.interval.level, driver.interval.method) == (level, "bca")
    assert driver.standard_error == pytest.approx(R["deviation"][code], rel=0.02)


# Two levels each, so that many people give the same answers.
COARSE = np.where(np.column_stack([LEVELS[:, :2], OVERALL])[COMPLETE] >= 4, 4, 2)


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (np.column_stack([LEVELS, OVERALL])[COMPLETE], "acceleration"),
        (COARSE, "coarse acceleration"),
    ],
)
def test_the_acceleration_equals_that_of_the_jackknife_over_people(rows: Levels, name: str) -> None:
    patterns, counts = np.unique(rows, axis=0, return_counts=True)
    found = acceleration(sums_of_products(patterns), counts)
    assert found == pytest.approx(list(R[name].values()), rel=1e-8)


@pytest.mark.parametrize("code", "AB")
def test_people_with_the_same_answers_each_count_in_the_interval(code: str) -> None:
    assert len(np.unique(COARSE, axis=0)) == 8, "of 108 people"
    found = key_drivers(COARSE[:, :2], COARSE[:, 2], resamples=40_000)
    interval, expected = found.drivers["AB".index(code)].interval, R[f"coarse {code}"]
    error = 0.08 * R["coarse deviation"][code]
    assert interval.low == pytest.approx(expected["low"], abs=error)
    assert interval.high == pytest.approx(expected["high"], abs=error)


@pytest.mark.parametrize("code", "ABCDE")
def test_performance_is_the_share_of_4_and_5_among_who_answered_the_driver(code: str) -> None:
    driver = of_reference().drivers["ABCDE".index(code)]
    assert driver.code == code
    assert driver.performance == pytest.approx(R["performance"][code], rel=1e-10)
    interval = driver.performance_interval
    assert interval.low == pytest.approx(R["performance low"][code], rel=1e-8)
    assert interval.high == pytest.approx(R["performance high"][code], rel=1e-8)
    assert (interval.level, interval.method) == (0.95, "wilson")
    assert driver.n == R["answered"][code]
    assert driver.n_missing == R["missing"][code]
    assert driver.n_not_applicable == R["not applicable"][code]


def test_who_did_not_answer_everything_is_counted_apart() -> None:
    found = of_reference()
    assert found.n == R["whole"]["n"]
    assert found.n + found.n_incomplete == len(ROWS)
    assert (found.level, found.resamples) == (0.95, 40_000)
    confined = key_drivers(LEVELS[COMPLETE], OVERALL[COMPLETE], resamples=40_000)
    assert intervals(confined) == pytest.approx(intervals(found), rel=1e-12)
    assert confined.n_incomplete == 0


def test_the_quadrant_is_named_only_where_both_intervals_are_off_the_mean() -> None:
    found = of_reference()
    named = {driver.code: driver.quadrant for driver in found.drivers}
    # Mean importance .134, performance .688. B's performance and C's importance may be either.
    assert named == {
        "A": "low priority",
        "B": "not distinguishable",
        "C": "not distinguishable",
        "D": "not distinguishable",
        "E": "keep up",
    }


def test_all_four_quadrants_are_named() -> None:
    random = np.random.default_rng(41)
    latent = random.normal(size=(3000, 4))
    cuts = [0.8, -0.8, 0.8, -0.8]  # performance of about .2, .8, .2, .8
    levels = np.where(latent > cuts, 5, np.where(latent > np.array(cuts) - 1, 3, 1))
    judged = levels @ [3, 4, 1, 1] + random.normal(size=3000) * 4
    outcome = np.searchsorted(np.quantile(judged, [0.1, 0.3, 0.6, 0.8]), judged) + 1
    found = key_drivers(levels, outcome, resamples=500)
    quadrants = [driver.quadrant for driver in found.drivers]
    assert quadrants == ["concentrate", "keep up", "low priority", "overdone"]


@st.composite
def judgements(draw: st.DrawFn) -> tuple[Levels, Levels]:
    """Levels of 1 to 4 drivers and an outcome, of up to 25 people, some incomplete."""
    n, d = draw(st.integers(0, 25)), draw(st.integers(1, 4))
    codes = st.sampled_from([1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 6, 9])
    return (
        draw(arrays(np.int64, (n, d), elements=codes)),
        draw(arrays(np.int64, n, elements=codes)),
    )


@given(judgements())
@settings(max_examples=60)
def test_weights_are_not_negative_and_sum_to_r2_of_the_regression(
    people: tuple[Levels, Levels],
) -> None:
    levels, outcome = people
    found = key_drivers(levels, outcome, resamples=100)
    complete = (np.column_stack(people) <= 5).all(axis=1)
    x, y = levels[complete], outcome[complete]
    assert found.n == len(y)
    if len(np.unique(y)) < 2:
        assert np.isnan([found.r_squared, *weights(found)]).all()
        return
    x = np.column_stack([np.ones(len(x)), x])
    fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    r2 = 1 - ((y - fitted) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    assert found.r_squared == pytest.approx(r2, abs=1e-9)
    assert min(weights(found)) >= 0
    shares = [driver.share_of_r2 for driver in found.drivers]
    if found.r_squared:
        assert sum(shares) == pytest.approx(1)
        assert shares[0] == pytest.approx(found.drivers[0].importance / found.r_squared)


@given(judgements(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_people_does_not_matter_at_all(
    people: tuple[Levels, Levels], random: Any
) -> None:
    levels, outcome = people
    order = random.sample(range(len(outcome)), len(outcome))
    found = key_drivers(levels[order], outcome[order], resamples=100)
    assert repr(found) == repr(key_drivers(levels, outcome, resamples=100))


@given(judgements(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_weights_follow_the_order_of_the_drivers(
    people: tuple[Levels, Levels], random: Any
) -> None:
    levels, outcome = people
    order = random.sample(range(levels.shape[1]), levels.shape[1])
    found, turned = (
        key_drivers(columns, outcome, resamples=100) for columns in (levels, levels[:, order])
    )
    expected = [weights(found)[column] for column in order]
    assert weights(turned) == pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert [each.performance for each in turned.drivers] == pytest.approx(
        [found.drivers[column].performance for column in order], nan_ok=True
    )


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    one, same, other = (
        intervals(key_drivers(LEVELS, OVERALL, resamples=200, seed=seed)) for seed in (7, 7, 8)
    )
    assert (one == same).all()
    assert (one != other).all()


def test_resamples_drawn_in_blocks_are_the_same_resamples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = intervals(key_drivers(LEVELS, OVERALL, resamples=200))
    monkeypatch.setattr("analysis.johnson.BLOCK", 1000)
    assert intervals(key_drivers(LEVELS, OVERALL, resamples=200)) == pytest.approx(whole)


def test_a_driver_that_all_answer_alike_has_importance_0_and_no_interval() -> None:
    levels = LEVELS[COMPLETE]
    levels[:, 3] = 4
    found = key_drivers(levels, OVERALL[COMPLETE], resamples=200)
    without = key_drivers(np.delete(levels, 3, axis=1), OVERALL[COMPLETE], resamples=200)
    alike = found.drivers[3]
    assert (alike.importance, alike.share_of_r2) == (0, 0)
    assert np.isnan([alike.interval.low, alike.interval.high]).all()
    assert (alike.performance, alike.quadrant) == (1, "not distinguishable")
    assert np.delete(weights(found), 3) == pytest.approx(weights(without))
    assert np.isfinite(np.delete(intervals(found), 3, axis=0)).all()


def test_identical_drivers_share_equally_what_one_of_them_explains() -> None:
    levels = LEVELS[COMPLETE][:, [1, 4, 1]]
    found = key_drivers(levels, OVERALL[COMPLETE], resamples=200)
    one = key_drivers(levels[:, :2], OVERALL[COMPLETE], resamples=200)
    assert weights(found)[0] == pytest.approx(weights(found)[2])
    assert found.r_squared == pytest.approx(one.r_squared)
    assert np.isfinite(intervals(found)).all()


def test_one_driver_has_all_of_r2_and_no_mean_to_stand_out_from() -> None:
    found = key_drivers(LEVELS[COMPLETE, :1], OVERALL[COMPLETE], resamples=200)
    r = np.corrcoef(LEVELS[COMPLETE, 0], OVERALL[COMPLETE])[0, 1]
    assert weights(found) == pytest.approx([r**2])
    assert found.drivers[0].code == "1"
    assert found.drivers[0].quadrant == "not distinguishable"


def test_below_ten_complete_people_there_is_no_interval() -> None:
    rows = np.flatnonzero(COMPLETE)
    for n, known in ((9, False), (10, True)):
        found = key_drivers(LEVELS[rows[:n], :2], OVERALL[rows[:n]], resamples=100)
        assert not np.isnan(weights(found)).any()
        assert np.isfinite(intervals(found)).all() == known
        assert np.isfinite(found.drivers[0].performance_interval.low)


def test_an_outcome_without_variance_leaves_only_the_performance() -> None:
    found = key_drivers(LEVELS, np.full(len(LEVELS), 5), resamples=100)
    assert np.isnan([found.r_squared, *weights(found), *intervals(found).ravel()]).all()
    assert np.isnan(found.drivers[0].share_of_r2)
    assert found.drivers[0].performance == pytest.approx(R["performance"]["A"])
    assert {driver.quadrant for driver in found.drivers} == {"not distinguishable"}


def test_a_driver_performs_as_it_is_published() -> None:
    parts = {0: tally(LEVELS[::2], "ABCDE"), 1: tally(LEVELS[1::2], "ABCDE")}
    shares = index_from_sums(parts).items
    found = key_drivers(LEVELS, OVERALL, codes="ABCDE", shares=shares, resamples=100, level=0.9)
    for driver, share in zip(found.drivers, shares, strict=True):
        assert driver.performance_interval == share.confidence_interval(0.9)
        assert (driver.performance, driver.n) == (share.estimate, share.n)
    with pytest.raises(ValueError, match="one for each of the 5 drivers"):
        key_drivers(LEVELS, OVERALL, shares=shares[:4])


def test_nobody_gives_nan() -> None:
    found = key_drivers(np.zeros((0, 2), dtype=np.int64), [], resamples=100)
    assert (found.n, found.drivers[0].n) == (0, 0)
    figures = [found.r_squared, found.drivers[0].performance, *intervals(found).ravel()]
    assert np.isnan(figures).all()


def test_drivers_without_any_variance_explain_nothing() -> None:
    found = key_drivers(np.full((12, 2), 4), [4, 5] * 6, resamples=100)
    assert (found.r_squared, weights(found)) == (0, [0, 0])
    assert np.isnan(found.drivers[0].share_of_r2)


def test_where_all_resamples_lie_above_the_weight_there_is_no_interval() -> None:
    # Uncorrelated in the sample, so the weight is the least there can be.
    levels = np.repeat([[1], [1], [5], [5]], 10, axis=0)
    outcome = np.tile(np.repeat([2, 4], 10), 2)
    found = key_drivers(levels, outcome, resamples=200)
    assert weights(found) == pytest.approx([0])
    assert np.isnan(intervals(found)).all()


def test_resamples_equal_to_the_weight_count_half_below_it() -> None:
    draws = np.arange(1.0, 400)
    draws[99:300] = 200
    limits = bca(np.array([200.0]), draws[:, None], np.zeros(1), 0.95)
    assert limits[:, 0] == pytest.approx([10, 390]), "the (399 + 1)·share-th"


def test_where_the_acceleration_turns_the_limits_round_there_are_none() -> None:
    draws, weight = np.arange(1.0, 400)[:, None], np.array([200.0])
    for skewness, known in ((0.4, True), (0.6, False)):
        limits = bca(weight, draws, np.array([skewness]), 0.95)
        assert np.isfinite(limits).all() == known


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"levels": [1, 2]}, "drivers"),
        ({"levels": [[], []]}, "drivers"),
        ({"outcome": [1, 2, 3]}, "outcome"),
        ({"codes": ["A"]}, "each of the 2 drivers once"),
        ({"codes": ["A", "A"]}, "each of the 2 drivers once"),
        ({"resamples": 99}, "100 resamples"),
        ({"level": 95}, "level"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: dict[str, Any], says: str) -> None:
    whole: dict[str, Any] = {"levels": [[1, 2], [2, 4]], "outcome": [3, 4], **arguments}
    with pytest.raises(ValueError, match=says):
        key_drivers(whole.pop("levels"), whole.pop("outcome"), **whole)


def test_the_interval_covers_the_weight_as_often_as_it_says() -> None:
    # Two independent drivers, so a population weight is a squared correlation.
    random, n, runs, covered = np.random.default_rng(35), 150, 300, 0
    for _ in range(runs):
        levels = random.integers(1, 6, size=(n, 2))
        outcome = np.where(random.random(n) < 0.6, levels[:, 0], random.integers(1, 6, size=n))
        interval = key_drivers(levels, outcome, resamples=400).drivers[0].interval
        covered += interval.low <= 0.36 <= interval.high
    assert 0.91 <= covered / runs <= 0.985
