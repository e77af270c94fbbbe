"""Adjusted p-values, against R's p.adjust (tests/reference/multiplicity.R)."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.multiplicity import METHODS, adjust_p, comparisons, simultaneous_level

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "multiplicity.json").read_text())
CASES = [name for name in R if name not in ("script", "R")]
MANY_P = st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), max_size=20)


def numbers(values: list[float | None]) -> list[float]:
    return [np.nan if each is None else each for each in values]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", CASES)
def test_adjusted_p_values_equal_those_of_r(case: str, method: str) -> None:
    found = adjust_p(numbers(R[case]["p"]), method)
    assert found == pytest.approx(numbers(R[case][method]), rel=1e-13, nan_ok=True)


@pytest.mark.parametrize("method", METHODS)
def test_one_p_value_stays_and_none_gives_none(method: str) -> None:
    assert adjust_p(0.04, method) == 0.04
    assert adjust_p([], method).shape == (0,)


@given(MANY_P)
def test_a_test_not_made_is_no_comparison(p: list[float]) -> None:
    made = [each for each in p if not np.isnan(each)]
    assert comparisons(p) == len(made)
    for method in METHODS:
        found = adjust_p(p, method)
        assert np.isnan(found).tolist() == np.isnan(p).tolist()
        assert found[~np.isnan(p)].tolist() == adjust_p(made, method).tolist()


@given(MANY_P)
def test_no_method_makes_a_p_smaller_and_each_keeps_the_order(p: list[float]) -> None:
    made = np.sort([each for each in p if not np.isnan(each)])
    holm, hochberg, bh, bonferroni = (adjust_p(made, method) for method in METHODS)
    for found in (holm, hochberg, bh, bonferroni):
        assert (found >= made).all()
        assert (found <= 1).all()
        assert (np.diff(found) >= 0).all()
    slack = 1 + 1e-12
    assert (bh <= hochberg * slack).all()
    assert (hochberg <= holm * slack).all()
    assert (holm <= bonferroni * slack).all()


@given(MANY_P)
def test_the_order_of_the_list_does_not_matter(p: list[float]) -> None:
    places = np.random.default_rng(len(p)).permutation(len(p))
    for method in METHODS:
        shuffled = adjust_p(np.array(p)[places], method)
        assert np.array_equal(shuffled, adjust_p(p, method)[places], equal_nan=True)


def test_the_shape_is_kept_and_the_input_untouched() -> None:
    p = np.array([[0.01, np.nan], [0.02, 0.5]])
    found = adjust_p(p)
    assert found.tolist()[1] == pytest.approx([0.04, 0.5])
    assert found[0, 0] == pytest.approx(0.03)
    assert p[0, 0] == 0.01


def test_trap_11_forking_paths_find_something_where_nothing_is_unless_adjusted() -> None:
    # 22 items in 4 groups, nothing true: how often is anything found in a list?
    lists = np.random.default_rng(766).uniform(size=(2000, 22 * 4))
    assert np.mean((lists < 0.05).any(axis=1)) > 0.95
    for method in METHODS:
        found = np.mean([(adjust_p(each, method) < 0.05).any() for each in lists])
        assert found == pytest.approx(0.05, abs=0.015), method


def test_the_level_of_simultaneous_intervals() -> None:
    assert simultaneous_level(0.95, 10) == pytest.approx(0.995)
    assert simultaneous_level(0.95, 10, "sidak") ** 10 == pytest.approx(0.95)
    for method in ("bonferroni", "sidak"):
        assert simultaneous_level(0.9, 1, method) == pytest.approx(0.9)
    assert simultaneous_level(0.95, 20, "sidak") < simultaneous_level(0.95, 20)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="tukey"):
        adjust_p([0.1], "tukey")
    for p in (-0.1, 1.1):
        with pytest.raises(ValueError, match="between 0 and 1"):
            adjust_p([0.5, p])
    with pytest.raises(ValueError, match="scheffe"):
        simultaneous_level(0.95, 2, "scheffe")
    with pytest.raises(ValueError, match="level"):
        simultaneous_level(95, 2)
    with pytest.raises(ValueError, match="at least one"):
        simultaneous_level(0.95, 0)
