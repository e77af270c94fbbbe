"""Rank sets against plain R (tests/reference/ranks.R), the authors' package, and themselves."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from analysis.rank_bootstrap import _critical_value, marginal_sets, normal_draws, simultaneous_sets
from analysis.ranks import RankSets, disjoint, rank_sets

R = json.loads((Path(__file__).parents[1] / "reference" / "ranks.json").read_text())
PISA = R["klein"]["pisa"]
PUBLISHED = R["published"]
METHODS = ["klein", "simultaneous", "marginal"]
Floats = npt.NDArray[np.float64]

# Eighths: sums and differences are exact, so that adding a constant keeps ties as they are.
eighths = st.integers(-24, 24).map(lambda number: number / 8)
errors = st.integers(1, 16).map(lambda number: number / 8)
units = st.lists(st.tuples(eighths, errors), min_size=1, max_size=9)
method = st.sampled_from(METHODS)


def ranked(rows: list[tuple[float, float]], **arguments: Any) -> RankSets:
    x, s = np.array(rows).T
    return rank_sets(x, s, **arguments)


def pisa(**arguments: Any) -> RankSets:
    return rank_sets(PISA["estimates"], PISA["standard_errors"], **arguments)


def countries(chosen: Any) -> list[str]:
    return [str(each) for each in np.array(R["countries"])[chosen]]


def weyl_draws(units: int) -> Floats:
    """The draws of the R script, which any language can repeat."""
    place = np.arange(1, R["draws"] + 1)
    return np.asarray(ndtri(place * np.sqrt(R["primes"][:units])[:, None] % 1))


@pytest.mark.parametrize(
    ("data", "level"),
    [(data, level) for data, each in R["klein"].items() for level in each if level[0] == "0"],
)
def test_kleins_sets_equal_the_definition_counted_pair_by_pair_in_r(data: str, level: str) -> None:
    case = R["klein"][data]
    found = rank_sets(case["estimates"], case["standard_errors"], level=float(level))
    assert found.best.tolist() == case[level]["best"]
    assert found.worst.tolist() == case[level]["worst"]


@pytest.mark.parametrize("data", R["pairs"])
@pytest.mark.parametrize("level", ["0.8", "0.95"])
def test_the_sets_from_pairs_equal_those_of_r_with_the_same_draws(data: str, level: str) -> None:
    case = R["pairs"][data]
    x, s = np.array(case["estimates"]), np.array(case["standard_errors"])
    draws = weyl_draws(x.size)
    for name, sets in (("simultaneous", simultaneous_sets), ("marginal", marginal_sets)):
        best, worst = sets(x, s, float(level), draws)
        assert best.tolist() == case[name][level]["best"], name
        assert worst.tolist() == case[name][level]["worst"], name
    first = _critical_value(
        s[:, None] * draws, np.hypot(s[:, None], s), ~np.eye(x.size, dtype=bool), float(level)
    )
    critical = np.atleast_1d(case["simultaneous"][level]["critical"])
    assert first == pytest.approx(critical[0], rel=1e-10)


def test_the_case_from_r_takes_more_than_one_step_down() -> None:
    critical = R["pairs"]["few"]["simultaneous"]["0.95"]["critical"]
    assert critical[1] < critical[0]


def test_the_pisa_sets_are_those_that_the_authors_package_printed() -> None:
    assert pisa().rank.tolist() == PUBLISHED["rank"]
    for level in (0.95, 0.9):
        found = pisa(method="tau-best", tau=5, level=level)
        assert countries(found.selected) == PUBLISHED[f"best5_{level}"]
    kingdom = R["countries"].index("United Kingdom")
    found = pisa(method="marginal")
    # Their text says 7 to 23 and their output 8 to 23: one pair is within the draws' noise.
    assert found.best[kingdom] in {7, 8}
    assert found.worst[kingdom] == PUBLISHED["united_kingdom_marginal"][1]
    found = pisa(method="simultaneous")
    last = np.isin(R["countries"], PUBLISHED["apart_from_all_others"])
    assert found.best[last].min() > found.worst[~last].max()


def test_kleins_quantile_is_the_one_printed_for_51_states_at_90_percent() -> None:
    # Klein, Wright and Wieczorek's package RankingProject prints "around 3.081".
    z = float(ndtri((1 + 0.9 ** (1 / 51)) / 2))
    assert z == pytest.approx(3.081, abs=5e-4)
    x = [0.0] * 50 + [2 * z]
    assert rank_sets(x, [1.001] * 51, level=0.9).worst[-1] == 51
    assert rank_sets(x, [0.999] * 51, level=0.9).worst[-1] == 1


def pair_by_pair(x: Floats, s: Floats, level: float) -> tuple[list[int], list[int]]:
    """The paper's definition of the sets, one pair at a time."""
    z = float(ndtri((1 + level ** (1 / x.size)) / 2))
    low, high, everyone = x - z * s, x + z * s, range(x.size)
    best = [1 + sum(low[j] >= high[k] for j in everyone) for k in everyone]
    worst = [x.size - sum(high[j] <= low[k] for j in everyone) for k in everyone]
    return best, worst


@given(units, st.sampled_from([0.5, 0.9, 0.99]))
def test_sorting_gives_the_sets_that_counting_pairs_gives(
    rows: list[tuple[float, float]], level: float
) -> None:
    found = ranked(rows, level=level)
    best, worst = pair_by_pair(found.estimates, found.standard_errors, level)
    assert (found.best.tolist(), found.worst.tolist()) == (best, worst)


@settings(deadline=None)
@given(units, method)
def test_a_set_holds_every_rank_that_the_tied_units_share(
    rows: list[tuple[float, float]], method: str
) -> None:
    found = ranked(rows, method=method, level=0.5)
    x = found.estimates
    first, last = 1 + (x[:, None] < x).sum(axis=1), len(x) - (x[:, None] > x).sum(axis=1)
    assert (found.rank == first).all()
    assert ((found.best >= 1) & (found.best <= first)).all()
    assert ((last <= found.worst) & (found.worst <= len(x))).all()


@settings(deadline=None)
@given(units, method, st.randoms(use_true_random=False))
def test_the_order_of_the_units_does_not_matter(
    rows: list[tuple[float, float]], method: str, random: Any
) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    found, again = ranked(rows, method=method), ranked([rows[i] for i in order], method=method)
    assert (again.best == found.best[order]).all()
    assert (again.worst == found.worst[order]).all()


@settings(deadline=None)
@given(units, method, st.integers(-8, 8))
def test_adding_a_constant_changes_no_set(
    rows: list[tuple[float, float]], method: str, constant: int
) -> None:
    found = ranked(rows, method=method)
    moved = ranked([(x + constant, s) for x, s in rows], method=method)
    assert (moved.best == found.best).all()
    assert (moved.worst == found.worst).all()


@given(units)
def test_turning_the_scale_round_turns_kleins_sets_round(rows: list[tuple[float, float]]) -> None:
    found, turned = ranked(rows), ranked([(-x, s) for x, s in rows])
    assert (turned.best == len(rows) + 1 - found.worst).all()


@given(units, st.lists(st.sampled_from([0.25, 0.5, 1.0]), min_size=9, max_size=9))
def test_smaller_standard_errors_never_widen_kleins_sets(
    rows: list[tuple[float, float]], factors: list[float]
) -> None:
    wide = ranked(rows)
    narrow = ranked([(x, s * f) for (x, s), f in zip(rows, factors, strict=False)])
    assert (narrow.best >= wide.best).all()
    assert (narrow.worst <= wide.worst).all()


@settings(deadline=None)
@given(units, method, st.integers(0, 3))
def test_a_higher_level_gives_wider_sets(
    rows: list[tuple[float, float]], method: str, seed: int
) -> None:
    narrow = ranked(rows, method=method, seed=seed, level=0.6)
    wide = ranked(rows, method=method, seed=seed, level=0.95)
    assert (wide.best <= narrow.best).all()
    assert (wide.worst >= narrow.worst).all()


@settings(deadline=None)
@given(units, st.integers(0, 3))
def test_a_marginal_set_lies_within_the_simultaneous_one(
    rows: list[tuple[float, float]], seed: int
) -> None:
    one = ranked(rows, method="marginal", seed=seed)
    joint = ranked(rows, method="simultaneous", seed=seed)
    assert (one.best >= joint.best).all()
    assert (one.worst <= joint.worst).all()


@settings(deadline=None)
@given(units, method)
def test_trap_13_ties_are_published_as_ties(rows: list[tuple[float, float]], method: str) -> None:
    found = ranked([*rows, rows[0]], method=method)
    assert found.rank[0] == found.rank[-1]
    assert (found.best[0], found.worst[0]) == (found.best[-1], found.worst[-1])


def test_trap_13_identical_units_get_one_marginal_set_though_their_draws_differ() -> None:
    random = np.random.default_rng(766)
    for seed in range(5):
        x = np.append(random.normal(0, 1.5, 20), [0.0] * 10)
        s = np.append(random.uniform(0.3, 1, 20), [0.5] * 10)
        best, worst = marginal_sets(x, s, 0.95, normal_draws(x, s, seed, draws=200))
        assert len(set(zip(best[20:].tolist(), worst[20:].tolist(), strict=True))) == 1


def test_trap_13_ranks_are_of_the_unrounded_values() -> None:
    assert rank_sets([0.8641, 0.8642, 0.8642, 0.8640], [0.01] * 4).rank.tolist() == [3, 1, 1, 4]


def test_trap_7_a_standard_error_of_0_is_refused_and_the_way_out_named() -> None:
    with pytest.raises(ValueError, match="Wilson"):
        rank_sets([0.9, 1.0], [0.02, 0.0])


@pytest.mark.parametrize("method", [*METHODS, "tau-best", "tau-worst"])
def test_one_unit_is_first_and_last_and_no_unit_is_no_rank(method: str) -> None:
    one = rank_sets([0.8], [0.1], method=method)
    assert (one.rank.tolist(), one.best.tolist(), one.worst.tolist()) == ([1], [1], [1])
    if method != "marginal":
        assert one.tiers().tolist() == ["not distinguishable"]
    nobody = rank_sets([], [], method=method)
    assert [each.size for each in (nobody.rank, nobody.best, nobody.worst)] == [0, 0, 0]
    assert nobody.method == method


@pytest.mark.parametrize("method", METHODS)
def test_two_units_are_told_apart_only_when_far_apart(method: str) -> None:
    near, far = rank_sets([1, 1.5], [1, 1], method=method), rank_sets([1, 9], [1, 1], method=method)
    assert (near.best.tolist(), near.worst.tolist()) == ([1, 1], [2, 2])
    assert (far.best.tolist(), far.worst.tolist()) == ([2, 1], [2, 1])


@pytest.mark.parametrize("method", METHODS)
def test_equal_estimates_may_hold_any_rank(method: str) -> None:
    found = rank_sets([0.8] * 5, [0.01, 0.02, 0.01, 0.03, 0.01], method=method)
    assert found.rank.tolist() == found.best.tolist() == [1] * 5
    assert found.worst.tolist() == [5] * 5
    assert found.rankability == 0


def test_a_standard_error_lost_in_rounding_gives_the_point_ranks() -> None:
    found = rank_sets([0.9, 0.8, 0.8], [1e-20, 1e-20, 1e-20])
    assert (found.best.tolist(), found.worst.tolist()) == ([1, 2, 2], [1, 3, 3])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.8, np.nan], [0.1, 0.1]), "leave it out"),
        (([0.8, 0.9], [0.1, np.nan]), "leave it out"),
        (([0.8, np.inf], [0.1, 0.1]), "leave it out"),
        (([0.8, 0.9], [0.1, -0.1]), "negative"),
        (([0.8, 0.9], [0.1]), "one estimate and one standard error"),
        (([[0.8]], [[0.1]]), "one estimate and one standard error"),
    ],
)
def test_what_has_no_rank_is_refused(arguments: tuple[Any, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rank_sets(*arguments)


def test_an_unknown_method_level_or_tau_is_refused() -> None:
    x, s = [0.7, 0.8, 0.9], [0.1] * 3
    with pytest.raises(ValueError, match="klein, simultaneous"):
        rank_sets(x, s, method="bayes")
    with pytest.raises(ValueError, match="level"):
        rank_sets(x, s, level=95)
    with pytest.raises(ValueError, match="tau-best"):
        rank_sets(x, s, tau=1)
    for tau in (0, 4):
        with pytest.raises(ValueError, match="number of units"):
            rank_sets(x, s, method="tau-best", tau=tau)
    for tau in (0, 2):
        with pytest.raises(ValueError, match="half of the units"):
            rank_sets(x, s).tiers(tau)
    with pytest.raises(ValueError, match="at once"):
        rank_sets(x, s, method="marginal").tiers()


def test_the_tau_sets_are_those_whose_ranks_reach_the_ends() -> None:
    joint = pisa(method="simultaneous")
    best, worst = pisa(method="tau-best", tau=4), pisa(method="tau-worst", tau=4)
    assert best.selected is not None
    assert worst.selected is not None
    assert (best.selected == (joint.best <= 4)).all()
    assert (worst.selected == (joint.worst >= 34)).all()
    assert (joint.selected, joint.tau, best.tau) == (None, None, 4)
    assert pisa(method="tau-worst").tau == 12


@pytest.mark.parametrize("method", ["klein", "simultaneous"])
def test_a_tier_is_what_lies_outside_the_tau_set_of_the_other_end(method: str) -> None:
    found, tau = pisa(method=method), 12
    top, bottom = found.tiers() == "top", found.tiers() == "bottom"
    assert countries(found.worst <= tau) == countries(top)
    assert countries(found.best > 37 - tau) == countries(bottom)
    assert 0 < top.sum() <= tau
    assert 0 < bottom.sum() <= tau
    if method == "simultaneous":
        others = pisa(method="tau-worst", tau=37 - tau).selected
        assert others is not None
        assert (top == ~others).all()
    third_by_point = found.rank <= tau
    assert top.sum() < third_by_point.sum(), "never the quantile of point estimates"
    assert set(found.tiers().tolist()) == {"top", "not distinguishable", "bottom"}


@given(units.filter(lambda rows: len(rows) > 1), st.data())
def test_no_more_units_are_top_than_tau_and_none_is_both(
    rows: list[tuple[float, float]], data: st.DataObject
) -> None:
    found = ranked([(x, s / 16) for x, s in rows])
    tau = data.draw(st.integers(1, len(rows) // 2))
    tiers = found.tiers(tau)
    assert max((tiers == "top").sum(), (tiers == "bottom").sum()) <= tau
    assert ((tiers == "top") == (found.worst <= tau)).all()


def test_rankability_is_the_share_of_variance_that_is_not_noise() -> None:
    x = [0.7, 0.8, 0.9]
    assert rank_sets(x, [0.05] * 3).rankability == pytest.approx(1 - 0.05**2 / 0.01)
    assert rank_sets(x, [0.1, 0.2, 0.3]).rankability == 0
    assert np.isnan(rank_sets([0.7], [0.1]).rankability)
    assert np.isnan(rank_sets([], []).rankability)


def test_a_change_is_told_only_where_the_sets_have_no_rank_in_common() -> None:
    before = rank_sets([9, 5, 4, 1], [0.1, 0.1, 0.1, 0.1])
    after = rank_sets([1, 5, 4, 9], [0.1, 2.0, 2.0, 0.1])
    assert disjoint(before, after).tolist() == [True, False, False, True]
    assert disjoint(after, before).tolist() == [True, False, False, True]
    with pytest.raises(ValueError, match="keep those that both have"):
        disjoint(before, rank_sets([1.0], [0.1]))


def test_the_same_seed_gives_the_same_sets_and_draws_are_standard_normal() -> None:
    draws = normal_draws(np.array([3.0, 1.0, 2.0]), np.ones(3), seed=4)
    assert (draws == normal_draws(np.array([3.0, 1.0, 2.0]), np.ones(3), seed=4)).all()
    assert (draws[[1, 2, 0]] == normal_draws(np.arange(3.0), np.ones(3), seed=4)).all()
    assert (draws != normal_draws(np.array([3.0, 1.0, 2.0]), np.ones(3), seed=5)).any()
    assert abs(draws.mean()) < 0.05
    assert abs(draws.std() - 1) < 0.05


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "truth", [[0.0] * 8, [0, 0, 0, 0.5, 0.5, 2, 3, 6], [0, 1, 2, 3, 4, 5, 6, 7]]
)
def test_the_sets_hold_the_true_ranks_as_often_as_they_say(method: str, truth: Any) -> None:
    # Ties included: a set must hold every rank that tied units share. All true ranks equal is
    # the hardest case of the pairs. 400 runs; three Monte Carlo standard errors below 0.9.
    random, theta, level, runs = np.random.default_rng(766), np.array(truth), 0.9, 400
    s = np.array([0.4, 0.6, 1.0, 0.5, 0.8, 0.5, 0.7, 0.3])
    first = 1 + (theta[:, None] < theta).sum(axis=1)
    last = 8 - (theta[:, None] > theta).sum(axis=1)
    hits = np.empty((runs, 8), dtype=bool)
    for run in range(runs):
        x = random.normal(theta, s)
        draws = normal_draws(x, s, run, draws=300)
        if method == "klein":
            found = rank_sets(x, s, level=level)
            best, worst = found.best, found.worst
        else:
            sets = {"simultaneous": simultaneous_sets, "marginal": marginal_sets}[method]
            best, worst = sets(x, s, level, draws)
        hits[run] = (best <= first) & (last <= worst)
    covered = hits.mean(axis=0) if method == "marginal" else hits.all(axis=1).mean()
    assert np.min(covered) >= level - 3 * np.sqrt(level * (1 - level) / runs)


def test_fact_4_the_sets_of_34_provinces_with_460_answers_are_about_32_places_wide() -> None:
    # True indices with a standard deviation of 3 points; with 2 or less no two are told apart.
    random = np.random.default_rng(766)
    p = random.normal(0.84, 0.03, size=(50, 34))
    x = random.binomial(460, p) / 460
    wide = [rank_sets(each, np.sqrt(each * (1 - each) / 460)) for each in x]
    assert np.mean([each.worst - each.best for each in wide]) == pytest.approx(32, abs=1)


def test_observed_ranks_of_102_identical_communes_move_by_34_places_and_none_is_told() -> None:
    random = np.random.default_rng(766)
    moves, told = [], 0
    for _ in range(30):
        x = random.binomial(80, 0.86, size=(2, 102)) / 80
        a, b = (rank_sets(each, np.full(102, np.sqrt(0.86 * 0.14 / 80))) for each in x)
        moves.append(np.abs(a.rank - b.rank).mean())
        told += int(disjoint(a, b).sum())
    assert np.mean(moves) == pytest.approx(34, abs=2)
    assert told == 0


def test_500_units_take_less_than_10_milliseconds() -> None:
    random = np.random.default_rng(766)
    x, s = random.normal(0.85, 0.03, 500), random.uniform(0.01, 0.02, 500)
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        rank_sets(x, s)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.01
