import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from analysis import adjust_p
from analysis.interval import ConfidenceInterval
from analysis.stepdown import Limits, step_down


def _normal(p: float, sign: int) -> Limits:
    """Return the limits of a normal estimate whose two-sided p of "none" is given."""
    z = -ndtri(p / 2) * sign

    def limits(level: float) -> ConfidenceInterval[float]:
        q = ndtri((1 + level) / 2)
        return ConfidenceInterval(z - q, z + q, level, "normal")

    return limits


def _unknown(level: float) -> ConfidenceInterval[float]:
    return ConfidenceInterval(math.nan, math.nan, level, "none")


@given(st.lists(st.floats(1e-6, 0.999), max_size=12))
def test_it_finds_what_holm_finds_by_p_values(p: list[float]) -> None:
    if any(abs(a - 0.05) < 1e-9 for a in adjust_p(p)):
        return  # on the very border the last bit decides
    found = step_down([_normal(each, 1) for each in p])
    assert found == tuple(np.less(adjust_p(p), 0.05).astype(int))


def test_what_the_first_step_finds_lets_the_second_find_more() -> None:
    # By hand: 0.01 < 0.05/3; then 0.02 < 0.05/2; then 0.06 > 0.05.
    assert step_down([_normal(0.02, -1), _normal(0.01, 1), _normal(0.06, 1)]) == (-1, 1, 0)
    # Alone, 0.02 of three is not below 0.05/3.
    assert step_down([_normal(0.02, -1), _normal(0.5, 1), _normal(0.6, 1)]) == (0, 0, 0)


def test_what_has_no_limits_is_no_comparison() -> None:
    assert step_down([_unknown, _normal(0.04, 1)]) == (0, 1)
    assert step_down([_unknown]) == (0,)
    assert step_down([]) == ()


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        step_down([], level=1.0)
