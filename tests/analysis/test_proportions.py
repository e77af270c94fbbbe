"""Single proportions, against R (tests/reference/proportions.R) and Newcombe's table."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from analysis.interval import wilson_limits
from analysis.proportions import METHODS, proportion

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "proportions.json").read_text())
NEWCOMBE = json.loads((REFERENCE / "newcombe-1998.json").read_text())["single"]["rows"]
WITHOUT_POPULATION = ["wilson", "clopper-pearson", "jeffreys", "agresti-coull"]


@st.composite
def samples(draw: st.DrawFn, most: int = 300) -> tuple[int, int, int]:
    """Successes, people and population: 0 ≤ x ≤ n ≤ N, n and N above 0."""
    size = draw(st.integers(1, most))
    n = draw(st.integers(1, size))
    return draw(st.integers(0, n)), n, size


@pytest.mark.parametrize("method", WITHOUT_POPULATION)
def test_limits_equal_those_of_r(method: str) -> None:
    cases = R[method]
    for x, n, level, low, high in zip(*cases.values(), strict=True):
        found = proportion(x, n).confidence_interval(level, method)
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-10, abs=1e-14), (x, n)
        assert (found.level, found.method) == (level, method)


def test_hypergeometric_limits_equal_those_of_r() -> None:
    for x, n, size, level, low, high in zip(*R["hypergeometric"].values(), strict=True):
        found = proportion(x, n, population=size).confidence_interval(level, "hypergeometric")
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-14), (x, n, size)


def test_the_standard_error_equals_that_of_r_with_and_without_correction() -> None:
    for x, n, size, plain, corrected in zip(*R["standard error"].values(), strict=True):
        assert proportion(x, n).standard_error == pytest.approx(plain, rel=1e-12)
        found = proportion(x, n, population=size).standard_error
        assert found == pytest.approx(corrected, rel=1e-12)


@pytest.mark.parametrize(("x", "n", "low", "high", "exact_low", "exact_high"), NEWCOMBE)
def test_newcombe_s_published_limits_are_reproduced(
    *, x: int, n: int, low: float, high: float, exact_low: float, exact_high: float
) -> None:
    share = proportion(x, n)
    wilson, exact = (share.confidence_interval(0.95, m) for m in ("wilson", "clopper-pearson"))
    assert (wilson.low, wilson.high) == pytest.approx((low, high), abs=5e-5)
    assert (exact.low, exact.high) == pytest.approx((exact_low, exact_high), abs=5e-5)


@pytest.mark.parametrize(
    ("successes", "n", "estimate", "low", "high"),
    [
        (26, 31, 0.8387, 0.6737, 0.9291),  # a department's published survey
        (72, 80, 0.9, 0.815, 0.948),
        (80, 80, 1.0, 0.954, 1.0),
    ],
)
def test_published_figures_are_reproduced(
    successes: int, n: int, estimate: float, low: float, high: float
) -> None:
    found = proportion(successes, n)
    interval = found.confidence_interval()
    digits = 5e-5 if n == 31 else 5e-4
    assert found.estimate == pytest.approx(estimate, abs=5e-5)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=digits)
    assert (interval.level, interval.method) == (0.95, "wilson")


def test_five_of_five_satisfied_is_not_certainty() -> None:
    interval = proportion(5, 5).confidence_interval()
    assert interval.low == pytest.approx(0.566, abs=5e-4)
    assert interval.high == 1.0


@pytest.mark.parametrize("method", METHODS)
def test_nobody_asked_has_no_estimate_and_no_limits(method: str) -> None:
    for size in (0, 12):
        interval = proportion(0, 0, population=size).confidence_interval(method=method)
        assert np.isnan([interval.low, interval.high]).all()
        assert interval.method == method
        assert proportion(0, 0, population=size).n_effective == 0
    unknown = proportion([np.nan, 3], 10, population=12).confidence_interval(method=method)
    assert np.isnan(unknown.low).tolist() == [True, False]
    assert np.isnan([proportion(0, 0).estimate, proportion(0, 0).standard_error]).all()
    assert (proportion(0, 0).n_effective, proportion(0, 0).degrees_of_freedom) == (0, 0)


def test_one_person_has_limits_and_no_standard_error() -> None:
    one = proportion(1, 1)
    assert np.isnan(one.standard_error)
    assert one.degrees_of_freedom == 0
    assert 0 < one.confidence_interval().low < one.confidence_interval().high == 1


@pytest.mark.parametrize(
    ("x", "n", "size", "method"),
    [
        (30, 49, 1000, "wilson"),  # 4.9 %
        (5, 9, 200, "wilson"),  # 4.5 %
        (5, 10, 200, "hypergeometric"),  # exactly 5 %
        (40, 50, 201, "wilson-fpc"),
        (30, 50, 1000, "wilson-fpc"),  # exactly 5 %
        (30, 50, np.inf, "wilson"),
        (199, 200, 200, "census"),
    ],
)
def test_the_share_of_the_population_asked_decides_the_method(
    x: int, n: int, size: float, method: str
) -> None:
    share = proportion(x, n, population=size)
    found = share.confidence_interval()
    assert found.method == method
    worth = {"wilson": n, "wilson-fpc": n * (size - 1) / max(size - n, 1)}
    if method in worth:
        low, high = wilson_limits(x / n, worth[method], float(ndtri(0.975)))
        assert (found.low, found.high) == pytest.approx((float(low), float(high)), rel=1e-12)
    if method == "hypergeometric":
        exact = share.confidence_interval(method=method)
        assert (found.low, found.high) == (exact.low, exact.high)


@given(samples())
def test_the_exact_limits_are_totals_that_the_sample_allows(sample: tuple[int, int, int]) -> None:
    x, n, size = sample
    found = proportion(x, n, population=size).confidence_interval(0.9, "hypergeometric")
    if n == size:
        assert (found.method, np.isnan(found.low)) == ("census", True)
        return
    low, high = round(found.low * size), round(found.high * size)
    assert (low / size, high / size) == pytest.approx((found.low, found.high), rel=1e-14)
    assert x <= low <= high <= size - n + x
    other = proportion(n - x, n, population=size).confidence_interval(0.9, "hypergeometric")
    assert other.high == pytest.approx(1 - found.low, abs=1e-14)


def test_exact_limits_cover_every_total_at_least_as_often_as_they_say() -> None:
    n, size = 9, 30
    found = proportion(np.arange(n + 1), n, population=size)
    interval = found.confidence_interval(0.9, "hypergeometric")
    random = np.random.default_rng(766)
    for total in range(size + 1):
        drawn = random.hypergeometric(total, size - total, n, size=4000)
        covered = (interval.low[drawn] <= total / size) & (total / size <= interval.high[drawn])
        assert covered.mean() > 0.88, total


@pytest.mark.parametrize("method", METHODS)
def test_a_census_is_a_count_without_interval(method: str) -> None:
    share = proportion(72, 80, population=80)
    found = share.confidence_interval(method=method)
    assert np.isnan([found.low, found.high]).all()
    assert (found.method, share.standard_error, share.n_effective) == ("census", 0, np.inf)
    assert proportion(1, 1, population=1).n_effective == np.inf


def test_many_proportions_are_computed_at_once_and_name_their_methods() -> None:
    share = proportion([[0], [5]], 10, population=[10_000, 100, 1000, 150, 10])
    found = share.confidence_interval()
    names = ["wilson", "hypergeometric", "wilson", "hypergeometric", "census"]
    assert np.asarray(found.method).tolist() == [names, names]
    assert found.low.shape == found.high.shape == share.n_effective.shape == (2, 5)
    for row, column in np.ndindex(2, 5):
        one = proportion(5 * row, 10, population=share.population[row, column])
        alone = one.confidence_interval()
        assert alone.low == pytest.approx(found.low[row, column], nan_ok=True)
        assert alone.high == pytest.approx(found.high[row, column], nan_ok=True)
        assert alone.method == names[column]
    assert proportion([1, 2], 5).confidence_interval().method == "wilson"
    assert proportion([], []).confidence_interval().low.shape == (0,)


@pytest.mark.parametrize("method", WITHOUT_POPULATION)
@given(sample=samples(10_000), level=st.floats(0.5, 0.999))
def test_limits_contain_the_estimate_and_mirror_it(
    method: str, sample: tuple[int, int, int], level: float
) -> None:
    x, n, _ = sample
    found = proportion(x, n).confidence_interval(level, method)
    mirrored = proportion(n - x, n).confidence_interval(level, method)
    wider = proportion(x, n).confidence_interval((1 + level) / 2, method)
    assert 0 <= found.low <= x / n <= found.high <= 1
    assert found.low < found.high
    assert mirrored.high == pytest.approx(1 - found.low, abs=1e-10)
    assert wider.low <= found.low
    assert found.high <= wider.high
    assert (found.low == 0) <= (x == 0 or method == "agresti-coull")


@given(samples())
def test_answers_of_more_of_the_population_are_worth_more(sample: tuple[int, int, int]) -> None:
    x, n, size = sample
    values = [proportion(x, n, population=each).n_effective for each in (size, size + 7, np.inf)]
    assert values[0] >= values[1] >= values[2] == n


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="between 0 and n"):
        proportion(successes, n)


@pytest.mark.parametrize("population", [4, np.nan])
def test_a_population_smaller_than_the_sample_or_unknown_is_refused(population: float) -> None:
    with pytest.raises(ValueError, match="no smaller than n"):
        proportion(3, 5, population=population)


def test_parts_of_people_out_of_a_population_are_refused() -> None:
    assert proportion(2.5, 5).estimate == 0.5
    with pytest.raises(ValueError, match="whole numbers"):
        proportion(2.5, 5, population=9)


def test_an_unknown_method_or_level_is_refused() -> None:
    with pytest.raises(ValueError, match="wald"):
        proportion(1, 2).confidence_interval(method="wald")
    for method in WITHOUT_POPULATION:
        with pytest.raises(ValueError, match="level"):
            proportion(1, 2).confidence_interval(95, method)
    with pytest.raises(ValueError, match="needs the population"):
        proportion(1, 2).confidence_interval(method="hypergeometric")
