"""Replicate weights against R (tests/reference/estimators.R, api.R) and the linearisation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import SurveyDesign
from analysis.estimators import mean, ratio, total
from analysis.interval import Array
from analysis.quantiles import median
from analysis.replication import bootstrap, bootstrap_weights, jackknife, jackknife_weights
from tests.samples import API, PEOPLE, TOP, design_named, schools
from tests.samples import ESTIMATORS as R


def weighted_mean(y: Array, w: Array) -> float:
    known = ~np.isnan(y)
    return float(np.average(y[known], weights=w[known]))


def weighted_ratio(y: Array, x: Array, w: Array) -> float:
    known = ~np.isnan(y + x)
    return float(w[known] @ y[known] / (w[known] @ x[known]))


@pytest.mark.parametrize("name", [name for name in R if "jackknife" in R[name]])
def test_the_jackknife_equals_that_of_r(name: str) -> None:
    design, expected = design_named(name), R[name]["jackknife"]
    one = jackknife(lambda w: weighted_mean(PEOPLE["y"], w), design)
    two = jackknife(lambda w: weighted_ratio(PEOPLE["a"], PEOPLE["b"], w), design)
    for found, figure in ((one, "mean"), (two, "ratio")):
        assert float(found.estimate) == pytest.approx(expected[figure], rel=1e-10)
        assert float(found.standard_error) == pytest.approx(expected[f"{figure}_se"], rel=1e-8)


@pytest.mark.parametrize("sample", ["strat", "clus1"])
def test_the_jackknife_of_the_schools_equals_that_of_r(sample: str) -> None:
    data, design = schools(sample)
    found = jackknife(
        lambda w: (
            np.average(data["api00"], weights=w),
            weighted_ratio(data["api.stu"], data["enroll"], w),
        ),
        design,
    )
    expected = [API[sample][f"jackknife {figure}"]["se"] for figure in ("api00", "ratio")]
    assert found.standard_error == pytest.approx(np.array(expected), rel=1e-8)


@given(st.integers(0, 10**6))
def test_the_jackknife_of_a_total_is_the_linearised_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    days, y = np.arange(24) // 2, random.normal(size=24)
    design = SurveyDesign(
        24, strata=days % 3, clusters=days, population=np.full(24, 9.0), weights=random.random(24)
    )
    linear, found = total(y, design), jackknife(lambda w: w @ y, design)
    assert float(found.standard_error) == pytest.approx(float(linear.standard_error))
    assert found.degrees_of_freedom == linear.degrees_of_freedom == 9


@pytest.mark.parametrize("name", ["days, fpc | certainty", "people, weights | certainty"])
def test_the_bootstrap_agrees_with_the_linearised_standard_error(name: str) -> None:
    design, a, b = design_named(name), PEOPLE["a"], PEOPLE["b"]
    found = bootstrap(lambda w: (w @ TOP, weighted_ratio(a, b, w)), design, 3000, seed=1)
    exact = [total(TOP, design).standard_error, ratio(a, b, design).standard_error]
    assert found.standard_error == pytest.approx(np.array(exact), rel=0.06)


def test_the_bootstrap_of_a_median_agrees_with_woodruff_s() -> None:
    y, design = np.random.default_rng(3).normal(size=200), SurveyDesign(200)
    one = bootstrap(lambda w: float(np.sort(y)[np.searchsorted(
        w[np.argsort(y)].cumsum() / w.sum(), 0.5)]), design, 1000)  # fmt: skip
    assert float(one.estimate) == median(y, design).estimate
    assert float(one.standard_error) == pytest.approx(median(y, design).standard_error, rel=0.25)


def test_every_replicate_keeps_the_clusters_of_each_stratum() -> None:
    design = design_named("days, fpc | adjust")
    of, weights = design.stratum_of_psu, bootstrap_weights(design, 50, seed=7)
    sums = np.array([weights.factors[:, of == h].sum(axis=1) for h in range(6)])
    assert sums == pytest.approx(np.broadcast_to(design.psus[:, None], sums.shape))
    assert weights.factors.min() >= 0
    assert (weights.factors[:, of == 2] == 1).all(), "all of stratum 3 was drawn"
    assert (weights.factors[:, of >= 4] == 1).all(), "lonely strata do not vary"
    assert weights.weights(design).shape == (50, design.n)
    again, other = (bootstrap_weights(design, 50, seed).factors for seed in (7, 8))
    assert (again == weights.factors).all()
    assert (other != weights.factors).any()


def test_a_cluster_is_left_out_with_all_its_people() -> None:
    design = SurveyDesign(4, clusters=[1, 1, 2, 3])
    assert jackknife_weights(design).weights(design).tolist() == [
        [0, 0, 1.5, 1.5],
        [1.5, 1.5, 0, 1.5],
        [1.5, 1.5, 1.5, 0],
    ]


def test_a_lonely_stratum_is_left_out_for_all_others_or_not_at_all() -> None:
    adjust = jackknife_weights(SurveyDesign(4, strata=[1, 2, 2, 2]))
    assert adjust.factors[0].tolist() == [0, 2, 2, 2]
    assert adjust.factors[1].tolist() == [1, 0, 1.5, 1.5]
    assert adjust.scales.tolist() == pytest.approx([1 / 2, 2 / 3, 2 / 3, 2 / 3])
    certainty = jackknife_weights(SurveyDesign(4, strata=[1, 2, 2, 2], lonely="certainty"))
    assert certainty.factors.tolist() == adjust.factors[1:].tolist()


def test_without_a_degree_of_freedom_or_an_estimate_there_is_no_standard_error() -> None:
    one = SurveyDesign(3, clusters=[1, 1, 1])
    for found in (jackknife(np.sum, one), bootstrap(np.sum, one, 10)):
        assert np.isnan(found.standard_error)
    few = jackknife(lambda w: np.nan if w[0] == 0 else 1.0, SurveyDesign(12))
    assert np.isnan(few.standard_error)
    with pytest.raises(ValueError, match="at least 2 replicates"):
        bootstrap(np.sum, one, 1)


def test_the_interval_takes_t_and_names_its_replication() -> None:
    y, design = np.arange(12.0), SurveyDesign(12)
    found = jackknife(lambda w: np.average(y, weights=w), design)
    expected, interval = mean(y, design).confidence_interval(0.9), found.confidence_interval(0.9)
    assert float(interval.low) == pytest.approx(float(expected.low))
    assert (interval.level, interval.method) == (0.9, "t, jackknife (JKn)")
    assert np.isnan(jackknife(lambda _: 1.0, design).confidence_interval().high)
    eight = SurveyDesign(8)
    assert np.isnan(jackknife(lambda w: w @ y[:8], eight).confidence_interval().high)
