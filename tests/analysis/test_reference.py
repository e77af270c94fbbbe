"""Estimates and standard errors against R's package survey (tests/reference/index.R)."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from analysis.index import SatisfactionIndex, index_from_sums
from analysis.interval import Estimate
from analysis.sums import Sums, tally
from tests.analysis.answers import ITEMS, LEVELS, POPULATION, STRATUM, reference

R = reference("index")
DESIGNS: dict[str, dict[str, Any]] = {
    "pooled": {},
    "weighted": {"population": POPULATION},
    "weighted fpc": {"population": POPULATION, "fpc": True},
    "one stratum": {},
    "answers as rows": {},
    "answers as rows, weighted": {"population": POPULATION},
    "mean of the first five strata": {"rollup": "mean"},
}
STRATA = {"one stratum": 1, "mean of the first five strata": 5}


@cache
def strata(last: int = 8) -> dict[int, Sums]:
    return {h: tally(LEVELS[h == STRATUM], ITEMS) for h in range(1, last + 1)}


def ours(design: str, figure: str) -> Estimate:
    kind, part = figure.split(" ")
    profile = "t2b-pooled" if kind == "item" else kind
    index = index_from_sums(strata(STRATA.get(design, 8)), profile=profile, **DESIGNS[design])
    if kind == "item":
        return next(item for item in index.items if item.code == part)
    return index if part == "index" else index.factors[part]


@pytest.mark.parametrize(
    ("design", "figure"), [(design, figure) for design in DESIGNS for figure in R[design]]
)
def test_a_figure_equals_that_of_r(design: str, figure: str) -> None:
    expected, found = R[design][figure], ours(design, figure)
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10, abs=1e-12)
    if not found.collapsed:  # R does not collapse strata
        assert found.standard_error == pytest.approx(expected["se"], rel=1e-8, abs=1e-12)
        assert found.degrees_of_freedom == expected["df"]
    if "deff" in expected:
        assert isinstance(found, SatisfactionIndex)
        assert found.design_effect == pytest.approx(expected["deff"], rel=1e-8)


def test_the_overall_item_equals_its_own_figure() -> None:
    index = index_from_sums(strata(), profile="t2b-overall")
    assert index.estimate == pytest.approx(R["pooled"]["item overall"]["estimate"], rel=1e-10)
    assert index.standard_error == pytest.approx(R["pooled"]["item overall"]["se"], rel=1e-8)


def test_a_lonely_person_adds_a_squared_residual_and_no_degree_of_freedom() -> None:
    everybody, lonely = dict(strata()), 8
    assert everybody[lonely].n_respondents == 1
    index = index_from_sums(everybody, population=POPULATION, rollup="weighted")
    expected = R["weighted"]["t2b-pooled index"]
    assert index.standard_error == pytest.approx(expected["se"], rel=1e-8)
    del everybody[lonely]
    assert index_from_sums(everybody).degrees_of_freedom == index.degrees_of_freedom


def test_the_data_have_what_the_designs_are_compared_on() -> None:
    whole = Sums.total(strata().values())
    answered = index_from_sums({1: whole}).n_respondents
    assert answered == whole.n_respondents - 2, "two people answered no item of the index"
    assert all(whole.missing(item.code) and whole.not_applicable(item.code) for item in ITEMS)
    assert not np.isnan(R["pooled"]["t2b-pooled index"]["se"])
