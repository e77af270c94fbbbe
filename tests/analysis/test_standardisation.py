"""Direct standardisation (tests/reference/rows.R)."""

import numpy as np
import pytest

from analysis import Sums, index_from_sums, standardise, tally, tally_by
from tests.analysis.answers import ITEMS, LEVELS, STRATUM, reference

SUMS = tally_by(LEVELS, ITEMS, STRATUM)
FIVE = {stratum: SUMS[stratum] for stratum in range(1, 6)}
STANDARD = dict(zip(FIVE, (10, 40, 20, 5, 25), strict=True))


def people(good: int, bad: int) -> Sums:
    return tally(np.repeat([[5], [1]], [good, bad], axis=0), ["A"])


def test_a_standardised_index_equals_that_of_r() -> None:
    expected = reference("rows")["indices"]["standardised: t2b-pooled"]
    found = standardise(FIVE, STANDARD)
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert found.standard_error == pytest.approx(expected["se"], rel=1e-8)
    assert found.rollup == "standardised"


def test_equal_proportions_give_the_mean_of_the_cells() -> None:
    equal = standardise(FIVE, dict.fromkeys(FIVE, 7))
    mean = index_from_sums(FIVE, rollup="mean")
    assert equal.estimate == pytest.approx(mean.estimate)
    assert equal.standard_error == pytest.approx(mean.standard_error)
    assert equal.confidence_interval().low == pytest.approx(mean.confidence_interval().low)


def test_the_scale_of_the_standard_does_not_matter() -> None:
    hundredfold = standardise(FIVE, {cell: 100 * each for cell, each in STANDARD.items()})
    assert hundredfold.estimate == pytest.approx(standardise(FIVE, STANDARD).estimate)
    assert hundredfold.n_effective == pytest.approx(standardise(FIVE, STANDARD).n_effective)


def test_trap_08_the_crude_last_can_be_the_standardised_first() -> None:
    # The first unit gets the hard procedures: better in each field, worse as a whole.
    hard = {"land": people(70, 30), "copy": people(19, 1)}
    easy = {"land": people(12, 8), "copy": people(92, 8)}
    crude = [sum(unit.values(), Sums.total([])) for unit in (hard, easy)]
    first, second = (index_from_sums({0: each}).estimate for each in crude)
    assert first < second
    standard = {"land": 500, "copy": 500}
    assert standardise(hard, standard).estimate > standardise(easy, standard).estimate


def test_what_of_the_standard_the_cells_cover_is_told() -> None:
    found = standardise({"land": people(20, 5)}, {"land": 300, "copy": 100})
    assert (found.population, found.population_covered) == (400, 300)
    assert found.estimate == pytest.approx(0.8)


def test_nobody_has_no_estimate() -> None:
    assert np.isnan(standardise({}, STANDARD).estimate)
    assert np.isnan(standardise({}, {}).estimate)


def test_a_cell_that_the_standard_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="says nothing of 'land'"):
        standardise({"land": people(5, 5)}, {"copy": 10})
    with pytest.raises(ValueError, match="below 0"):
        standardise({"land": people(5, 5)}, {"land": -1})
    with pytest.raises(ValueError, match="row by row"):
        standardise(FIVE, STANDARD, profile="t2b-items")
