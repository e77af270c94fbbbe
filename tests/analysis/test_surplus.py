import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom

from analysis.surplus import surplus_vectors

Levels = npt.NDArray[Any]
ALL_FIVES = [5, 5, 5, 5, 5, 5]
CONTENT = [4, 4, 4, 4, 4, 4]


def people(**counts: int) -> Levels:
    """Return so many people of each vector: fives=3 and fours=2 are five people."""
    named = {"fives": ALL_FIVES, "fours": CONTENT, "mixed": [5, 4, 3, 4, 5, 9]}
    return np.array([named[name] for name, n in counts.items() for _ in range(n)])


def test_what_is_usual_at_a_point_is_not_flagged_however_alike() -> None:
    usual = people(fives=90, fours=10)
    assert not surplus_vectors(people(fives=30), usual).any()
    assert not surplus_vectors(people(fives=18, fours=2), usual).any()


def test_as_many_are_flagged_as_exceed_the_usual_share() -> None:
    today, usual = people(fours=20, fives=60), people(fours=60, fives=40)
    flags = surplus_vectors(today, usual)
    expected = math.ceil(80 * 40.5 / 101)
    assert flags.sum() == 60 - expected == 27
    assert not flags[:20].any(), "no other answer is flagged"
    assert not flags[20 : 20 + expected].any(), "the copies that come first are the usual ones"
    assert flags[20 + expected :].all()


def test_an_answer_never_seen_before_is_flagged_when_many_give_it_at_once() -> None:
    today = people(fours=20, mixed=12)
    assert surplus_vectors(today, people(fours=100)).sum() == 12 - 1


def test_a_family_is_no_surplus_and_fifty_people_must_be_known() -> None:
    today = people(fours=10, mixed=4)
    assert not surplus_vectors(today, people(fours=100)).any()
    many = people(fours=10, mixed=30)
    assert not surplus_vectors(many, people(fours=49)).any()
    assert surplus_vectors(many, people(fours=50)).any()


@given(st.integers(50, 300), st.floats(0.02, 0.95), st.integers(5, 60), st.data())
def test_the_threshold_is_the_beta_binomial_tail(
    known: int, share: float, n: int, data: st.DataObject
) -> None:
    given_before = round(share * known)
    k, rho, alpha = data.draw(st.integers(5, n)), 0.03, 1e-3
    mean, weight = (given_before + 0.5) / (known + 1), 1 / (rho + 1 / (known + 1)) - 1
    tail = betabinom.sf(k - 1, n, mean * weight, (1 - mean) * weight)
    # The others are all different, so that only one vector is judged.
    others = np.array([[1 + i // 25, 1 + i // 5 % 5, 1 + i % 5, 1, 2, 3] for i in range(n - k)])
    today = np.concatenate([people(fives=k), others.reshape(n - k, 6).astype(int)])
    usual = people(fives=given_before, fours=known - given_before)
    flags = surplus_vectors(today, usual, alpha=alpha, correlation=rho)
    assert flags.sum() == (max(k - math.ceil(n * mean), 0) if tail < alpha else 0)


def test_days_that_differ_as_much_as_allowed_are_flagged_as_seldom_as_stated() -> None:
    random, runs, alpha = np.random.default_rng(766), 800, 0.01
    alarms = 0
    for _ in range(runs):
        q, weight = 0.4, 1 / 0.02 - 1
        share = random.beta(q * weight, (1 - q) * weight, 21)
        fives = random.binomial(30, share)
        usual = people(fives=int(fives[1:].sum()), fours=int(20 * 30 - fives[1:].sum()))
        today = people(fives=int(fives[0]), fours=int(30 - fives[0]))
        alarms += surplus_vectors(today, usual, alpha=alpha).any()
    assert 0 < alarms <= runs * alpha


@given(st.randoms(use_true_random=False))
def test_only_which_copies_are_flagged_depends_on_the_order(random: Any) -> None:
    today, usual = people(fours=20, fives=60), people(fours=60, fives=40)
    order = np.array(random.sample(range(80), 80))
    flagged = today[order][surplus_vectors(today[order], usual)]
    assert flagged.tolist() == today[surplus_vectors(today, usual)].tolist()


def test_nobody_gives_no_flags_and_nonsense_is_refused() -> None:
    usual = people(fours=60)
    assert surplus_vectors([], usual).tolist() == []
    assert surplus_vectors(people(fours=9), []).tolist() == [False] * 9
    for wrong in ({"alpha": 0}, {"alpha": 1}, {"correlation": 1}, {"correlation": -0.1}):
        with pytest.raises(ValueError, match="alpha"):
            surplus_vectors(usual, usual, **wrong)
    with pytest.raises(ValueError, match="same items"):
        surplus_vectors([[5, 5]], usual)
    with pytest.raises(ValueError, match="among"):
        surplus_vectors([[7] * 6], usual)
