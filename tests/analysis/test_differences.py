"""Differences, against R (tests/reference/differences.R) and Newcombe's two tables."""

import csv
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri, stdtr, stdtrit

from analysis.differences import Difference, difference, equivalence
from analysis.index import SatisfactionIndex, index_from_sums
from analysis.interval import Estimate
from analysis.proportions import proportion
from analysis.sums import Item, tally

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "differences.json").read_text())
NEWCOMBE = json.loads((REFERENCE / "newcombe-1998.json").read_text())
PEOPLE = list(csv.DictReader((REFERENCE / "index.csv").read_text().splitlines()))
Z = float(ndtri(0.975))


def shares(x: int, n: int, y: int, m: int) -> Difference:
    return difference(proportion(x, n), proportion(y, m))


def twice(both: int, first: int, second: int, neither: int) -> Difference:
    """The same people asked twice."""
    counts = [both, first, second, neither]
    return difference(np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts), paired=True)


def limits(of: Difference, level: float = 0.95) -> tuple[float, float]:
    found = of.confidence_interval(level)
    return found.low, found.high


def figure(**fields: Any) -> Estimate:
    """An index of 50 people as good as 120 independent ones."""
    known = {
        "estimate": 0.8,
        "standard_error": 0.04,
        "degrees_of_freedom": 49,
        "n_effective": 120.0,
    }
    fixed = {"n_respondents": 50, "collapsed": False, "interval_method": "wilson-neff-t"}
    return Estimate(**(known | fixed | fields))


samples = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
tables = st.tuples(*[st.integers(0, 60)] * 4).filter(any)


@pytest.mark.parametrize(("a", "m", "b", "n", "low", "high"), NEWCOMBE["independent"]["rows"])
def test_newcombe_s_published_limits_of_two_samples_are_reproduced(
    *, a: int, m: int, b: int, n: int, low: float, high: float
) -> None:
    found = shares(a, m, b, n)
    assert limits(found) == pytest.approx((low, high), abs=5e-5)
    assert found.method == "mover-wilson"


@pytest.mark.parametrize(("e", "f", "g", "h", "low", "high"), NEWCOMBE["paired"]["rows"])
def test_newcombe_s_published_limits_of_pairs_are_reproduced(
    *, e: int, f: int, g: int, h: int, low: float, high: float
) -> None:
    found = twice(e, f, g, h)
    off_by_one = (e, f, g, h) == (1, 97, 1, 1)  # as the note in the file says
    assert limits(found) == pytest.approx((low, high), abs=1e-4 if off_by_one else 5e-5)
    assert found.method == "mover-wilson-paired"


def test_two_samples_equal_r() -> None:
    for x, n, y, m, level, low, high, error, df, t, p in zip(
        *R["independent"].values(), strict=True
    ):
        found = shares(x, n, y, m)
        assert limits(found, level) == pytest.approx((low, high), rel=1e-10, abs=1e-14)
        assert found.standard_error == pytest.approx(error, rel=1e-12)
        assert found.degrees_of_freedom == pytest.approx(df, rel=1e-12)
        assert found.statistic == pytest.approx(t, rel=1e-10)
        assert found.t_p_value == pytest.approx(p, rel=1e-8)


def test_pairs_equal_r() -> None:
    for e, f, g, h, low, high, error, t, df, p in zip(*R["paired"].values(), strict=True):
        found = twice(e, f, g, h)
        assert limits(found) == pytest.approx((low, high), rel=1e-10)
        assert found.standard_error == pytest.approx(error, rel=1e-10)
        assert (found.statistic, found.degrees_of_freedom) == (pytest.approx(t, rel=1e-10), df)
        assert found.t_p_value == pytest.approx(p, rel=1e-8)


@pytest.mark.parametrize("profile", ["t2b-pooled", "mean5"])
def test_two_periods_of_a_stratified_survey_equal_r(profile: str) -> None:
    items = [Item(code, code[0]) for code in ("A1", "A2", "B1", "B2", "B3")]

    def index(*strata: int) -> SatisfactionIndex:
        rows: dict[int, list[list[int]]] = {each: [] for each in strata}
        for person in PEOPLE:
            if int(person["stratum"]) in strata:
                rows[int(person["stratum"])].append([int(person[item.code]) for item in items])
        sums = {each: tally(rows[each], items) for each in strata}
        return index_from_sums(sums, profile=profile)

    found = difference(index(1, 2, 3), index(4, 5, 6))
    estimate, error = R["periods"][profile]
    assert found.estimate == pytest.approx(estimate, rel=1e-10)
    assert found.standard_error == pytest.approx(error, rel=1e-10)


def test_an_index_is_tested_with_its_stabilised_error() -> None:
    a, b = figure(), figure(estimate=0.9, standard_error=0.02, n_effective=300.0)
    found = difference(a, b)
    variances = np.array([0.8 * 0.2 / 120, 0.9 * 0.1 / 300])
    df = variances.sum() ** 2 / (variances**2 / 49).sum()
    assert found.standard_error == pytest.approx(np.hypot(0.04, 0.02))
    assert found.stabilised_error == pytest.approx(np.sqrt(variances.sum()))
    assert found.degrees_of_freedom == pytest.approx(df)
    assert found.statistic == pytest.approx(-0.1 / np.sqrt(variances.sum()))
    assert found.t_p_value == pytest.approx(2 * stdtr(df, found.statistic))
    assert found.method == "mover-wilson-neff-t"


def test_the_limits_join_each_figure_s_own_limits() -> None:
    a, b = figure(interval_method="wilson"), figure(estimate=0.9)
    found, own_a, own_b = (each.confidence_interval(0.9) for each in (difference(a, b), a, b))
    below = np.hypot(0.8 - own_a.low, own_b.high - 0.9)
    above = np.hypot(own_a.high - 0.8, 0.9 - own_b.low)
    assert (found.low, found.high) == pytest.approx((-0.1 - below, -0.1 + above))
    assert (found.level, found.method) == (0.9, "mover-wilson+wilson-neff-t")


def test_a_mean_of_levels_is_tested_with_its_own_error_and_has_no_h() -> None:
    a = figure(interval_method="t", lowest=0.2, estimate=0.7)
    b = figure(interval_method="t", lowest=0.2, estimate=0.6, standard_error=0.03)
    found = difference(a, b)
    assert found.stabilised_error == found.standard_error == pytest.approx(0.05)
    half = float(stdtrit(49, 0.975)) * 0.05
    assert limits(found) == pytest.approx((0.1 - half, 0.1 + half))
    assert np.isnan(found.cohens_h)


def test_trap_7_a_standard_error_of_0_is_no_certainty() -> None:
    found = shares(40, 40, 50, 50)
    halves = [Z**2 / (2 * (n + Z**2)) / Z for n in (40, 50)]
    assert found.standard_error == 0
    assert found.stabilised_error == pytest.approx(np.hypot(*halves))
    assert (found.estimate, found.p_value) == (0, 1)
    assert found.confidence_interval().low < 0 < found.confidence_interval().high
    t = float(stdtrit(49, 0.975))
    alike = figure(estimate=1.0, standard_error=0.0, n_effective=50.0)
    mean = figure(estimate=1.0, standard_error=0.0, n_effective=50.0, interval_method="t")
    for one in (alike, mean):
        error = t**2 / (2 * (50 + t**2)) / t
        assert difference(one, one).stabilised_error == pytest.approx(np.hypot(error, error))
    changed = twice(0, 40, 0, 0)
    assert changed.standard_error == 0
    width = changed.confidence_interval().high - changed.confidence_interval().low
    assert changed.stabilised_error == pytest.approx(width / 2 / Z)
    assert 0 < changed.p_value < 1e-6
    assert twice(40, 0, 0, 0).p_value == 1


def test_trap_12_overlapping_intervals_are_not_a_test() -> None:
    a, b = proportion(160, 200), proportion(140, 200)
    assert a.confidence_interval().low < b.confidence_interval().high, "they overlap"
    found = difference(a, b)
    assert found.confidence_interval().low > 0
    assert found.p_value < 0.05


def test_trap_18_a_change_is_in_points_never_in_per_cent() -> None:
    assert shares(48, 80, 56, 70).estimate == pytest.approx(0.6 - 0.8)


@pytest.mark.parametrize(("n", "tested"), [(29, False), (30, True)])
def test_fewer_than_30_people_are_not_tested_but_have_an_interval(n: int, tested: bool) -> None:
    answers = np.repeat([1, 0], [n - 5, 5])
    for found in (
        shares(n - 5, n, 90, 100),
        shares(90, 100, n - 5, n),
        difference(answers, answers[::-1], paired=True),
    ):
        assert np.isfinite([found.statistic, found.p_value]).tolist() == [tested, tested]
        assert np.isfinite(limits(found)).all()


def test_who_misses_an_answer_is_left_out_of_the_pairs_and_counted() -> None:
    a = [1, 1, 0, np.nan, 1, 0, np.nan]
    b = [1, 0, 0, 1, np.nan, 1, np.nan]
    found = difference(a, b, paired=True)
    without = difference([1, 1, 0, 0], [1, 0, 0, 1], paired=True)
    assert (found.n_missing, without.n_missing) == (3, 0)
    assert (found.estimate, found.degrees_of_freedom) == (0, 3)
    assert limits(found) == limits(without)


def test_answers_that_agree_make_the_pairs_better_known_than_two_samples() -> None:
    (low, high), (apart_low, apart_high) = (
        limits(twice(40, 5, 0, 15)),
        limits(shares(45, 60, 40, 60)),
    )
    assert high - low < 0.7 * (apart_high - apart_low)


@pytest.mark.parametrize("answers", [[], [np.nan, np.nan]])
def test_nobody_in_pairs_has_no_difference(answers: list[float]) -> None:
    found = difference(answers, answers, paired=True)
    assert np.isnan([found.estimate, found.standard_error, found.p_value, *limits(found)]).all()
    assert (found.n_missing, found.degrees_of_freedom) == (len(answers), 0)


def test_without_people_or_with_a_census_there_is_no_interval_and_no_test() -> None:
    known = proportion(70, 80)
    for other in (proportion(0, 0), proportion(70, 80, population=80)):
        found = difference(known, other)
        assert np.isnan([found.p_value, *limits(found)]).all()
    few = figure(degrees_of_freedom=5)
    assert np.isnan([difference(few, few).p_value, *limits(difference(few, few))]).all()


def test_estimates_that_move_as_one_leave_no_doubt_about_their_difference() -> None:
    one = shares(20, 40, 20, 40)
    together = replace(one, correlation=float(np.nextafter(1, 2)))  # 1, but for rounding
    assert limits(together) == pytest.approx((0, 0), abs=1e-7)


def test_one_pair_has_limits_and_no_error() -> None:
    found = twice(0, 1, 0, 0)
    assert found.estimate == 1
    assert np.isnan(found.standard_error)
    assert found.confidence_interval().low < 1 == found.confidence_interval().high


@given(samples, samples, st.floats(0.5, 0.999))
def test_limits_stay_between_minus_1_and_1_hold_the_difference_and_mirror(
    one: tuple[int, int], other: tuple[int, int], level: float
) -> None:
    found, mirrored = shares(*one, *other), shares(*other, *one)
    low, high = limits(found, level)
    assert -1 - 1e-12 <= low < high <= 1 + 1e-12
    assert low <= found.estimate <= high
    assert limits(mirrored, level) == pytest.approx((-high, -low), abs=1e-12)
    assert mirrored.p_value == pytest.approx(found.p_value, nan_ok=True)
    assert mirrored.cohens_h == pytest.approx(-found.cohens_h)


@given(tables)
def test_pairs_are_bounded_and_mirror_when_the_answers_change_places(
    table: tuple[int, int, int, int],
) -> None:
    both, first, second, neither = table
    found, mirrored = twice(*table), twice(both, second, first, neither)
    low, high = limits(found)
    assert -1 - 1e-12 <= low <= found.estimate <= high <= 1 + 1e-12
    assert low < high
    assert limits(mirrored) == pytest.approx((-high, -low), abs=1e-12)
    assert abs(found.correlation) <= 1 + 1e-12


@given(st.permutations(range(40)))
def test_the_order_of_the_people_does_not_matter(places: list[int]) -> None:
    a, b = np.repeat([1, 0, 1, 0], 10), np.repeat([1, 0], [25, 15])
    shuffled = difference(a[places], b[places], paired=True)
    found = difference(a, b, paired=True)
    assert limits(shuffled) == pytest.approx(limits(found), abs=1e-12)
    assert shuffled.p_value == pytest.approx(found.p_value)


def test_cohen_s_h_is_the_difference_of_the_arcsines() -> None:
    found = shares(75, 100, 25, 100)
    assert found.cohens_h == pytest.approx(np.pi / 3)
    assert shares(10, 10, 0, 10).cohens_h == pytest.approx(np.pi)


def test_not_significant_is_not_yet_no_change() -> None:
    few, many = shares(24, 30, 25, 31), shares(8000, 10_000, 8060, 10_000)
    for found in (few, many):
        assert found.p_value > 0.05
    assert not equivalence(few, 0.05).is_equivalent
    shown = equivalence(many, 0.05)
    assert shown.is_equivalent
    assert (shown.margin, shown.level, shown.interval.level) == (0.05, 0.95, 0.9)
    assert shown.interval == many.confidence_interval(0.9)


def test_a_change_may_be_significant_and_too_small_to_matter() -> None:
    found = shares(9000, 10_000, 8900, 10_000)
    assert found.p_value < 0.05
    assert equivalence(found, 0.05).is_equivalent
    assert not equivalence(found, 0.01).is_equivalent


def test_equivalence_holds_exactly_when_the_whole_interval_lies_within_the_margin() -> None:
    for found in (shares(80, 100, 75, 100), shares(75, 100, 80, 100)):
        low, high = limits(found, 0.9)
        edge = max(-low, high)
        assert equivalence(found, edge + 1e-9).is_equivalent
        assert not equivalence(found, edge - 1e-9).is_equivalent
    assert not equivalence(shares(0, 0, 5, 10), 0.5).is_equivalent


def test_bad_comparisons_are_refused() -> None:
    with pytest.raises(ValueError, match="two figures at a time"):
        difference(proportion([1, 2], 5), proportion(3, 5))
    mean = figure(interval_method="t", lowest=0.2)
    same_range = figure(interval_method="t")
    for a, b in ((mean, same_range), (same_range, figure()), (figure(), same_range)):
        with pytest.raises(ValueError, match="different scales"):
            difference(a, b)
    for a, b in (([1, 0], [1]), ([[1, 0]], [[1, 0]])):
        with pytest.raises(ValueError, match="same people"):
            difference(a, b, paired=True)
    with pytest.raises(ValueError, match="0 or 1"):
        difference([1, 5], [1, 0], paired=True)
    found = shares(3, 5, 2, 5)
    with pytest.raises(ValueError, match="level"):
        found.confidence_interval(95)
    for margin in (0, -0.1, np.nan):
        with pytest.raises(ValueError, match="margin"):
            equivalence(found, margin)
    for level in (0.5, 1):
        with pytest.raises(ValueError, match="level"):
            equivalence(found, 0.1, level=level)


def rejections(n: int, m: int, p: float) -> float:
    """The exact probability that the interval finds a change that is not there."""
    found = 0.0
    for x, y in np.ndindex(n + 1, m + 1):
        weight = binomial(n, p)[x] * binomial(m, p)[y]
        if weight > 1e-7:
            low, high = limits(shares(x, n, y, m))
            found += weight * (low > 0 or high < 0)
    return found


@cache
def binomial(n: int, p: float) -> npt.NDArray[np.float64]:
    mass = np.ones(1)
    for _ in range(n):
        mass = np.convolve(mass, [1 - p, p])
    return mass


@pytest.mark.parametrize(
    ("n", "m", "p"), [(30, 30, 0.6), (30, 30, 0.95), (60, 60, 0.9), (30, 100, 0.9), (30, 300, 0.8)]
)
def test_a_change_that_is_not_there_is_seldom_found(n: int, m: int, p: float) -> None:
    assert 0 < rejections(n, m, p) <= 0.055


@given(st.integers(0, 40), st.integers(0, 90))
def test_p_is_below_5_in_100_exactly_where_the_interval_leaves_out_0(x: int, y: int) -> None:
    found = shares(x, 40, y, 90)
    low, high = limits(found)
    assert (found.p_value < 0.05) == (low > 0 or high < 0)
    touching = found.confidence_interval(1 - min(found.p_value, 1 - 1e-9))
    if 1e-9 < found.p_value < 1:
        assert min(abs(touching.low), abs(touching.high)) == pytest.approx(0, abs=1e-7)


def test_the_t_test_finds_a_change_that_the_interval_does_not() -> None:
    # What p_value is for: 30 of 30 satisfied people beside 270 of 300.
    found = shares(30, 30, 270, 300)
    assert found.t_p_value < 0.01
    assert found.p_value > 0.05
