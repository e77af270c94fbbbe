"""Tests of cross-tables against R's package survey (tests/reference/crosstabs.R)."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.crosstabs import rank_test, rao_scott
from analysis.design import SurveyDesign

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "crosstabs.json").read_text())
ROWS = list(csv.DictReader((REFERENCE / "crosstabs.csv").read_text().splitlines()))
N = len(ROWS)
LEVEL = np.array([np.nan if row["level"] == "NA" else float(row["level"]) for row in ROWS])
CHANNEL, FIELD = (np.array([row[name] for row in ROWS]) for name in ("channel", "field"))
LAND = FIELD == "land"
FEW = np.where((FIELD == "trade") & (LEVEL <= 2), 3, LEVEL)


def numbers(name: str) -> npt.NDArray[np.float64]:
    return np.array([float(row[name]) for row in ROWS])


DESIGNS = {
    "people": SurveyDesign(N),
    "days": SurveyDesign(
        N, strata=numbers("office"), clusters=numbers("day"), weights=numbers("weight")
    ),
}
TABLES: dict[str, tuple[Any, Any, Any]] = {
    "level by channel": (LEVEL, CHANNEL, None),
    "level by field": (LEVEL, FIELD, None),
    "channel by field": (CHANNEL, FIELD, None),
    "empty cells": (FEW, FIELD, None),
    "level by channel, land": (LEVEL, CHANNEL, LAND),
}
RANKS: dict[str, tuple[Any, Any]] = {
    "ranks by channel": (CHANNEL, None),
    "ranks by channel, land": (CHANNEL, LAND),
    "ranks by field": (FIELD, None),
}


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("table", TABLES)
def test_a_cross_table_gives_what_r_gives(name: str, table: str) -> None:
    rows, columns, domain = TABLES[table]
    found, expected = rao_scott(rows, columns, DESIGNS[name], domain), R[name][table]
    for ours, theirs in (
        (found.table[0, 0], "share_1_1"),
        (found.pearson, "pearson"),
        (found.statistic, "statistic"),
        (found.numerator_df, "ndf"),
        (found.denominator_df, "ddf"),
        (found.p_value, "p"),
        (found.cells, "first_df"),
        (found.first_order_p, "first_p"),
    ):
        assert float(ours) == pytest.approx(expected[theirs], rel=1e-8), theirs
    assert found.table.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("test", RANKS)
def test_ranks_give_what_r_gives(name: str, test: str) -> None:
    groups, domain = RANKS[test]
    found, expected = rank_test(LEVEL, groups, DESIGNS[name], domain), R[name][test]
    assert found.statistic == pytest.approx(expected["statistic"], rel=1e-8)
    assert (found.numerator_df, found.denominator_df) == (expected["df"], expected["ddf"])
    assert found.p_value == pytest.approx(expected["p"], rel=1e-8)
    assert float(found.differences[0]) == pytest.approx(expected["difference"], rel=1e-10)
    assert float(found.standard_errors[0]) == pytest.approx(expected["se"], rel=1e-8)


@pytest.mark.parametrize(("by", "groups"), [("channel", CHANNEL), ("field", FIELD)])
def test_with_equal_weights_ranks_equal_svyranktest(by: str, groups: Any) -> None:
    found, expected = (
        rank_test(LEVEL, groups, DESIGNS["people"]),
        R["people"][f"svyranktest by {by}"],
    )
    assert found.statistic == pytest.approx(expected["statistic"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["p"], rel=1e-8)
    assert found.method.endswith("wilcoxon" if by == "channel" else "kruskal-wallis")


@given(st.integers(0, 10**6))
def test_a_difference_of_two_groups_is_the_probability_to_answer_higher(seed: int) -> None:
    random = np.random.default_rng(seed)
    levels, second = random.integers(1, 6, 25), np.arange(25) % 2
    weights = random.uniform(0.5, 4, 25)
    found = rank_test(levels, second, SurveyDesign(25, weights=weights))
    one, other = levels[second == 0], levels[second == 1]
    higher = (other[:, None] > one) + 0.5 * (other[:, None] == one)
    expected = np.average(
        np.average(higher, axis=1, weights=weights[second == 0]), weights=weights[second == 1]
    )
    assert 0.5 + float(found.differences[0]) == pytest.approx(expected)


@given(st.integers(0, 10**6))
def test_neither_test_knows_the_order_of_the_rows(seed: int) -> None:
    order = np.random.default_rng(seed).permutation(N)
    shuffled = SurveyDesign(
        N,
        strata=numbers("office")[order],
        clusters=numbers("day")[order],
        weights=numbers("weight")[order],
    )
    for test in (rao_scott, rank_test):
        one = test(LEVEL, CHANNEL, DESIGNS["days"])
        assert test(LEVEL[order], CHANNEL[order], shuffled).p_value == pytest.approx(one.p_value)


def test_clusters_make_the_table_less_certain_than_pearson_says() -> None:
    # Twelve days; on each everybody came by one channel and most felt alike.
    days = np.repeat(np.arange(12), 10)
    answer = np.where(
        np.arange(120) % 10 < np.repeat([8, 8, 8, 2, 9, 3, 2, 1, 8, 3, 2, 2], 10), 5, 2
    )
    channel = days < 6
    design = SurveyDesign(120, clusters=days)
    clustered, naive = (
        rao_scott(answer, channel, design),
        rao_scott(answer, channel, SurveyDesign(120)),
    )
    assert naive.p_value < 0.001
    assert clustered.p_value > 0.05
    assert clustered.design_effect > 3
    assert rank_test(answer, channel, design).p_value == pytest.approx(clustered.p_value, rel=0.5)


def test_what_was_not_answered_is_outside_the_domain() -> None:
    design, coded = DESIGNS["days"], np.where(np.isnan(LEVEL), 9, LEVEL).astype(int)
    coded[np.flatnonzero(coded == 9)[:10]] = 6
    coded[np.flatnonzero(coded == 9)[:5]] = 0
    assert rank_test(coded, CHANNEL, design).p_value == rank_test(LEVEL, CHANNEL, design).p_value
    by_domain = rao_scott(coded, CHANNEL, design, ~np.isnan(LEVEL))
    assert by_domain.p_value == rao_scott(LEVEL, CHANNEL, design).p_value
    assert by_domain.n == np.isfinite(LEVEL).sum()


def test_without_variance_or_degrees_of_freedom_there_is_no_p() -> None:
    levels, groups = np.array([5, 5, 5, 5]), np.array([0, 0, 1, 1])
    assert np.isnan(rank_test(levels, groups, SurveyDesign(4)).p_value)
    one_day = SurveyDesign(4, clusters=np.ones(4))
    assert np.isnan(rank_test([1, 5, 3, 4], groups, one_day).p_value)
    assert np.isnan(rao_scott([1, 5, 1, 5], groups, one_day).p_value)
    census = SurveyDesign(4, population=np.full(4, 4.0))
    assert np.isnan(rao_scott([1, 5, 1, 5], [0, 0, 0, 1], census).p_value)
    assert np.isnan(rank_test([1, 5, 1, 5], groups, census).p_value)
    assert rao_scott([1, 5, 1, 5], groups, SurveyDesign(4)).p_value == pytest.approx(1)
    alone = rank_test([1, 5, 3, 4], [0, 0, 0, 1], SurveyDesign(4))
    assert np.isnan(alone.p_value)


def test_input_that_cannot_be_tested_is_refused() -> None:
    design, groups = SurveyDesign(6), np.array([0, 0, 0, 1, 1, 1])
    with pytest.raises(ValueError, match="two labels"):
        rao_scott(np.ones(6), groups, design)
    with pytest.raises(ValueError, match="two groups"):
        rank_test(np.arange(6), np.ones(6), design)
    with pytest.raises(ValueError, match="6 people"):
        rao_scott(groups[:5], groups[:5], design)
    diagonal = np.array([1, 1, 2, 2, 3, 3, 4, 4])
    with pytest.raises(ValueError, match="merge labels"):
        rao_scott(diagonal, diagonal, SurveyDesign(8))
