import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.proportion import proportion


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
    assert interval.low == pytest.approx(low, abs=digits)
    assert interval.high == pytest.approx(high, abs=digits)
    assert (interval.level, interval.method) == (0.95, "wilson")


def test_five_of_five_satisfied_is_not_certainty() -> None:
    interval = proportion(5, 5).confidence_interval()
    assert interval.low == pytest.approx(0.566, abs=5e-4)
    assert interval.high == 1.0


def test_nobody_asked_has_no_estimate_and_no_limits() -> None:
    found = proportion(0, 0)
    interval = found.confidence_interval()
    assert np.isnan([found.estimate, interval.low, interval.high]).all()


def test_many_proportions_are_computed_at_once() -> None:
    interval = proportion([0, 5, 10], 10).confidence_interval()
    assert interval.low.shape == (3,)
    assert interval.low[1] == pytest.approx(1 - interval.high[1])


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_contains_the_estimate_and_stays_between_0_and_1(
    counts: tuple[int, int],
) -> None:
    found = proportion(*counts)
    interval = found.confidence_interval()
    assert 0 <= interval.low <= found.estimate <= interval.high <= 1
    assert interval.low < interval.high


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="between 0 and n"):
        proportion(successes, n)


def test_an_unknown_method_or_level_is_refused() -> None:
    with pytest.raises(ValueError, match="wald"):
        proportion(1, 2).confidence_interval(method="wald")
    with pytest.raises(ValueError, match="level"):
        proportion(1, 2).confidence_interval(level=95)
