"""The figures of many places at once are those of each."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Stabiliser, Sums, index_from_sums, tally, tally_by
from analysis.counting import CHUNK, MOST_WORDS, WORD
from analysis.index import index_at
from analysis.profiles import PROFILES
from analysis.table import Strata, index_table
from tests.analysis.answers import ITEMS, sheets

Levels = npt.NDArray[np.int8]


@given(st.lists(st.lists(sheets(most=12), max_size=3), min_size=1, max_size=4), st.data())
def test_a_table_has_the_index_of_every_place(
    places: list[list[Levels]], data: st.DataObject
) -> None:
    profile = data.draw(st.sampled_from(sorted(PROFILES)))
    rollup = data.draw(st.sampled_from(["pooled", "mean"]))
    tallied = [dict(enumerate(tally(each, ITEMS) for each in place)) for place in places]
    table = index_table(
        Strata.of_places(tallied), rollup=rollup, profile=profile, prior=Stabiliser()
    )
    wide = tally(np.zeros((0, 6)), ITEMS)  # so that a place without strata has the same items
    for number, place in enumerate(tallied):
        alone = index_from_sums(place | {-1: wide}, rollup=rollup, profile=profile)
        found = index_at(table, number)
        assert found.estimate == pytest.approx(alone.estimate, nan_ok=True)
        assert found.standard_error == pytest.approx(alone.standard_error, nan_ok=True, abs=1e-9)
        assert found.degrees_of_freedom == alone.degrees_of_freedom
        ours, theirs = found.confidence_interval(), alone.confidence_interval()
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), nan_ok=True)
        assert np.ravel(table.indices.values.confidence_interval().low[number])[0] == pytest.approx(
            ours.low, nan_ok=True
        )


@given(sheets(), st.integers(1, 5), st.randoms())
def test_groups_tallied_in_one_pass_are_the_tallies_of_each(
    levels: Levels, groups: int, random: object
) -> None:
    place = np.array([7 * ((3 * row) % groups) for row in range(len(levels))], dtype=int)
    expected = {int(h): tally(levels[place == h], ITEMS) for h in np.unique(place)}
    assert tally_by(levels, ITEMS, place) == expected


def test_more_people_than_a_chunk_or_a_byte_can_count_are_all_counted() -> None:
    n = CHUNK + WORD * MOST_WORDS + 5
    levels = np.random.default_rng(5).choice([0, 1, 2, 3, 4, 5, 6, 9], (n, 6)).astype(np.int8)
    place = np.where(np.arange(n) % 11 == 0, 10**12, -4)
    found = tally_by(levels, ITEMS, place)
    assert list(found) == [-4, 10**12]
    assert found[-4] + found[10**12] == tally(levels, ITEMS)
    for column, item in enumerate(ITEMS):
        counts = np.bincount(levels[place == -4, column], minlength=10)
        assert found[-4].levels(item.code) == tuple(counts[1:6])
        assert found[-4].missing(item.code) == counts[6]


def test_more_items_than_a_byte_can_add_are_all_added() -> None:
    levels = np.full((3, 60), 5, dtype=np.int8)
    sums = tally(levels, [f"A{number:02}" for number in range(60)])
    assert sums.layout.people(sums.vector, None)[59].tolist() == [3, 180, 10800, 3, 900, 270000]


@pytest.mark.parametrize("groups", [[0, 1], [0.5, 1.0, 2.0], [[0], [1], [2]]])
def test_groups_that_do_not_name_each_person_s_are_refused(groups: object) -> None:
    with pytest.raises(ValueError, match="one integer for each of the 3 people"):
        tally_by(np.full((3, 6), 5), ITEMS, groups)  # type: ignore[arg-type]


def test_nobody_gives_no_group() -> None:
    assert tally_by(np.zeros((0, 6)), ITEMS, np.zeros(0, dtype=int)) == {}
    assert Sums.total(
        tally_by(np.zeros((0, 6)), ITEMS, np.zeros(0, dtype=int)).values()
    ) == Sums.total([])


def test_places_from_answers_are_those_of_their_tallies() -> None:
    levels = np.random.default_rng(8).choice([0, 1, 2, 3, 4, 5, 6, 9], (90, 6)).astype(np.int8)
    place = np.arange(90) % 4
    one = Strata.of_answers(levels, ITEMS, place)
    other = Strata.of_places([{0: each} for each in tally_by(levels, ITEMS, place).values()])
    assert (one.layout, one.matrix.tolist()) == (other.layout, other.matrix.tolist())
    assert one.design.starts.tolist() == other.design.starts.tolist()
