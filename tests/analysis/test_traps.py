"""Traps that several modules keep out of; each other trap has its test beside its module."""

import numpy as np
import pytest

from analysis import (
    CountTree,
    Sums,
    adjust_p,
    difference,
    index_from_sums,
    proportion,
    rank_sets,
    suppress,
    tally,
)


def people(*levels: int) -> Sums:
    """So many people at each level 1..5 of one item."""
    return tally(np.repeat([[1], [2], [3], [4], [5]], levels, axis=0), ["A"])


def test_trap_01_counters_of_different_size_are_pooled_and_a_mean_of_them_says_so() -> None:
    busy, quiet = people(100, 0, 0, 0, 300), people(0, 0, 0, 0, 20)
    pooled = index_from_sums({1: busy, 2: quiet})
    mean = index_from_sums({1: busy, 2: quiet}, rollup="mean")
    assert pooled.estimate == pytest.approx(320 / 420)
    assert mean.estimate == pytest.approx((0.75 + 1) / 2)
    assert (pooled.rollup, mean.rollup) == ("pooled", "mean")


def test_trap_01_figures_are_exact_and_never_means_of_rounded_shares() -> None:
    thirds = {h: people(1, 0, 0, 0, 2) for h in range(12)}
    assert index_from_sums(thirds, rollup="mean").estimate == pytest.approx(2 / 3, rel=1e-14)


def test_trap_10_the_worst_units_improve_by_themselves_and_it_is_not_told_as_a_change() -> None:
    # A hundred units that never change, asked twice.
    random = np.random.default_rng(10)
    before, after = random.binomial(80, 0.85, (2, 100))
    worst = np.argsort(before)[:10]
    assert (after - before)[worst].mean() / 80 > 0.05, "the trap: they seem to improve"
    changes = [
        difference(proportion(y, 80), proportion(x, 80)).p_value
        for x, y in zip(before, after, strict=True)
    ]
    assert (adjust_p(changes)[worst] > 0.05).all(), "among all the comparisons made, none is one"


def test_trap_15_at_the_ceiling_units_differ_in_the_very_satisfied() -> None:
    one, other = people(1, 1, 1, 40, 57), people(1, 1, 1, 10, 87)
    shares = [index_from_sums({0: each}) for each in (one, other)]
    means = [index_from_sums({0: each}, profile="mean01") for each in (one, other)]
    assert shares[0].estimate == shares[1].estimate == pytest.approx(0.97)
    assert difference(means[1], means[0]).confidence_interval().low > 0
    top = [each.items[0].levels[4] for each in shares]
    assert difference(proportion(top[1], 100), proportion(top[0], 100)).p_value < 0.001


def test_trap_21_two_ranges_that_overlap_do_not_tell_the_people_between_them() -> None:
    # Ten days with 27 people and the first eight of them with 22: the five between follow.
    counts = {"ten days": 27, "eight days": 22}
    assert suppress(CountTree(counts, {"ten days": [["eight days"]]})) == {"eight days"}
    counts["eight days"] = 17
    assert suppress(CountTree(counts, {"ten days": [["eight days"]]})) == frozenset()


def test_trap_22_a_hidden_unit_has_no_place_in_a_ranking() -> None:
    # nan stands for what is hidden; sorted with the others its place would tell its share.
    with pytest.raises(ValueError, match="leave"):
        rank_sets([0.8, np.nan, 0.9], [0.02, 0.02, 0.02])
