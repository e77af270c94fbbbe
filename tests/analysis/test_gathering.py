"""Stored tallies become the strata of many places, as adding them one by one does."""

import numpy as np
import pytest

from analysis import Item, Stabiliser, Sums, standardise, tally
from analysis.gathering import strata_of_tallies, unpack
from analysis.index import index_at
from analysis.standardisation import standardised_table
from analysis.sums import stack
from analysis.table import Strata, index_table

ITEMS = [Item("overall", None), Item("A", "A"), Item("B", "B")]
OTHER = [Item("A", "A"), Item("E", "E")]
RNG = np.random.default_rng(5)


def _sums(n: int, items: list[Item] = ITEMS) -> Sums:
    return tally(RNG.integers(1, 6, (n, len(items))), items)


# Widths of one, two and four bytes, and two instruments.
MANY = [_sums(20), _sums(3), _sums(900), _sums(40, OTHER), _sums(70_000), _sums(12)]


def test_what_was_stored_is_read_as_it_is_read_one_by_one() -> None:
    layout, matrix = unpack([each.to_bytes() for each in MANY])
    expected = stack(MANY)
    assert layout == expected[0]
    assert (matrix == expected[1]).all()


def test_nothing_stored_is_no_rows() -> None:
    assert unpack([])[1].shape == (0, 1)


@pytest.mark.parametrize("which", [0, 1])
def test_damage_is_found_in_the_first_of_a_kind_and_in_any_other(which: int) -> None:
    raws = [_sums(9).to_bytes(), _sums(9).to_bytes()]
    raws[which] = raws[which][:-6] + bytes([raws[which][-6] ^ 1]) + raws[which][-5:]
    with pytest.raises(ValueError, match="checksum"):
        unpack(raws)


def test_places_hold_the_totals_of_their_strata_and_nobody_where_there_are_none() -> None:
    places, strata = [2, 0, 2, 2, 0, 2], [7, 1, 7, 3, 9, 3]
    found = strata_of_tallies([each.to_bytes() for each in MANY], places, strata, 4)
    expected = Strata.of_places(
        [{1: MANY[1], 9: MANY[4]}, {}, {3: MANY[3] + MANY[5], 7: MANY[0] + MANY[2]}, {}]
    )
    assert found.layout == expected.layout
    assert (found.matrix == expected.matrix).all()
    assert (found.design.starts == expected.design.starts).all()
    assert (found.design.rows == expected.design.rows).all()


@pytest.mark.parametrize(("places", "strata"), [([0], [0, 0]), ([0, 2], [0, 0]), ([-1, 0], [0, 0])])
def test_a_place_that_is_not_there_is_refused(places: list[int], strata: list[int]) -> None:
    raws = [each.to_bytes() for each in MANY[:2]]
    with pytest.raises(ValueError, match="place"):
        strata_of_tallies(raws, places, strata, 2)


def test_many_places_on_one_mix_are_each_as_one_is_alone() -> None:
    standard = {"easy": 3.0, "hard": 1.0}
    places = [{"easy": _sums(50), "hard": _sums(40)}, {"hard": _sums(30)}, {"easy": _sums(25)}]
    table = standardised_table(places, standard)
    for number, cells in enumerate(places):
        assert index_at(table, number) == standardise(cells, standard)
    pooled = index_table(
        Strata.of_places([dict(enumerate(places[0].values()))]),
        rollup="pooled",
        profile="t2b-pooled",
        prior=Stabiliser(),
    )
    assert index_at(table, 0).estimate != index_at(pooled, 0).estimate
