from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import SurveyDesign

STRATA = np.array(["a"] * 4 + ["b"] * 4)
DAYS = np.array([1, 1, 2, 2, 3, 3, 4, 4])


def test_weights_left_out_are_1_or_what_the_population_says() -> None:
    assert SurveyDesign(3).weight.tolist() == [1, 1, 1]
    people = np.repeat([40.0, 8], 4)
    assert SurveyDesign(8, strata=STRATA, population=people).weight.tolist() == [10] * 4 + [2] * 4
    days = SurveyDesign(8, strata=STRATA, clusters=DAYS, population=np.repeat([6.0, 2], 4))
    assert days.weight.tolist() == [3] * 4 + [1] * 4
    both = SurveyDesign(
        8,
        strata=STRATA,
        clusters=DAYS,
        population=np.repeat([6.0, 2], 4),
        cluster_population=np.repeat([2.0, 10, 4, 4], 2),
    )
    assert both.weight.tolist() == [3, 3, 15, 15, 2, 2, 2, 2]


def test_degrees_of_freedom_are_those_of_the_domain() -> None:
    design = SurveyDesign(8, strata=STRATA, clusters=DAYS)
    inside = np.ones((8, 3), dtype=bool)
    inside[2:, 1] = False
    inside[4:, 2] = False
    assert design.degrees_of_freedom(inside).tolist() == [2, 0, 1]


def test_the_variance_is_the_textbook_s_between_clusters() -> None:
    scores = np.array([[1.0], [2], [0], [5], [4], [4], [7], [0]])
    expected = 2 * ((3 - 4) ** 2 + (5 - 4) ** 2) + 2 * ((8 - 7.5) ** 2 + (7 - 7.5) ** 2)
    design = SurveyDesign(8, strata=STRATA, clusters=DAYS)
    assert design.covariance(scores) == pytest.approx(np.array([[expected]]))
    half = SurveyDesign(8, strata=STRATA, clusters=DAYS, population=np.full(8, 4.0))
    assert half.covariance(scores) == pytest.approx(np.array([[expected / 2]]))


def test_the_second_stage_adds_the_variance_within_clusters() -> None:
    scores = np.array([[1.0], [2], [0], [5], [4], [4], [7], [0]])
    all_days = SurveyDesign(
        8,
        strata=STRATA,
        clusters=DAYS,
        population=np.full(8, 2.0),
        cluster_population=np.full(8, 4.0),
    )
    within = sum(2 * np.var(pair, ddof=1) for pair in ([1, 2], [0, 5], [4, 4], [7, 0]))
    assert all_days.covariance(scores) == pytest.approx(np.array([[within / 2]]))


@pytest.mark.parametrize(("lonely", "expected"), [("adjust", 9.0), ("certainty", 0.0)])
def test_a_lonely_stratum_is_centred_on_the_grand_mean_or_adds_nothing(
    lonely: str, expected: float
) -> None:
    design = SurveyDesign(3, strata=[1, 2, 2], lonely=lonely)
    scores = np.array([[-3.0], [1.5], [1.5]])
    assert design.covariance(scores)[0, 0] == pytest.approx(expected)
    assert design.degrees_of_freedom(np.ones((3, 1), dtype=bool)).tolist() == [1]


def test_a_stratum_without_a_known_population_has_no_correction() -> None:
    population = np.r_[np.full(4, 8.0), np.full(4, np.inf)]
    design = SurveyDesign(8, strata=STRATA, weights=np.ones(8), population=population)
    assert design.correction.tolist() == [0.5, 1]


@given(st.integers(0, 10**6))
def test_the_covariance_knows_no_order_and_no_names_and_is_never_negative(seed: int) -> None:
    random = np.random.default_rng(seed)
    days = random.integers(0, 12, 30)
    scores, order = random.normal(size=(30, 2)), random.permutation(30)
    one = SurveyDesign(30, strata=days % 5, clusters=days).covariance(scores)
    names = np.array([f"day {day}" for day in days])
    other = SurveyDesign(30, strata=(7 - days % 5)[order], clusters=names[order])
    assert other.covariance(scores[order]) == pytest.approx(one)
    assert np.linalg.eigvalsh(one).min() > -1e-9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strata": STRATA[:7]}, "one label for each of the 8 people"),
        ({"clusters": DAYS[:7]}, "one label for each of the 8 people"),
        ({"weights": np.ones(7)}, "one value for each of the 8 people"),
        ({"weights": np.r_[np.ones(7), 0]}, "above 0"),
        ({"weights": np.r_[np.ones(7), np.nan]}, "above 0"),
        ({"weights": np.r_[np.ones(7), np.inf]}, "above 0"),
        ({"population": np.full(8, 7.0)}, "a stratum has a population smaller"),
        ({"population": np.arange(8.0) + 9}, "one number for all people of a stratum"),
        ({"population": np.full(8, np.nan)}, "one number for all people of a stratum"),
        ({"strata": DAYS, "clusters": STRATA}, "two strata"),
        ({"strata": np.r_[np.ones(7), np.nan]}, "missing labels"),
        ({"lonely": "remove"}, "adjust, certainty"),
        ({"cluster_population": np.full(8, 9.0)}, "two stages"),
        (
            {"clusters": DAYS, "population": np.full(8, 9.0), "cluster_population": np.ones(8)},
            "a cluster has a population smaller",
        ),
        (
            {
                "clusters": DAYS,
                "population": np.full(8, 9.0),
                "cluster_population": np.arange(8) + 3.0,
            },
            "one number for all people of a cluster",
        ),
    ],
)
def test_a_design_that_cannot_be_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SurveyDesign(8, **arguments)
