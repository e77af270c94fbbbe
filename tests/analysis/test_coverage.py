"""Simulated coverage of a few cells, and the simulation; `benchmarks.coverage` has them all."""

from pathlib import Path

import numpy as np
import pytest

from analysis.differences import difference
from analysis.figures import Figures
from analysis.index import index_from_sums
from analysis.interval import Estimate
from analysis.rows import satisfaction_index
from analysis.sums import Item, tally
from benchmarks import coverage_report
from benchmarks.coverage import DAYS_ADD, Made, counters, covered, on_days
from benchmarks.coverage_report import BEGIN, END, Cell, Rate
from benchmarks.populations import Population, day_variance, population
from benchmarks.trials import (
    METHODS,
    Samples,
    by_df,
    drawn,
    mover,
    plain_p_values,
    t_p_values,
    ungated,
    unstabilised,
)

RUNS = 6000
NOISE = 3 * np.sqrt(0.05 * 0.95 / RUNS)
NOWHERE = np.zeros(1, dtype=np.int64)
# Items, correlation, share, people: where few who are not satisfied make the variance.
HARD = ((22, 0.7, 0.92, 30), (16, 0.5, 0.96, 50), (22, 0.5, 0.99, 300))


def people_of(
    items: int, correlation: float, share: float, effects: list[float] | None = None
) -> Population:
    groups = np.array([0.0] if effects is None else effects)
    return population(
        np.random.default_rng(4),
        share=share,
        items=items,
        correlation=correlation,
        effects=groups,
        people=40_000 // len(groups),
    )


def samples(people: Population, n: int, *, seed: int = 5, runs: int = RUNS) -> Figures:
    group = np.zeros((runs, n), dtype=np.int64)
    return drawn(np.random.default_rng(seed), people, group, NOWHERE).by_person()


def coverage(found: Figures, truth: float, method=ungated) -> float:
    cell = Cell("test", 0, 0.0, 0.0, "0")
    (rate,) = covered(cell, found, truth, {"method": method})
    return rate.rate


def one(found: Figures, run: int) -> Estimate:
    return Estimate(**found.at(run, 0))


@pytest.mark.parametrize(("items", "correlation", "share", "n"), HARD)
def test_the_default_covers_where_the_former_rule_and_no_stabilisation_do_not(
    items, correlation, share, n
):
    people = people_of(items, correlation, share)
    found, truth = samples(people, n), people.truth()
    assert 0.93 <= coverage(found, truth) <= 0.995
    assert coverage(found, truth, by_df) < 0.93
    assert coverage(found, truth, unstabilised) < coverage(found, truth, by_df)


@pytest.mark.parametrize("share", [0.6, 0.85, 0.99])
def test_ten_people_are_covered(share):
    people = people_of(16, 0.5, share)
    assert 0.93 <= coverage(samples(people, 10), people.truth()) <= 0.995


def test_trap_three_answers_as_independent_observations_cover_far_too_seldom():
    people = people_of(22, 0.5, 0.85)
    found = samples(people, 50)
    assert coverage(found, people.truth(), METHODS["independent answers"]) < 0.7


def test_trap_four_days_need_the_counter_by_day_interval():
    n, days = 100, 22
    rng = np.random.default_rng(6)
    effects = rng.standard_normal(1000)
    effects = (effects - effects.mean()) / effects.std()
    variance = day_variance(0.92, 22, 0.5, (DAYS_ADD**2 - 1) * days / (n - 1))
    people = people_of(22, 0.5, 0.92, list(np.sqrt(variance) * effects))
    met = on_days(rng, people, n, days, RUNS)
    assert coverage(met.by_person(), people.truth()) < 0.90
    assert 0.93 <= coverage(met.by_day(days), people.truth()) <= 0.995


@pytest.mark.parametrize("sizes", [(30, 30), (30, 300)])
def test_a_change_is_not_found_where_there_is_none(sizes):
    people = people_of(22, 0.7, 0.92)
    a, b = samples(people, sizes[0]), samples(people, sizes[1], seed=7)
    low, high = mover(a, b)
    assert np.mean((low > 0) | (high < 0)) <= 0.055
    assert np.mean(plain_p_values(a, b) < 0.05) > 0.03


def test_a_t_finds_changes_that_are_not_between_samples_of_unequal_size():
    people = people_of(22, 0.7, 0.92)
    a, b = samples(people, 30), samples(people, 300, seed=7)
    plain, stabilised = (np.mean(p(a, b) < 0.05) for p in (plain_p_values, t_p_values))
    assert 0.055 + NOISE < stabilised < plain


def test_pairs_at_once_are_the_pairs_of_the_analysis_one_by_one():
    people = people_of(16, 0.5, 0.99)
    a, b = samples(people, 30, runs=25), samples(people, 100, seed=7, runs=25)
    low, high = mover(a, b)
    p = t_p_values(a, b)
    found = [difference(one(a, run), one(b, run)) for run in range(25)]
    assert any(one(a, run).estimate == 1 for run in range(25))
    for run, each in enumerate(found):
        interval = each.confidence_interval()
        assert (low[run, 0], high[run, 0]) == pytest.approx((interval.low, interval.high))
        assert p[run, 0] == pytest.approx(each.t_p_value)
        assert (each.p_value < 0.05) == (interval.low > 0 or interval.high < 0)


def test_ungated_limits_are_the_published_ones_from_eight_degrees_of_freedom():
    people = people_of(5, 0.5, 0.85)
    for n in (9, 30):
        found = samples(people, n, runs=50)
        limits = found.values.confidence_interval(0.95)
        np.testing.assert_array_equal(ungated(found), (limits.low, limits.high))
    few = samples(people, 8, runs=50)
    assert np.isnan(few.values.confidence_interval(0.95).low).all()
    assert np.isfinite(ungated(few)).all()


def test_the_figures_of_samples_are_the_indices_of_their_answers():
    people = people_of(5, 0.5, 0.85, [-0.3, 0.1, 0.4])
    levels = people.levels[:, :12].reshape(36, 5)
    counter = np.repeat([0, 1, 2], 12)
    a, b = (each[:, :12].reshape(1, 36) for each in (people.satisfied, people.answered))
    met = Samples(a.astype(np.float32), b.astype(np.float32), counter[None, :])
    items = [Item(f"A{number}", "A") for number in range(5)]
    strata = {name: tally(levels[counter == name], items) for name in (0, 1, 2)}
    pairs = (
        (met.by_person(), index_from_sums({0: tally(levels, items)})),
        (met.by_counter(np.array([0, 12, 24])), index_from_sums(strata)),
        (met.by_day(3), satisfaction_index(levels, items, clusters=counter)),
        (met.by_day(5), satisfaction_index(levels, items, clusters=counter)),  # two days empty
    )
    for found, index in pairs:
        mine = one(found, 0)
        assert mine.estimate == pytest.approx(index.estimate, rel=1e-12)
        assert mine.standard_error == pytest.approx(index.standard_error, rel=1e-9)
        assert mine.n_effective == pytest.approx(index.n_effective, rel=1e-9)
        assert mine.degrees_of_freedom == index.degrees_of_freedom


@pytest.mark.parametrize("share", [0.6, 0.92])
@pytest.mark.parametrize("correlation", [0.25, 0.7])
def test_a_population_has_the_share_and_the_correlation_asked_for(share, correlation):
    people = people_of(16, correlation, share)
    assert people.truth() == pytest.approx(share, abs=0.015)
    assert people.pairwise == pytest.approx(correlation, abs=0.04)
    assert people.answered.std() > 1
    given = people.levels[people.levels <= 5]
    assert people.truth() == pytest.approx((given >= 4).mean(), rel=1e-12)


def test_who_is_less_satisfied_leaves_the_form_more_often():
    people = people_of(16, 0.7, 0.85)
    left = (people.levels[..., -1] == 6).ravel()
    low = (people.satisfied / np.maximum(people.answered, 1)).ravel() < 0.5
    assert left[low].mean() > 1.3 * left[~low].mean()


def test_the_truth_of_counters_weighs_each_by_the_people_drawn():
    people = people_of(5, 0.5, 0.85, [-0.4, 0.4])
    alone = [people.truth([1, 0]), people.truth([0, 1])]
    assert alone[0] < people.truth([9, 1]) < people.truth([1, 9]) < alone[1]


def test_a_population_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="cannot be reached"):
        people_of(16, 0.98, 0.99)
    with pytest.raises(ValueError, match="larger than all"):
        people_of(16, 0.25, 0.85, [-2.0, 2.0])


def test_a_population_gives_the_same_rates_whatever_was_drawn_before():
    first, other = Made(5, 0.5, 0.75, runs=20), Made(5, 0.25, 0.92, runs=20)
    alone = list(counters(first))
    assert list(counters(other)) != alone
    assert list(counters(first)) == alone


def test_cells_that_miss_are_printed_as_they_are():
    rates = [
        Rate(Cell("one counter", 22, 0.7, 0.92, "30"), "default", 0.9141, 0.1),
        Rate(Cell("one counter", 5, 0.5, 0.6, "30"), "default", 0.953, 0.1),
    ]
    lines = list(coverage_report.TARGETS[0].lines(rates))
    assert lines[0].endswith("missed**, 1/2")
    assert lines[1:] == ["  - one counter, n 30: 22/0.7/0.92 91.41"]


def test_only_the_marked_block_of_a_file_is_replaced(tmp_path: Path):
    document = tmp_path / "method.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    coverage_report.write(document, f"{BEGIN}\nnew\n{END}")
    assert document.read_text(encoding="utf-8") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    document.write_text("no marks", encoding="utf-8")
    assert "nothing written" in coverage_report.write(document, "new")
    assert document.read_text(encoding="utf-8") == "no marks"
