"""The index by rows: against R's package survey (tests/reference/rows.R) and against the sums."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import SatisfactionIndex, index_from_sums, satisfaction_index, tally_by
from analysis.profiles import PROFILES
from tests.analysis.answers import ITEMS, LEVELS, POPULATION, STRATUM, reference, sheets

R = reference("rows")
ROW = np.arange(len(LEVELS))
DAYS, WEIGHTS, INSIDE = ROW % 4, 1 + ROW % 3 / 2, ROW % 3 != 0
DESIGNS: dict[str, dict[str, Any]] = {
    "plain": {},
    "expansion": {"population": POPULATION},
    "expansion fpc": {"population": POPULATION, "fpc": True},
    "weights": {"weights": WEIGHTS},
    "days": {"clusters": DAYS},
    "days weights": {"clusters": DAYS, "weights": WEIGHTS},
    "domain": {"domain": INSIDE},
    "domain days weights": {"clusters": DAYS, "weights": WEIGHTS, "domain": INSIDE},
    "certainty": {"lonely": "certainty"},
}
PROFILES_BY_ROW = ("t2b-pooled", "t2b-items")
# A variance is a difference of sums that may be a thousand times larger.
QUOTIENTS = {"n_effective", "design_effect"}


def index(**arguments: Any) -> SatisfactionIndex:
    return satisfaction_index(LEVELS, ITEMS, strata=STRATUM, **arguments)


@pytest.mark.parametrize("profile", PROFILES_BY_ROW)
@pytest.mark.parametrize("design", DESIGNS)
def test_an_index_equals_that_of_r(design: str, profile: str) -> None:
    found, expected = (
        index(profile=profile, **DESIGNS[design]),
        R["indices"][f"{design}: {profile}"],
    )
    assert not found.collapsed, "R does not collapse strata"
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert found.standard_error == pytest.approx(expected["se"], rel=1e-8)
    assert found.profile == profile


def test_the_mean_of_strata_of_the_mean_of_items_equals_that_of_r() -> None:
    five = STRATUM <= 5
    found = satisfaction_index(
        LEVELS[five], ITEMS, strata=STRATUM[five], profile="t2b-items", rollup="mean"
    )
    expected = R["indices"]["mean of the first five strata: t2b-items"]
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert found.standard_error == pytest.approx(expected["se"], rel=1e-8)


@pytest.mark.parametrize("method", ["logit", "beta"])
@pytest.mark.parametrize("design", ["plain", "expansion", "days weights"])
@pytest.mark.parametrize(
    ("variable", "profile"),
    [("overall4", "t2b-overall"), ("every", "all-satisfied"), ("share", "t2b-person")],
)
def test_logit_and_beta_limits_equal_those_of_svyciprop(
    design: str, variable: str, profile: str, method: str
) -> None:
    expected = R["limits"][f"{design}: {variable} {method}"]
    found = index(profile=profile, **DESIGNS[design]).confidence_interval(method=method)
    assert found.low == pytest.approx(expected["low"], rel=1e-8)
    assert found.high == pytest.approx(expected["high"], rel=1e-8)
    assert found.method == method


@pytest.mark.parametrize("method", ["logit", "beta"])
def test_where_all_are_alike_the_named_methods_give_the_default(method: str) -> None:
    alike = satisfaction_index(np.full((20, 6), 5), ITEMS)
    assert alike.confidence_interval(method=method) == alike.confidence_interval()


def values(of: SatisfactionIndex, *, of_variance: bool) -> npt.NDArray[np.float64]:
    """Every number of an index, its factors and items, and their limits; or the
    quotients of variances. A standard error is squared: near 0 the root has half of the digits.
    """
    figures = [of, *of.factors.values(), *of.items]
    told = [vars(figure) | vars(figure.confidence_interval()) for figure in figures]
    numbers = [
        number**2 if name == "standard_error" else number
        for each in told
        for name, number in each.items()
        if isinstance(number, (int, float)) and (name in QUOTIENTS) == of_variance
    ]
    return np.array(numbers, dtype=np.float64)


@given(
    sheets(),
    st.integers(1, 4),
    st.sampled_from(sorted(PROFILES)),
    st.sampled_from(["pooled", "weighted", "fpc", "mean"]),
)
def test_rows_and_their_sums_give_the_same_figures(
    levels: npt.NDArray[np.int8], strata: int, profile: str, rollup: str
) -> None:
    place = np.arange(len(levels)) % strata
    arguments: dict[str, Any] = {"profile": profile}
    if rollup in ("weighted", "fpc"):
        arguments |= {"population": {h: 40 * (h + 1) for h in range(4)}, "fpc": rollup == "fpc"}
    if rollup == "mean":
        arguments["rollup"] = "mean"
    rows = satisfaction_index(levels, ITEMS, strata=place, **arguments)
    sums = index_from_sums(tally_by(levels, ITEMS, place), **arguments)
    assert (rows.rollup, rows.profile) == (sums.rollup, sums.profile)
    if len(levels):
        for of_variance, tolerance in ((False, 1e-12), (True, 1e-9)):
            ours, theirs = (values(each, of_variance=of_variance) for each in (rows, sums))
            np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=1e-12)
        assert rows.estimate == pytest.approx(sums.estimate, rel=1e-12, nan_ok=True)


@given(sheets(least=12), st.randoms())
def test_order_of_people_and_names_of_strata_and_days_do_not_matter(
    levels: npt.NDArray[np.int8], random: Any
) -> None:
    order = list(range(len(levels)))
    random.shuffle(order)
    strata, days = np.arange(len(levels)) % 2, np.arange(len(levels)) % 5
    one = satisfaction_index(levels, ITEMS, strata=strata, clusters=days)
    two = satisfaction_index(
        levels[order], ITEMS, strata=9 - strata[order], clusters=100 + 7 * days[order]
    )
    assert two.estimate == pytest.approx(one.estimate, rel=1e-12, nan_ok=True)
    assert two.standard_error == pytest.approx(one.standard_error, abs=1e-9, nan_ok=True)
    assert two.degrees_of_freedom == one.degrees_of_freedom


@given(sheets(least=2), st.data())
def test_a_happier_answer_never_lowers_an_index(
    levels: npt.NDArray[np.int8], data: st.DataObject
) -> None:
    person = data.draw(st.integers(0, len(levels) - 1))
    item = data.draw(st.integers(0, 4))
    better = levels.copy()
    if not 1 <= levels[person, item] <= 5:
        return
    better[person, item] = data.draw(st.integers(int(levels[person, item]), 5))
    for profile in (*sorted(PROFILES), "t2b-items"):
        before = satisfaction_index(levels, ITEMS, profile=profile).estimate
        after = satisfaction_index(better, ITEMS, profile=profile).estimate
        assert np.isnan(before) or after >= before - 1e-12


def test_trap_02_a_missing_answer_is_a_domain_and_no_dropped_row() -> None:
    # Who left the items of B stays in the design: the stratum keeps its 14 people.
    levels = LEVELS[STRATUM == 1].copy()
    levels[:3, 2:5] = 6
    factor = satisfaction_index(levels, ITEMS).factors["B"]
    dropped = satisfaction_index(levels[3:], ITEMS).factors["B"]
    assert factor.estimate == pytest.approx(dropped.estimate)
    assert factor.standard_error != pytest.approx(dropped.standard_error, rel=1e-3)
    assert factor.n_missing >= 9


def test_trap_03_answers_of_one_person_are_one_person() -> None:
    moods = np.repeat([[5], [4], [2], [1]], [10, 6, 3, 1], axis=0)
    many = satisfaction_index(np.tile(moods, 22), [f"A{number:02}" for number in range(22)])
    p = many.estimate
    independent = np.sqrt(p * (1 - p) / many.n_answers)
    assert many.standard_error / independent > 4.5
    assert many.design_effect > 20


def test_trap_04_a_shared_day_makes_answers_alike() -> None:
    random = np.random.default_rng(4)
    day = np.repeat(np.arange(30), 6)
    good = random.random(180) < np.where(random.random(30) < 0.5, 0.95, 0.6)[day]
    levels = np.where(good, 5, 2)[:, None]
    by_person = satisfaction_index(levels, ["A"])
    by_day = satisfaction_index(levels, ["A"], clusters=day)
    assert by_day.standard_error > 1.2 * by_person.standard_error
    assert by_day.degrees_of_freedom == 29
    assert by_day.confidence_interval().method == "wilson-neff-t"


def test_trap_05_a_stratum_without_people_is_not_covered_and_is_told() -> None:
    inside = STRATUM != 6
    found = satisfaction_index(LEVELS[inside], ITEMS, strata=STRATUM[inside], population=POPULATION)
    assert found.population_covered == sum(POPULATION.values()) - POPULATION[6]
    everybody = index_from_sums(
        tally_by(LEVELS[inside], ITEMS, STRATUM[inside])
        | {6: tally_by(np.zeros((1, 6)), ITEMS, [6])[6]},
        population=POPULATION,
    )
    assert everybody.population == sum(POPULATION.values())
    assert everybody.population_covered == found.population_covered


def test_trap_20_items_are_matched_by_code_and_never_by_position() -> None:
    order = [3, 0, 5, 4, 1, 2]
    moved = satisfaction_index(
        LEVELS[:, order], [ITEMS[column] for column in order], strata=STRATUM
    )
    assert moved == index()


def test_a_mean_of_items_without_answers_leaves_the_item_out() -> None:
    levels = np.array([[5, 0], [5, 0], [2, 0]])
    found = satisfaction_index(levels, ["A", "B"], profile="t2b-items")
    assert found.estimate == pytest.approx(2 / 3)
    assert np.isnan(found.factors["B"].estimate)


@pytest.mark.parametrize("profile", [*sorted(PROFILES), "t2b-items"])
def test_nobody_has_no_estimate(profile: str) -> None:
    for levels in (np.zeros((0, 6)), np.full((12, 6), 6)):
        found = satisfaction_index(levels, ITEMS, profile=profile)
        assert np.isnan([found.estimate, found.confidence_interval().low]).all()
        assert (found.n_respondents, found.n_answers) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"profile": "sipas"}, "unknown profile"),
        ({"lonely": "remove"}, "unknown lonely"),
        ({"rollup": "median"}, "unknown rollup"),
        ({"fpc": True}, "need the population"),
        ({"fpc": True, "clusters": DAYS, "population": POPULATION}, "people as clusters"),
        ({"weights": WEIGHTS, "population": POPULATION}, "not both"),
        ({"weights": WEIGHTS * 0}, "above 0"),
        ({"weights": WEIGHTS[1:]}, "weights must have one value"),
        ({"clusters": DAYS[1:]}, "clusters must have one value"),
        ({"domain": INSIDE[1:]}, "domain must have one value"),
        ({"population": {1: 90}}, "every stratum"),
        ({"population": dict.fromkeys(POPULATION, 3)}, "smaller than the people"),
    ],
)
def test_what_cannot_be_computed_is_refused(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        index(**arguments)
