"""A unit beside its parent (tests/reference/rows.R)."""

from typing import Any

import numpy as np
import pytest

from analysis import difference, index_from_sums, overlap, tally, tally_by
from analysis.nested import overlaps
from analysis.table import Strata
from tests.analysis.answers import ITEMS, LEVELS, POPULATION, STRATUM, reference

R = reference("rows")["differences"]
SUMS = tally_by(LEVELS, ITEMS, STRATUM)
UNIT = {stratum: SUMS[stratum] for stratum in (1, 2, 3)}


@pytest.mark.parametrize(
    ("design", "arguments"), [("plain", {}), ("expansion", {"population": POPULATION})]
)
def test_a_unit_minus_its_parent_equals_r(design: str, arguments: dict[str, Any]) -> None:
    found, expected = overlap(UNIT, SUMS, **arguments), R[f"overlap {design}"]
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert found.standard_error == pytest.approx(expected["se"], rel=1e-8)
    assert found.design == "overlap"


def test_each_of_many_minus_all_together_is_what_it_is_alone() -> None:
    places = [{1: SUMS[1], 2: SUMS[2]}, {3: SUMS[3]}, {n: SUMS[n] for n in SUMS if n > 3}]
    for place, found in zip(places, overlaps(Strata.of_places(places)), strict=True):
        alone = overlap(place, SUMS)
        assert found.estimate == pytest.approx(alone.estimate, rel=1e-10)
        assert found.standard_error == pytest.approx(alone.standard_error, rel=1e-10)
        assert found.correlation == pytest.approx(alone.correlation, rel=1e-10)
        ours, theirs = (each.confidence_interval(0.99) for each in (found, alone))
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-10)
        assert ours.method == theirs.method


def test_a_unit_whose_people_are_all_alike_has_no_correlation_with_its_parent() -> None:
    alike = tally([[5, 5, 5]] * 37, "ABC")
    varied = [tally([[5, 2, level], [2, 5, 4], [5, 4, 1]] * 11, "ABC") for level in (1, 4)]
    found = overlaps(Strata.of_places([{0: alike}, *({n: v} for n, v in enumerate(varied, 1))]))[0]
    assert found.correlation == 0
    assert found.confidence_interval().low > 0


def test_two_periods_are_independent_samples_as_in_r() -> None:
    row = np.arange(len(LEVELS))
    of_period = [
        index_from_sums(tally_by(LEVELS[mine], ITEMS, STRATUM[mine]))
        for mine in ((row % 2 == period) & (STRATUM <= 6) for period in (0, 1))
    ]
    found, expected = difference(*of_period), R["periods"]
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert found.standard_error == pytest.approx(expected["se"], rel=1e-8)


def test_trap_14_without_the_covariance_a_unit_beside_its_parent_is_judged_wrongly() -> None:
    # The unit is most of its parent: taken for independent, its error would be far too large.
    most = {stratum: SUMS[stratum] for stratum in (1, 2, 3, 4, 5)}
    right = overlap(most, SUMS)
    wrong = difference(index_from_sums(most), index_from_sums(SUMS))
    assert right.standard_error < 0.5 * wrong.standard_error
    narrow, wide = right.confidence_interval(), wrong.confidence_interval()
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)


def test_a_parent_without_other_people_differs_by_nothing() -> None:
    found = overlap(SUMS, SUMS)
    assert found.estimate == 0
    assert found.standard_error == pytest.approx(0, abs=1e-8)
    assert found.p_value == pytest.approx(1)


def test_a_lonely_stratum_shares_its_square() -> None:
    alone = {8: SUMS[8], 1: SUMS[1]}
    found = overlap(alone, SUMS)
    assert np.isfinite(found.standard_error)
    assert -1 <= found.correlation <= 1


def test_a_parent_that_lacks_the_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="must contain the unit"):
        overlap(UNIT, {1: SUMS[1]})
    with pytest.raises(ValueError, match="must contain the unit"):
        overlap({1: SUMS[2]}, SUMS)
