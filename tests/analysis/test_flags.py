import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.flags import bursts, duplicates, repeated_vectors, speed, straight_lining

R = json.loads((Path(__file__).parents[1] / "reference" / "samples.json").read_text())
codes = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 9])
vectors = hnp.arrays(np.int8, st.tuples(st.integers(0, 20), st.integers(0, 6)), elements=codes)
times = st.lists(st.floats(0, 2000) | st.just(np.nan), max_size=60)
Levels = npt.NDArray[Any]


@given(vectors, st.integers(2, 6))
def test_a_straight_line_is_one_level_often_enough(levels: Levels, least: int) -> None:
    for person, flag in zip(levels, straight_lining(levels, least=least), strict=True):
        answers = [level for level in person.tolist() if 1 <= level <= 5]
        assert flag == (len(answers) >= least and len(set(answers)) == 1)


def test_what_was_left_or_does_not_apply_is_no_answer() -> None:
    levels = [[5, 5, 6, 5, 9, 5, 5], [5, 5, 6, 5, 9, 5, 0], [5, 5, 4, 5, 5, 5, 5], [6] * 7]
    assert straight_lining(levels).tolist() == [True, False, False, False]


@given(vectors, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter_to_a_straight_line(
    levels: Levels, random: Any
) -> None:
    order = np.array(random.sample(range(len(levels)), len(levels)), dtype=int)
    assert (straight_lining(levels)[order] == straight_lining(levels[order])).all()


def test_fast_people_are_flagged_and_unknown_times_are_not() -> None:
    seconds, answered = [4.9, 5.0, np.nan, 0.0, 0.0, 3.0], [5, 5, 5, 0, 1, 2]
    expected = [True, False, False, False, True, False]
    assert speed(seconds, answered).tolist() == expected
    assert speed(seconds, answered, least=2).tolist() == [True, True, False, False, True, True]


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 22))), st.floats(0.1, 2.5))
def test_a_slower_limit_flags_no_fewer(people: list[tuple[float, int]], least: float) -> None:
    seconds, answered = np.array(people).reshape(-1, 2).T
    strict, mild = speed(seconds, answered, least=2 * least), speed(seconds, answered, least=least)
    assert (mild <= strict).all()
    assert (speed(seconds[::-1], answered[::-1], least=least)[::-1] == mild).all()


def brute_bursts(minutes: list[float], window: float, k: int) -> list[bool]:
    """Flag whoever shares a window, begun by an arrival, with so many others."""
    flags = [False] * len(minutes)
    for start in minutes:
        inside = [i for i, t in enumerate(minutes) if start <= t < start + window]
        if len(inside) > k:
            flags = [flag or i in inside for i, flag in enumerate(flags)]
    return flags


@pytest.mark.parametrize("case", R["bursts"], ids=str)
def test_a_burst_has_as_many_others_as_r_calls_too_many(case: dict[str, float]) -> None:
    rate, others = case["expected"] / 10, int(case["k"])
    for came, is_burst in ((others, False), (others + 1, True)):
        minutes = np.linspace(100, 109, came)
        flags = bursts(minutes, rate=rate, alpha=case["alpha"])
        assert flags.tolist() == [is_burst] * came


@given(times, st.sampled_from([2.0, 10.0, 60.0]))
def test_every_answer_of_a_burst_is_flagged_and_no_other(
    minutes: list[float], window: float
) -> None:
    # A rate at which 5 others are a burst (R: 2.3e-5 for 6 at 0.5) and 3 are not.
    found = bursts(minutes, window=window, rate=0.3 / window)
    assert found.tolist() == brute_bursts(minutes, window, 5)


@given(times, st.randoms(use_true_random=False), st.sampled_from([None, 0.01]))
def test_the_order_of_people_does_not_matter_to_a_burst(
    minutes: list[float], random: Any, rate: float | None
) -> None:
    order = random.sample(range(len(minutes)), len(minutes))
    moved = np.array(minutes)[order]
    assert (bursts(minutes, rate=rate)[order] == bursts(moved, rate=rate)).all()


@given(times, times)
def test_more_answers_at_the_same_rate_take_no_flag_away(
    minutes: list[float], more: list[float]
) -> None:
    before = bursts(minutes, rate=0.03)
    assert (before <= bursts(minutes + more, rate=0.03)[: len(minutes)]).all()


def test_a_burst_does_not_hide_itself_in_the_rate() -> None:
    random = np.random.default_rng(766)
    honest = np.cumsum(random.exponential(20, 200))
    stuffed = honest[100] + random.uniform(0, 8, 150)
    flags = bursts(np.concatenate([honest, stuffed]))
    assert flags[200:].all()
    assert flags[:200].sum() < 10
    unread = np.concatenate([honest, stuffed, [np.nan] * 9])
    assert bursts(unread).tolist() == [*flags.tolist(), *[False] * 9]


def test_a_couple_is_no_burst_and_coarse_times_say_nothing() -> None:
    assert not bursts([0, 1, 1e6], rate=1e-9).any()
    assert bursts([0, 1, 2, 1e6], rate=1e-9).tolist() == [True, True, True, False]
    assert not bursts([0, 5, 10], rate=1e-9).any(), "the window is open on the right"
    assert not bursts([5] * 40 + [90]).any()
    assert not bursts([5.0]).any()
    assert not bursts([np.nan] * 9).any()


@pytest.mark.parametrize(("n", "rate"), [(10, 0.05), (50, 0.3), (200, 0.05)])
def test_independent_arrivals_are_bursts_as_seldom_as_stated(n: int, rate: float) -> None:
    random, runs, alpha = np.random.default_rng(766), 2000, 1e-3
    for known in (rate, None):
        arrivals = np.cumsum(random.exponential(1 / rate, (runs, n)), axis=1)
        alarms = sum(bursts(each, rate=known, alpha=alpha).any() for each in arrivals)
        assert alarms <= runs * n * alpha
    assert alarms > 0 or n * alpha < 0.05, "the simulation can find an alarm"


def test_busy_hours_flag_about_one_honest_answer_in_a_hundred() -> None:
    random = np.random.default_rng(766)
    days, minutes = np.repeat(np.arange(250), 80) * 1440, np.empty(250 * 80)
    first = random.random(len(days)) < 0.3
    minutes[:] = np.where(first, random.uniform(0, 60, len(days)), 0)
    minutes[~first] = random.uniform(60, 480, (~first).sum())
    assert 0.003 < bursts(days + minutes).mean() < 0.03


def run_of(levels: Levels, vector: list[int], length: int, at: int) -> Levels:
    return np.concatenate([levels[:at], np.tile(vector, (length, 1)), levels[at:]])


def independent(n: int, seed: int = 766) -> Levels:
    random = np.random.default_rng(seed)
    return random.choice([2, 3, 4, 5], p=[0.1, 0.2, 0.4, 0.3], size=(n, 5))


def test_a_run_of_a_rare_answer_is_flagged_and_only_the_run() -> None:
    levels = run_of(independent(90), [5, 5, 1, 5, 5], 6, at=40)
    assert np.flatnonzero(repeated_vectors(levels)).tolist() == list(range(40, 46))


def test_a_counter_where_all_but_a_few_say_5_is_not_flagged_for_it() -> None:
    random = np.random.default_rng(766)
    levels = np.where(random.random((300, 1)) < 0.9, 5, random.integers(2, 6, (300, 5)))
    assert not repeated_vectors(levels).any()
    assert not repeated_vectors(np.full((300, 5), 5)).any()


def test_a_run_is_judged_by_how_common_its_answer_is() -> None:
    some_fives = np.concatenate([independent(60), np.full((60, 5), 5)])
    mixed = np.random.default_rng(766).permutation(some_fives)
    assert not repeated_vectors(run_of(mixed, [5] * 5, 8, at=70)).any()
    assert repeated_vectors(run_of(independent(120), [5] * 5, 8, at=70)).any()


def test_all_codes_are_compared_and_a_couple_is_no_run() -> None:
    honest = independent(500)
    split = run_of(run_of(honest, [1, 1, 6, 1, 1], 2, 9), [1, 1, 9, 1, 1], 2, 11)
    assert not repeated_vectors(split).any()
    assert repeated_vectors(run_of(honest, [1, 1, 9, 1, 1], 4, 9)).sum() == 4
    couple = run_of(independent(3000), [1, 1, 1, 1, 1], 2, at=40)
    assert not repeated_vectors(couple, alpha=0.9).any()


def test_the_bound_is_the_chance_of_a_run_in_a_random_order() -> None:
    # 3 alike of n = 24 stand together with probability 22 / C(24, 3), the bound exactly.
    others = np.array([[1 + i // 5, 1 + i % 5] for i in range(21)])
    levels, chance = run_of(others, [5, 5], 3, at=7), 22 / 2024
    assert repeated_vectors(levels, alpha=chance * 1.001).sum() == 3
    assert not repeated_vectors(levels, alpha=chance * 0.999).any()


@pytest.mark.parametrize("n", [30, 93, 300])
@pytest.mark.parametrize("kinds", [4, 50])
def test_answers_in_random_order_are_flagged_as_seldom_as_stated(n: int, kinds: int) -> None:
    random, runs, alpha = np.random.default_rng(766), 400, 0.05
    share = 1 / np.arange(1, kinds + 1)
    answers = random.choice(kinds, p=share / share.sum(), size=(runs, n, 1))
    levels = np.concatenate([answers % 5 + 1, answers // 5 % 5 + 1, answers // 25 + 1], axis=2)
    alarms = sum(repeated_vectors(each, alpha=alpha).any() for each in levels)
    assert 0 < alarms <= runs * alpha


@given(vectors, st.sampled_from([0.001, 0.5]))
def test_flags_of_runs_stand_in_runs_of_three_or_more(levels: Levels, alpha: float) -> None:
    flags = repeated_vectors(levels, alpha=alpha)
    assert flags.shape == (len(levels),)
    for i in np.flatnonzero(flags):
        near = range(max(i - 2, 0), min(i, len(levels) - 3) + 1)
        assert any((levels[at : at + 3] == levels[i]).all() for at in near)
    assert (repeated_vectors(levels, alpha=alpha / 10) <= flags).all()


def test_trap_16_one_answer_for_each_dossier_and_those_without_kept_apart() -> None:
    tokens = ["a", None, "b", "a", "", None, "a", "b", ""]
    expected = [False, False, False, True, False, False, True, True, False]
    assert duplicates(tokens).tolist() == expected
    assert duplicates(np.array(["x", "", "x", ""])).tolist() == [False, False, True, False]


@given(st.lists(st.sampled_from(["", "a", "b", "c"])), st.lists(st.sampled_from(["a", "d"])))
def test_one_answer_of_each_token_stays(tokens: list[str], more: list[str]) -> None:
    flags = duplicates(tokens)
    kept = [token for token, flag in zip(tokens, flags, strict=True) if token and not flag]
    assert sorted(kept) == sorted(set(tokens) - {""})
    assert duplicates(tokens + more)[: len(tokens)].tolist() == flags.tolist()


def test_nobody_gives_no_flags() -> None:
    for empty in (
        straight_lining([]),
        straight_lining(np.empty((0, 5), int)),
        speed([], []),
        bursts([]),
        repeated_vectors([]),
        repeated_vectors(np.empty((0, 5), int)),
        duplicates([]),
    ):
        assert (empty.shape, empty.dtype) == ((0,), np.bool_)


def test_nonsense_is_refused() -> None:
    for flag in (straight_lining, repeated_vectors):
        for wrong, message in (([5, 5], "people, items"), ([[7]], "among"), ([[1.5]], "among")):
            with pytest.raises(ValueError, match=message):
                flag(wrong)
        with pytest.raises(ValueError, match="least=2"):
            flag([[5]], least=1)
    for seconds, answered, least in (([-1], [1], 1), ([1], [-1], 1), ([1], [1], 0), ([1], [1], 6)):
        with pytest.raises(ValueError, match="seconds"):
            speed(seconds, answered, least=least)
    for minutes, options in (
        ([[1.0]], {}),
        ([np.inf], {}),
        ([1.0], {"window": 0}),
        ([1.0], {"rate": 0}),
        ([1.0], {"alpha": 1}),
    ):
        with pytest.raises(ValueError, match=r"minutes|window"):
            bursts(minutes, **options)
    with pytest.raises(ValueError, match="alpha"):
        repeated_vectors([[5]], alpha=0)
