"""Reliability and alpha, against R (tests/reference/measurement.R) and against themselves."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.measurement import (
    Reliability,
    cronbach_alpha,
    reliability,
    reliability_from_sums,
)
from analysis.sums import Item, Sums, tally

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "measurement.json").read_text())
ROWS = list(csv.DictReader((REFERENCE / "measurement.csv").read_text().splitlines()))
UNITS = np.array([row["unit"] for row in ROWS])
LEVELS = np.array([[int(row[item]) for item in "ABCDE"] for row in ROWS])
Levels = npt.NDArray[np.int64]


def shares(levels: Levels) -> npt.NDArray[np.float64]:
    """Each person's own share of satisfied answers."""
    with np.errstate(invalid="ignore"):
        return ((levels == 4) | (levels == 5)).sum(1) / ((levels >= 1) & (levels <= 5)).sum(1)


def first_seven() -> npt.NDArray[np.intp]:
    """The rows of a balanced set: seven people of each unit that has them."""
    rows = [np.flatnonzero(unit == UNITS) for unit in np.unique(UNITS)]
    return np.concatenate([each[:7] for each in rows if len(each) >= 7])


SETS = {
    "unbalanced": (shares(LEVELS), UNITS),
    "balanced": (shares(LEVELS)[first_seven()], UNITS[first_seven()]),
    "noise": (np.array([R["noise"][str(person)] for person in range(len(UNITS))]), UNITS),
}
# The dense score equation is solved to full precision; the optimisers stop earlier, as a
# likelihood is flat at its top.
PRECISION = {"dense": 1e-10, "lme": 1e-5, "lmer": 1e-5}


@pytest.mark.parametrize("road", PRECISION)
@pytest.mark.parametrize("name", ["unbalanced", "balanced"])
def test_the_icc_equals_reml_in_r(name: str, road: str) -> None:
    expected, found = R[f"{name} {road}"], reliability(*SETS[name])
    assert found.icc == pytest.approx(expected["icc"], rel=PRECISION[road])
    assert found.variance_between == pytest.approx(expected["between"], rel=PRECISION[road])
    assert found.variance_within == pytest.approx(expected["within"], rel=PRECISION[road])
    assert found.method == "reml"


@pytest.mark.parametrize("name", SETS)
def test_the_anova_icc_and_its_f_interval_equal_those_of_r(name: str) -> None:
    expected, found = R[f"{name} aov"], reliability(*SETS[name])
    assert found.anova_icc == pytest.approx(expected["icc"], rel=1e-10)
    assert found.f == pytest.approx(expected["f"], rel=1e-10)
    assert found.n0 == pytest.approx(expected["n0"], rel=1e-12)
    assert found.df_between == expected["df_between"]
    assert found.df_within == expected["df_within"]
    for level, name_in_r in ((0.95, "95"), (0.9, "90")):
        interval = found.confidence_interval(level)
        assert interval.low == pytest.approx(expected[f"low{name_in_r}"], rel=1e-8)
        assert interval.high == pytest.approx(expected[f"high{name_in_r}"], rel=1e-8)
        assert (interval.level, interval.method) == (level, "searle-f")


def test_units_that_differ_by_chance_alone_have_icc_0() -> None:
    assert R["noise lmer"]["icc"] < 1e-12, "R is at the bound too"
    found = reliability(*SETS["noise"])
    assert (found.icc, found.variance_between) == (0, 0)
    assert found.variance_within == pytest.approx(R["noise lmer"]["within"], rel=1e-10)
    assert found.n_needed(0.7) == np.inf
    assert set(found.by_unit.values()) == {0}


def by_rows(levels: dict[str, Levels]) -> Reliability:
    units = np.repeat(list(levels), [len(own) for own in levels.values()])
    return reliability(shares(np.concatenate(list(levels.values()))), units)


def by_sums(levels: dict[str, Levels]) -> Reliability:
    items = [Item(code, "F") for code in "ABCDE"]
    sums: dict[str, Sums] = {unit: tally(own, items) for unit, own in levels.items()}
    return reliability_from_sums(sums)


def assert_equal(one: Reliability, other: Reliability) -> None:
    ours, theirs = vars(one), vars(other)
    for field in set(ours) - {"by_unit", "method"}:
        assert ours[field] == pytest.approx(theirs[field], rel=1e-9, abs=1e-12, nan_ok=True)
    assert one.by_unit.keys() == other.by_unit.keys()
    for unit, value in one.by_unit.items():
        assert value == pytest.approx(other.by_unit[unit], rel=1e-9, abs=1e-12, nan_ok=True)


def test_the_sums_of_the_reference_give_what_its_rows_give() -> None:
    levels = {unit: LEVELS[unit == UNITS] for unit in np.unique(UNITS).tolist()}
    found = by_sums(levels)
    assert_equal(found, by_rows(levels))
    assert found.icc == pytest.approx(R["unbalanced dense"]["icc"], rel=1e-10)


CODES = st.sampled_from([0, 1, 3, 4, 5, 5, 6, 9])
SOME = st.integers(0, 7).flatmap(lambda n: arrays(np.int64, (n, 5), elements=CODES))


@given(st.dictionaries(st.sampled_from("abcdef"), SOME, min_size=1))
def test_sums_equal_rows(levels: dict[str, Levels]) -> None:
    assert_equal(by_sums(levels), by_rows(levels))


VALUES = st.lists(
    st.tuples(st.integers(-20, 20), st.sampled_from("abcde")), min_size=6, max_size=40
)


@given(VALUES, st.randoms(use_true_random=False), st.integers(1, 9), st.integers(-9, 9))
def test_neither_order_nor_names_nor_scale_matter(
    people: list[tuple[int, str]], random: Any, scale: int, shift: int
) -> None:
    values, units = map(np.array, zip(*people, strict=True))
    order = np.array(random.sample(range(len(people)), len(people)))
    renamed = np.array([f"x{ord('f') - ord(unit)}" for unit in units[order]])
    one, other = reliability(values, units), reliability(scale * values[order] + shift, renamed)
    assert other.icc == pytest.approx(one.icc, rel=1e-7, abs=1e-9, nan_ok=True)
    assert other.anova_icc == pytest.approx(one.anova_icc, rel=1e-9, abs=1e-12, nan_ok=True)


@given(st.integers(2, 6), st.integers(2, 6), st.data())
def test_in_units_of_one_size_reml_is_the_anova_estimate_or_0(
    units: int, n: int, data: st.DataObject
) -> None:
    values = data.draw(arrays(np.int64, units * n, elements=st.integers(-5, 5)))
    found = reliability(values, np.repeat(np.arange(units), n))
    assume(not np.isnan(found.icc))
    assert found.icc == pytest.approx(max(found.anova_icc, 0), rel=1e-9, abs=1e-9)


@given(VALUES)
def test_no_other_ratio_of_variances_is_likelier(people: list[tuple[int, str]]) -> None:
    values, units = map(np.array, zip(*people, strict=True))
    found = reliability(values, units)
    assume(0 <= found.icc < 1)
    same = np.equal.outer(units, units)

    def deviance(icc: float) -> float:
        v = (1 - icc) * np.eye(len(values)) + icc * same
        inverse = np.linalg.inv(v)
        centre = (inverse @ values).sum() / inverse.sum()
        squares = (values - centre) @ inverse @ (values - centre)
        logs = np.linalg.slogdet(v)[1] + np.log(inverse.sum())
        return float((len(values) - 1) * np.log(squares) + logs)

    best = deviance(found.icc)
    assert all(best <= deviance(icc) + 1e-8 for icc in np.linspace(0, 0.99, 34))


@pytest.mark.parametrize("icc", [1 / 19, 0.0527, 0.0529])
def test_the_published_icc_needs_42_72_and_162_people(icc: float) -> None:
    # statistics.md §1.1: "ICC .053", unrounded between 1/19 and 9/170; .053 itself gives 161.
    assert round(icc, 3) == 0.053
    assert [with_icc(icc).n_needed(target) for target in (0.7, 0.8, 0.9)] == [42, 72, 162]
    assert with_icc(0.053).n_needed(0.9) == 161


def with_icc(icc: float) -> Reliability:
    nothing = dict.fromkeys(("variance_between", "variance_within", "anova_icc", "f", "n0"), 0.0)
    return Reliability(icc=icc, df_between=1, df_within=1, n=4, by_unit={}, **nothing)


@given(st.floats(0.001, 0.999), st.floats(0.01, 0.99))
def test_n_needed_is_the_least_that_reaches_the_target(icc: float, target: float) -> None:
    n = with_icc(icc).n_needed(target)
    assert n * icc / (1 + (n - 1) * icc) >= target - 1e-9
    assert n == 1 or (n - 1) * icc / (1 + (n - 2) * icc) < target


def test_a_unit_is_as_reliable_as_spearman_and_brown_say() -> None:
    found = reliability(*SETS["unbalanced"])
    icc = R["unbalanced dense"]["icc"]
    assert found.by_unit["u01"] == pytest.approx(31 * icc / (1 + 30 * icc), rel=1e-10)
    assert found.by_unit["u10"] == pytest.approx(icc, rel=1e-10), "a unit of one person"


@pytest.mark.parametrize(
    ("values", "units"),
    [
        ([], []),
        ([0.2, 0.4, 0.9], ["a", "a", "a"]),
        ([0.2, 0.4, 0.9], ["a", "b", "c"]),
        ([2 / 3] * 7, [*"aabbbcc"]),
        ([np.nan, np.nan, 0.3], [*"aab"]),
    ],
    ids=["nobody", "one unit", "one person each", "all alike", "one person known"],
)
def test_where_nothing_can_be_compared_all_is_nan(values: list[float], units: list[str]) -> None:
    found = reliability(values, units)
    interval = found.confidence_interval()
    assert np.isnan([found.icc, found.anova_icc, found.f, found.n_needed(0.7)]).all()
    assert np.isnan([interval.low, interval.high, *found.by_unit.values()]).all()


def test_people_alike_within_units_give_1_and_no_interval() -> None:
    found = reliability([0.1, 0.1, 0.1, 0.7, 0.7], [*"aaabb"])
    assert (found.icc, found.anova_icc, found.f, found.variance_within) == (1, 1, np.inf, 0)
    assert found.variance_between == pytest.approx(0.18)
    assert found.n_needed(0.9) == 1
    assert np.isnan(found.confidence_interval().low)


def test_unit_means_alike_give_0_and_no_interval() -> None:
    found = reliability([1, 3, 1, 3, 2], [*"aabbc"])
    assert (found.icc, found.f) == (0, 0)
    assert found.anova_icc == pytest.approx(-1 / (found.n0 - 1))
    assert np.isnan(found.confidence_interval().high)


def test_who_has_no_value_is_left_out() -> None:
    values, units = [1.0, 2.0, np.nan, 4.0, 6.0, np.nan], [*"aaabbc"]
    found = reliability(values, units)
    assert_equal(found, reliability([1.0, 2.0, 4.0, 6.0], [*"aabb"]))
    assert (found.n, found.by_unit.keys()) == (4, {"a", "b"})


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: reliability([1, 2], ["a"]), "one unit for each value"),
        (lambda: reliability([1, np.inf], ["a", "a"]), "infinite"),
        (lambda: with_icc(0.1).n_needed(1), "target"),
        (lambda: with_icc(0.1).confidence_interval(95), "level"),
        (lambda: cronbach_alpha([[1], [2]]), "two items"),
        (lambda: cronbach_alpha([1, 2]), "two items"),
        (lambda: cronbach_alpha([[1, 2], [2, 3]]).confidence_interval(1), "level"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize("k", [4, 5])
def test_alpha_equals_that_of_psych(k: int) -> None:
    expected, found = R[f"alpha {k}"], cronbach_alpha(LEVELS[:, :k])
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert found.standardised == pytest.approx(expected["standardised"], rel=1e-10)
    assert (found.n, found.n_incomplete) == (expected["n"], len(LEVELS) - expected["n"])
    assert found.degrees_of_freedom == (found.n - 1, (found.n - 1) * (k - 1))
    assert found.method == "cronbach-alpha"
    for item, rest, without in zip("ABCDE", found.item_rest, found.alpha_without, strict=False):
        assert rest == pytest.approx(expected[f"rest{item}"], rel=1e-10)
        assert without == pytest.approx(expected[f"without{item}"], rel=1e-10)
    for level, name in ((0.95, "95"), (0.9, "90")):
        interval = found.confidence_interval(level)
        assert interval.low == pytest.approx(expected[f"low{name}"], rel=1e-8)
        assert interval.high == pytest.approx(expected[f"high{name}"], rel=1e-8)
        assert (interval.level, interval.method) == (level, "feldt")


@given(arrays(np.int64, st.tuples(st.integers(0, 12), st.integers(2, 5)), elements=CODES))
def test_alpha_is_the_ratio_of_variances_of_who_answered_all(levels: Levels) -> None:
    complete = levels[((levels >= 1) & (levels <= 5)).all(axis=1)]
    k, found = levels.shape[1], cronbach_alpha(levels)
    assert (found.n, found.n + found.n_incomplete) == (len(complete), len(levels))
    if len(complete) < 2 or np.ptp(complete.sum(axis=1)) == 0:
        assert np.isnan(found.estimate)
        return
    whole = complete.sum(axis=1).var(ddof=1)
    expected = k / (k - 1) * (1 - complete.var(axis=0, ddof=1).sum() / whole)
    assert found.estimate == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_an_item_that_all_answer_alike_has_no_correlation_and_stays() -> None:
    found = cronbach_alpha([[1, 2, 4], [3, 3, 4], [2, 4, 4], [5, 4, 4]])
    two = cronbach_alpha([[1, 2], [3, 3], [2, 4], [5, 4]])
    assert np.isnan([found.item_rest[2], found.standardised, *two.alpha_without]).all()
    assert found.item_rest[:2] == pytest.approx(two.item_rest)
    assert found.alpha_without[2] == pytest.approx(two.estimate)
    assert found.estimate == pytest.approx(two.estimate * (3 / 2) / (2 / 1))


def test_alpha_of_1_is_no_certainty() -> None:
    found = cronbach_alpha([[1, 1], [3, 3], [4, 4]])
    assert found.estimate == 1
    assert np.isnan(found.confidence_interval().low)


def test_answers_that_cancel_have_no_alpha() -> None:
    assert np.isnan(cronbach_alpha([[1, 5], [2, 4], [4, 2]]).estimate)
