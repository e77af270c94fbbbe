"""Estimates of sample surveys against R's package survey (tests/reference/api.R, estimators.R)."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import SurveyDesign
from analysis.estimators import mean, mean_difference, poststratified_mean, ratio, total
from analysis.linearisation import LinearEstimate, SurveyEstimate
from analysis.quantiles import median, quantile
from tests.samples import API, LATE, PEOPLE, TOP, design_named, schools
from tests.samples import ESTIMATORS as R

TYPES = {"E": 4421, "H": 755, "M": 1018}


@cache
def figures(name: str) -> dict[str, LinearEstimate]:
    design, y, a, b = design_named(name), PEOPLE["y"], PEOPLE["a"], PEOPLE["b"]
    totals = {"f": 280.0, "m": 320.0}
    return {
        "mean y": mean(y, design),
        "mean top": mean(TOP, design),
        "mean y, late": mean(y, design, LATE),
        "mean top, late": mean(TOP, design, LATE),
        "total y": total(y, design),
        "total top, late": total(TOP, design, LATE),
        "ratio": ratio(a, b, design),
        "ratio, late": ratio(a, b, design, LATE),
        "late minus not": mean_difference(y, design, LATE, ~LATE),
        "late minus all": mean_difference(y, design, LATE, np.ones_like(LATE)),
        "post-stratified top": poststratified_mean(TOP, design, PEOPLE["sex"], totals),
        "post-stratified y": poststratified_mean(y, design, PEOPLE["sex"], totals),
    }


def assert_equals_r(found: LinearEstimate, expected: dict[str, float]) -> None:
    assert float(found.estimate) == pytest.approx(expected["estimate"], rel=1e-10, abs=1e-12)
    assert float(found.standard_error) == pytest.approx(expected["se"], rel=1e-8, abs=1e-10)
    assert found.degrees_of_freedom == expected["df"]
    if isinstance(found, SurveyEstimate):
        assert float(found.design_effect) == pytest.approx(expected["deff"], rel=1e-8, abs=1e-10)
    if "low" in expected and expected["df"] >= 8 and expected["se"] > 0:
        interval = found.confidence_interval()
        assert float(interval.low) == pytest.approx(expected["low"], rel=1e-8)
        assert float(interval.high) == pytest.approx(expected["high"], rel=1e-8)
    if "kish" in expected and isinstance(found, SurveyEstimate):
        assert float(found.kish) == pytest.approx(expected["kish"], rel=1e-10)
        assert found.n == expected["n"]
        assert float(found.n_effective) == pytest.approx(expected["n"] / expected["deff"])


CASES = [
    (name, figure)
    for name in R
    if " | " in name
    for figure in R[name]
    if figure not in {"jackknife", "covariance y top"}
]


@pytest.mark.parametrize(("name", "figure"), CASES)
def test_a_figure_equals_that_of_r(name: str, figure: str) -> None:
    assert_equals_r(figures(name)[figure], R[name][figure])


@pytest.mark.parametrize("name", [name for name in R if " | " in name])
def test_the_covariance_of_two_columns_equals_that_of_r(name: str) -> None:
    # R drops whoever misses one column, ours keeps each column's own people: give it hers.
    both = np.column_stack([PEOPLE["y"], np.where(np.isnan(PEOPLE["y"]), np.nan, TOP)])
    found = mean(both, design_named(name))
    assert found.covariance[0, 1] == pytest.approx(
        R[name]["covariance y top"]["covariance"], rel=1e-8
    )
    assert found.covariance[0, 1] == found.covariance[1, 0]


@cache
def api_figures(sample: str) -> dict[str, LinearEstimate]:
    data, design = schools(sample)
    elementary, high = data["stype"] == "E", data["stype"] == "H"
    found: dict[str, LinearEstimate] = {
        "mean api00": mean(data["api00"], design),
        "mean api99": mean(data["api99"], design),
        "mean E": mean(elementary, design),
        "mean api00 in H": mean(data["api00"], design, high),
        "mean enroll": mean(data["enroll"], design),
        "total enroll": total(data["enroll"], design),
        "total E": total(elementary, design),
        "ratio api.stu": ratio(data["api.stu"], data["enroll"], design),
        "E minus H": mean_difference(data["api00"], design, elementary, high),
    }
    if sample != "strat":
        for name in ("api00", "enroll"):
            post = poststratified_mean(data[name], design, data["stype"], TYPES)
            found[f"post-stratified {name}"] = post
    if sample == "clus2":
        wr = SurveyDesign(len(data["pw"]), clusters=data["dnum"], weights=data["pw"])
        found["mean api00 with replacement"] = mean(data["api00"], wr)
    return found


API_CASES = [
    (sample, figure)
    for sample in ("strat", "clus1", "clus2")
    for figure in API[sample]
    if not figure.startswith(("quantile", "jackknife"))
]


@pytest.mark.parametrize(("sample", "figure"), API_CASES)
def test_the_schools_of_california_give_what_r_gives(sample: str, figure: str) -> None:
    assert_equals_r(api_figures(sample)[figure], API[sample][figure])


@pytest.mark.parametrize(
    ("sample", "figure", "estimate", "error"),
    [
        ("strat", "mean api00", "662.29", "9.4089"),
        ("clus1", "mean api00", "644.17", "23.542"),
        ("clus1", "mean api99", "606.978142", "24.2250"),
        ("clus1", "mean E", "0.786885", "0.0463"),
        ("clus1", "total enroll", "3404940.13", "932235.03"),
        ("clus1", "total E", "4873.97", "1333.32"),
        ("clus2", "mean api00 with replacement", "670.81", "30.712"),
    ],
)
def test_the_schools_of_california_give_what_the_documentation_of_r_prints(
    sample: str, figure: str, estimate: str, error: str
) -> None:
    found = api_figures(sample)[figure]
    for value, printed in ((found.estimate, estimate), (found.standard_error, error)):
        assert f"{float(value):.{len(printed.split('.')[1])}f}" == printed


@pytest.mark.parametrize("sample", ["strat", "clus1", "clus2"])
@pytest.mark.parametrize("q", [0.25, 0.5])
def test_a_quantile_and_its_interval_equal_those_of_r(sample: str, q: float) -> None:
    data, design = schools(sample)
    found, expected = quantile(data["api00"], q, design), API[sample][f"quantile {q}"]
    interval = found.confidence_interval()
    assert (found.estimate, interval.low, interval.high) == (
        expected["estimate"], expected["low"], expected["high"],
    )  # fmt: skip
    assert found.standard_error == pytest.approx(expected["se"], rel=1e-8)
    assert (found.degrees_of_freedom, interval.method) == (expected["df"], "woodruff")
    if q == 0.5:
        assert median(data["api00"], design).estimate == found.estimate


def test_trap_02_a_missing_item_is_a_domain_and_never_a_dropped_row() -> None:
    design, y = design_named("days | adjust"), PEOPLE["y"]
    rows = ~np.isnan(y)
    kept = mean(y, design)
    alone = mean(
        y[rows],
        SurveyDesign(
            int(rows.sum()),
            strata=PEOPLE["stratum"][rows],
            clusters=PEOPLE["day"][rows],
            weights=PEOPLE["weight"][rows],
        ),
    )
    assert float(kept.estimate) == pytest.approx(float(alone.estimate))
    assert float(kept.standard_error) == pytest.approx(R["days | adjust"]["mean y"]["se"])
    assert abs(kept.standard_error / alone.standard_error - 1) > 1e-4


def test_trap_05_a_lonely_stratum_adds_variance_and_certainty_understates() -> None:
    adjust, certainty = (
        mean(TOP, design_named(f"days | {each}")) for each in ("adjust", "certainty")
    )
    assert adjust.standard_error > certainty.standard_error
    assert adjust.degrees_of_freedom == certainty.degrees_of_freedom == 25 - 6


def test_trap_06_the_correction_is_asked_for_and_goes_to_0_for_all_of_these_dossiers() -> None:
    y, n = np.array([1.0, 2, 4, 4, 5, 3, 1, 2, 5, 5]), 10
    plain, corrected, census = (
        mean(y, SurveyDesign(n, weights=np.ones(n), population=population))
        for population in (None, np.full(n, 11.0), np.full(n, 10.0))
    )
    assert float(plain.standard_error) == pytest.approx(np.std(y, ddof=1) / np.sqrt(n))
    assert float(corrected.standard_error) == pytest.approx(plain.standard_error * np.sqrt(1 / 11))
    assert census.standard_error == 0
    assert np.isnan(census.confidence_interval().low), "a count has no interval"


def test_trap_17_few_clusters_have_few_degrees_of_freedom_whatever_the_people() -> None:
    data, design = schools("clus1")
    found = mean(data["api00"], design, data["stype"] != "H")
    assert (int(found.n), int(found.degrees_of_freedom)) == (169, 14)
    interval = found.confidence_interval()
    assert (interval.high - interval.low) / (2 * 1.96 * found.standard_error) > 1.09


def test_trap_19_extreme_weights_throw_away_people() -> None:
    y, weights = np.arange(100) % 5, np.r_[np.ones(90), np.full(10, 50.0)]
    found = mean(y, SurveyDesign(100, weights=weights))
    assert float(found.kish) == pytest.approx(100 * (90 + 10 * 2500) / (90 + 500) ** 2)
    assert found.kish > 7
    assert found.n_effective < 100 / 5


def test_trap_23_the_naive_standard_error_ignores_clusters() -> None:
    data, design = schools("clus1")
    naive = np.std(data["api00"], ddof=1) / np.sqrt(183)
    assert mean(data["api00"], design).standard_error / naive > 3
    one_stage = SurveyDesign(183)
    assert float(mean(data["api00"], one_stage).standard_error) == pytest.approx(naive)


def test_nobody_and_one_person_have_no_standard_error() -> None:
    design, y = SurveyDesign(20), np.arange(20.0)
    nobody, one = mean(y, design, y < 0), mean(y, design, y < 1)
    assert np.isnan([nobody.estimate, nobody.standard_error, nobody.kish]).all()
    assert (int(nobody.n), int(one.n), float(one.estimate)) == (0, 1, 0)
    assert np.isnan([one.standard_error, one.confidence_interval().low]).all()
    assert np.isnan(mean_difference(y, design, y < 1, y > 5).standard_error)
    assert np.isnan(mean([], SurveyDesign(0)).estimate)
    assert np.isnan(median(np.full(20, np.nan), design).estimate)


@pytest.mark.parametrize("level", [0.1, 0.7, 5.0])
def test_all_alike_have_no_variance_and_no_interval(level: float) -> None:
    weights = np.linspace(0.3, 7.7, 30)
    found = mean(np.full(30, level), SurveyDesign(30, weights=weights))
    assert found.standard_error == 0
    assert np.isnan([found.design_effect, found.confidence_interval().high]).all()
    middle = median(np.full(30, level), SurveyDesign(30, weights=weights))
    assert (middle.estimate, np.isnan(middle.confidence_interval().low)) == (level, True)


def test_fewer_than_8_degrees_of_freedom_have_no_interval() -> None:
    y = np.array([1.0, 5, 3, 4, 2, 5, 4, 4, 3])
    assert np.isfinite(mean(y, SurveyDesign(9)).confidence_interval().low)
    assert np.isnan(mean(y[:8], SurveyDesign(8)).confidence_interval().low)
    assert np.isnan(median(y[:8], SurveyDesign(8)).confidence_interval().low)


def test_a_quantile_reaches_its_share_in_spite_of_rounding() -> None:
    design, y = SurveyDesign(10, weights=np.full(10, 0.7)), np.arange(10.0)
    assert [quantile(y, q, design).estimate for q in (0.1, 0.3, 0.5, 0.8)] == [0, 2, 4, 7]


@given(st.integers(0, 10**6), st.floats(0.1, 50), st.floats(-100, 100))
def test_a_mean_moves_with_its_scale_and_not_with_that_of_the_weights(
    seed: int, scale: float, shift: float
) -> None:
    random = np.random.default_rng(seed)
    y, weights = random.normal(size=40), random.uniform(0.5, 3, 40)
    strata, domain = random.integers(0, 4, 40), random.random(40) < 0.8
    one = mean(y, SurveyDesign(40, strata=strata, weights=weights), domain)
    order = random.permutation(40)
    other = mean(
        (scale * y + shift)[order],
        SurveyDesign(40, strata=-strata[order], weights=scale * weights[order]),
        domain[order],
    )
    assert float(other.estimate) == pytest.approx(scale * one.estimate + shift, abs=1e-9)
    assert float(other.standard_error) == pytest.approx(scale * one.standard_error)
    assert float(other.design_effect) == pytest.approx(float(one.design_effect))


@given(st.integers(0, 10**6))
def test_columns_are_estimated_each_as_if_alone(seed: int) -> None:
    random = np.random.default_rng(seed)
    y = np.where(random.random((30, 3)) < 0.2, np.nan, random.normal(size=(30, 3)))
    design = SurveyDesign(30, clusters=np.arange(30) // 3, weights=random.uniform(1, 2, 30))
    together, alone = mean(y, design), [mean(column, design) for column in y.T]
    for name in ("estimate", "standard_error", "degrees_of_freedom", "n", "kish"):
        each = np.array([getattr(estimate, name) for estimate in alone])
        assert getattr(together, name) == pytest.approx(each)
    assert np.sqrt(np.diag(together.covariance)) == pytest.approx(together.standard_error)


def test_input_that_does_not_fit_is_refused() -> None:
    design, y = SurveyDesign(10), np.arange(10.0)
    with pytest.raises(ValueError, match="10 people"):
        mean(y[:9], design)
    with pytest.raises(ValueError, match="one shape"):
        ratio(y, np.ones((10, 1)), design)
    with pytest.raises(ValueError, match="10 booleans"):
        mean(y, design, np.ones(10))
    with pytest.raises(ValueError, match="level"):
        mean(y, design).confidence_interval(95)
    with pytest.raises(ValueError, match="q must"):
        quantile(y, 50, design)
    with pytest.raises(ValueError, match="one value for each"):
        median(np.ones((10, 2)), design)
    groups = np.repeat(["f", "m"], 5)
    with pytest.raises(ValueError, match="same labels"):
        poststratified_mean(y, design, groups, {"f": 3, "m": 2, "x": 4})
    with pytest.raises(ValueError, match="above 0"):
        poststratified_mean(y, design, groups, {"f": 3, "m": 0})
    with pytest.raises(ValueError, match="one label"):
        poststratified_mean(y, design, groups[:9], {"f": 3, "m": 2})
