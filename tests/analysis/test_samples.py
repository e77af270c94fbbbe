import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.samples import (
    cochran_sample,
    coverage,
    r_indicator,
    required_sample,
    sensitivity_band,
)

R = json.loads((Path(__file__).parents[1] / "reference" / "samples.json").read_text())
PUBLISHED = {500: 223, 2_000: 334, 10_000: 385, 100_000: 399}
sizes = st.integers(1, 10_000_000)
shares = st.floats(0.01, 0.99)


def test_the_published_sizes_are_met() -> None:
    for population, n in PUBLISHED.items():
        assert required_sample(population) == n
        assert type(required_sample(population)) is int
    assert required_sample(list(PUBLISHED)).tolist() == list(PUBLISHED.values())


def test_yamane_is_the_least_n_that_r_finds() -> None:
    for case in R["yamane"]:
        assert required_sample(case["N"], case["e"]) == case["n"], case


def test_cochran_is_the_least_n_that_r_finds() -> None:
    for case in R["cochran"]:
        found = cochran_sample(case["N"], case["e"], case["p"], case["level"], case["deff"])
        assert found == case["n"], case


@given(sizes, st.integers(1, 99))
def test_a_whole_quotient_is_not_rounded_up(population: int, percent: int) -> None:
    e = Fraction(percent, 100)
    exact = math.ceil(population / (1 + population * e**2))
    assert required_sample(population, percent / 100) == exact


def test_four_hundred_people_need_two_hundred_and_not_one_more() -> None:
    assert required_sample(400) == 200
    assert required_sample(400, design_effect=1.1) == 220
    assert required_sample(400, 0.35) == 8


@given(st.lists(sizes, min_size=1), st.floats(0.01, 0.5), st.floats(0.1, 50))
def test_no_size_exceeds_the_population(
    population: list[int], e: float, design_effect: float
) -> None:
    for found in (
        required_sample(population, e, design_effect),
        cochran_sample(population, e, design_effect=design_effect),
    ):
        assert (found <= population).all()
        assert (found >= 1).all()


@given(sizes, sizes, st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_more_people_or_a_smaller_margin_need_no_fewer_answers(
    one: int, other: int, e: float, margin: float
) -> None:
    small, large, fine, coarse = *sorted((one, other)), *sorted((e, margin))
    assert required_sample(small, coarse) <= required_sample(large, fine)
    assert cochran_sample(small, coarse) <= cochran_sample(large, fine)


def test_a_design_effect_multiplies_up_to_the_whole_population() -> None:
    assert required_sample(10_000, design_effect=2) == math.ceil(2 * 10_000 / 26)
    assert required_sample(500, design_effect=10) == 500


def test_nobody_to_ask_needs_nobody() -> None:
    assert required_sample(0) == cochran_sample(0) == 0
    assert required_sample([[0, 500]]).tolist() == [[0, 223]]


@pytest.mark.parametrize("population", [-1, 0.5, np.nan, np.inf])
def test_a_population_that_is_no_count_is_refused(population: float) -> None:
    for size in (required_sample, cochran_sample):
        with pytest.raises(ValueError, match="whole number"):
            size(population)


def test_a_margin_share_level_or_design_effect_out_of_range_is_refused() -> None:
    for size in (required_sample, cochran_sample):
        for e in (0, 1, 5, np.nan):
            with pytest.raises(ValueError, match="margin"):
                size(500, e)
        for design_effect in (0, -1, np.nan, np.inf):
            with pytest.raises(ValueError, match="design effect"):
                size(500, design_effect=design_effect)
    for p in (0, 1, np.nan):
        with pytest.raises(ValueError, match="share"):
            cochran_sample(500, p=p)
    with pytest.raises(ValueError, match="level"):
        cochran_sample(500, level=95)


def test_coverage_is_the_share_who_answered() -> None:
    assert coverage([412, 0], [4580, 30]).tolist() == [412 / 4580, 0]
    assert np.isnan(coverage([5, 0, 7], [0, 0, np.nan])).all()
    assert np.isnan(coverage([5, 6], None)).all()
    assert float(coverage(5, 10)) == 0.5


def test_more_answers_than_people_are_not_cut_off_at_one() -> None:
    assert float(coverage(12, 10)) == 1.2
    for n, population in ((-1, 10), (1, -10)):
        with pytest.raises(ValueError, match="below 0"):
            coverage(n, population)


@pytest.mark.parametrize(
    ("n", "n_effective", "points"), [(200, (625, 100), (1.4, 3.6)), (50, (132, 21), (3.1, 7.8))]
)
def test_the_band_has_the_numbers_of_the_paper(
    n: int, n_effective: tuple[int, ...], points: tuple[float, ...]
) -> None:
    bands = sensitivity_band(0.85, n, 1000)
    assert tuple(round(band.n_effective) for band in bands) == n_effective
    assert tuple(round(100 * band.shift, 1) for band in bands) == points
    assert [(band.rho, band.coverage) for band in bands] == [(0.02, n / 1000), (0.05, n / 1000)]


@given(st.data(), st.integers(3, 60))
def test_with_the_true_rho_the_shift_is_the_error_of_the_mean(data: st.DataObject, n: int) -> None:
    bit = st.lists(st.booleans(), min_size=n, max_size=n)
    satisfied, answered = np.array(data.draw(bit), float), np.array(data.draw(bit))
    assume(0 < satisfied.sum() < n and 0 < answered.sum() < n)
    rho = float(np.corrcoef(answered, satisfied)[0, 1])
    assume(abs(rho) > 1e-6)
    (band,) = sensitivity_band(satisfied.mean(), int(answered.sum()), n, rho=(min(abs(rho), 1.0),))
    error = satisfied[answered].mean() - satisfied.mean()
    assert band.shift == pytest.approx(abs(error), rel=1e-9)
    random_error = np.sqrt(satisfied.var() / band.n_effective)
    assert random_error == pytest.approx(abs(error), rel=1e-9)


@given(shares, st.integers(1, 999), st.integers(2, 50))
def test_the_band_does_not_shrink_with_n_at_the_same_coverage(p: float, n: int, times: int) -> None:
    one, many = sensitivity_band(p, n, 1000), sensitivity_band(p, n * times, 1000 * times)
    assert [band.shift for band in one] == pytest.approx([band.shift for band in many])


@given(shares, st.integers(1, 998))
def test_the_band_lies_in_the_unit_and_shrinks_with_coverage(p: float, n: int) -> None:
    mild, plausible = sensitivity_band(p, n, 1000)
    assert 0 <= plausible.low <= mild.low < p < mild.high <= plausible.high <= 1
    for wider, narrower in zip((mild, plausible), sensitivity_band(p, n + 1, 1000), strict=True):
        assert narrower.shift < wider.shift
        assert narrower.n_effective > wider.n_effective


def test_all_who_were_served_leave_no_band() -> None:
    for p in (0.85, 1.0):
        for band in sensitivity_band(p, 100, 100):
            assert (band.shift, band.low, band.high, band.n_effective) == (0, p, p, np.inf)


@pytest.mark.parametrize("p", [0.85, 1.0])
def test_more_answers_than_people_say_that_the_people_are_not_known(p: float) -> None:
    for band in sensitivity_band(p, 120, 100):
        assert band.coverage == 1.2
        assert np.isnan([band.shift, band.low, band.high, band.n_effective]).all()


@pytest.mark.parametrize("population", [None, np.nan, 0])
def test_an_unknown_population_leaves_everything_unknown(population: float | None) -> None:
    for band in sensitivity_band(0.85, 50, population):
        figures = [band.coverage, band.shift, band.low, band.high, band.n_effective]
        assert np.isnan(figures).all()


def test_nobody_s_answers_are_worth_nobody() -> None:
    for p in (np.nan, 0.5):
        band = sensitivity_band(p, 0, 1000)[0]
        assert (band.coverage, band.n_effective) == (0, 0)
        assert np.isnan([band.shift, band.low, band.high]).all()


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_all_alike_is_not_a_band_of_no_width(p: float) -> None:
    for band in sensitivity_band(p, 50, 1000):
        assert np.isnan([band.shift, band.low, band.high]).all()
        assert band.n_effective > 0


def test_a_band_of_nonsense_is_refused() -> None:
    for p in (-0.1, 85):
        with pytest.raises(ValueError, match="estimate"):
            sensitivity_band(p, 50, 1000)
    for rho in (0, 1.1, np.nan):
        with pytest.raises(ValueError, match="rho"):
            sensitivity_band(0.85, 50, 1000, rho=(rho,))
    with pytest.raises(ValueError, match="below 0"):
        sensitivity_band(0.85, -1, 1000)


def test_the_r_indicator_equals_r() -> None:
    case = R["r_indicator"]
    assert r_indicator(case["chances"]) == pytest.approx(case["plain"][0], rel=1e-10)
    weighted = r_indicator(case["chances"], case["weights"])
    assert weighted == pytest.approx(case["weighted"][0], rel=1e-10)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30), st.integers(2, 5))
def test_a_weight_stands_for_so_many_people(chances: list[float], w: int) -> None:
    repeated = r_indicator(np.repeat(chances, w))
    assert r_indicator(chances, [w] * len(chances)) == pytest.approx(repeated, abs=1e-9)
    assert r_indicator(chances) <= 1


def test_equal_chances_are_representative_and_extremes_are_not() -> None:
    assert r_indicator([0.2] * 40) == pytest.approx(1)
    assert r_indicator([0, 1] * 5000) == pytest.approx(0, abs=1e-3)
    assert r_indicator([0, 1]) < 0, "a handful"
    for nobody in ([], [0.3]):
        assert np.isnan(r_indicator(nobody))
    assert np.isnan(r_indicator([0.3, np.nan, 0.2]))


def test_propensities_and_weights_of_nonsense_are_refused() -> None:
    for chances in ([0.2, 1.2], [-0.1, 0.3]):
        with pytest.raises(ValueError, match="between 0 and 1"):
            r_indicator(chances)
    for weights in ([1], [1, -1]):
        with pytest.raises(ValueError, match="one weight"):
            r_indicator([0.2, 0.3], weights)
