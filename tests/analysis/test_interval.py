from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import expit, logit, ndtri, stdtrit

from analysis.index import SatisfactionIndex, Stabiliser, index_from_sums
from analysis.proportions import proportion
from analysis.sums import Item, tally

FIVE = [Item(f"A{number}", "A") for number in range(5)]
Levels = npt.NDArray[np.int64]


def satisfied(*of_five: int) -> Levels:
    """One person for each number: so many of her five answers are a 4, the others a 2."""
    return np.array([[4] * a + [2] * (5 - a) for a in of_five])


def index_of(levels: Levels, **arguments: Any) -> SatisfactionIndex:
    return index_from_sums({0: tally(levels, FIVE)}, **arguments)


def wilson(p: float, n: float, quantile: float) -> tuple[float, float]:
    """The formula as statistics books print it."""
    centre, scale = p + quantile**2 / (2 * n), 1 + quantile**2 / n
    half = quantile * np.sqrt(p * (1 - p) / n + quantile**2 / (4 * n**2))
    return (centre - half) / scale, (centre + half) / scale


def stabilised(s2: float, p: float, df: int, rho: float) -> float:
    """S² drawn to its prior, as decision 9 has it."""
    known = 4 * p * (1 - p) * df
    return max(s2, (known * s2 + 5 * rho * max(p * (1 - p), 0.02)) / (known + 5))


def t(df: int) -> float:
    return float(stdtrit(df, 0.975))


@pytest.mark.parametrize(
    ("prior", "rho"),
    [(None, 0.6), (Stabiliser(r=0.25), 0.4), (Stabiliser(rho=0.8), 0.8)],
)
def test_the_variance_of_few_people_is_drawn_to_the_prior(
    prior: Stabiliser | None, rho: float
) -> None:
    people = satisfied(5, 5, 4, 5, 3, 5, 4, 5, 2, 4, 5, 5)
    p, n, df = 52 / 60, 12, 11
    s2 = np.var((people >= 4).mean(axis=1), ddof=1)
    n_eff = p * (1 - p) * n / stabilised(s2, p, df, rho)
    assert n < n_eff < 60, "not clipped"
    index = index_of(people, prior=prior)
    interval = index.confidence_interval()
    assert index.n_effective == pytest.approx(n_eff)
    assert (interval.low, interval.high) == pytest.approx(wilson(p, n_eff, t(df)))
    assert (interval.level, interval.method) == (0.95, "wilson-neff-t")


def test_the_prior_assumes_some_variance_near_the_ends() -> None:
    people = satisfied(*[5] * 39, 4)
    p, n, df = 199 / 200, 40, 39
    s2 = np.var((people >= 4).mean(axis=1), ddof=1)
    expected = max(p * (1 - p) * n / stabilised(s2, p, df, 0.6), n)
    assert index_of(people).n_effective == pytest.approx(expected)


def test_an_index_is_worth_at_least_its_people_and_at_most_its_answers() -> None:
    all_or_nothing = satisfied(*[5] * 9, *[0] * 3)
    assert index_of(all_or_nothing, prior=Stabiliser(r=1)).n_effective == 12
    all_alike = satisfied(*[4] * 12)
    assert index_of(all_alike, prior=Stabiliser(r=0)).n_effective == 60


@pytest.mark.parametrize("a", [5, 0])
def test_all_alike_is_worth_the_number_of_people(a: int) -> None:
    index = index_of(satisfied(*[a] * 12))
    interval = index.confidence_interval()
    assert (index.n_effective, index.standard_error) == (12, 0)
    reach = t(11) ** 2 / (12 + t(11) ** 2)
    expected = (1 - reach, 1.0) if a else (0.0, reach)
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-12)
    assert index.estimate in (interval.low, interval.high), "the outer limit is exact"


def test_all_alike_with_weights_is_worth_kish_s_number() -> None:
    sums = {h: tally(satisfied(*[5] * 10), FIVE) for h in (1, 2)}
    index = index_from_sums(sums, population={1: 10, 2: 90}, rollup="weighted")
    assert index.estimate == 1
    assert index.n_effective == pytest.approx((10 * 1 + 10 * 9) ** 2 / (10 * 1 + 10 * 81))
    assert index.confidence_interval().high == 1


def test_weights_may_make_an_index_worth_less_than_its_people() -> None:
    sums = {1: tally(satisfied(*[5] * 18, 0, 0), FIVE), 2: tally(satisfied(5, 0, 5, 0), FIVE)}
    index = index_from_sums(sums, population={1: 20, 2: 400}, rollup="weighted")
    assert 2 < index.n_effective < 24
    shares = [item.n_effective for item in index.items]
    assert max(shares) < 24


def test_one_item_in_one_stratum_has_plain_wilson_limits() -> None:
    index = index_of(satisfied(5, 5, 4, 5, 3, 5, 1))
    for share, successes in zip(index.items, (7, 6, 6, 5, 4), strict=True):
        plain, found = proportion(successes, 7).confidence_interval(), share.confidence_interval()
        assert (found.low, found.high) == pytest.approx((float(plain.low), float(plain.high)))
        assert found.method == "wilson"


@pytest.mark.parametrize("profile", ["t2b-pooled", "t2b-person", "all-satisfied"])
def test_a_share_of_people_has_plain_wilson_limits_in_every_profile(profile: str) -> None:
    answers = np.repeat([[5], [2]], [26, 5], axis=0)
    found = index_from_sums({0: tally(answers, ["A"])}, profile=profile).confidence_interval()
    assert (found.low, found.high) == pytest.approx(wilson(26 / 31, 31, float(ndtri(0.975))))
    assert found.method == "wilson"


def test_an_item_of_several_strata_has_no_clip_and_rho_1() -> None:
    sums = {
        h: tally(np.repeat([[5], [2]], [good, 20 - good], axis=0), ["A"])
        for h, good in ((1, 19), (2, 2))
    }
    p, n, df = 21 / 40, 40, 38
    variance = 20 / 19 * (20 * 0.95 * 0.05 + 20 * 0.1 * 0.9) / n**2
    n_eff = p * (1 - p) * n / stabilised(n * variance, p, df, 1)
    share = index_from_sums(sums).items[0]
    found = share.confidence_interval()
    assert share.n_effective == pytest.approx(n_eff)
    assert n_eff > n, "what the strata gain is kept"
    assert (found.low, found.high) == pytest.approx(wilson(p, n_eff, t(df)))
    assert found.method == "wilson-neff-t"


def test_unequal_weights_widen_the_prior_by_kish_s_number() -> None:
    sums = {
        h: tally(np.repeat([[5], [2]], [good, 20 - good], axis=0), ["A"])
        for h, good in ((1, 15), (2, 11))
    }
    index = index_from_sums(sums, population={1: 20, 2: 180}, rollup="weighted")
    p, n, df, kish = 0.1 * 0.75 + 0.9 * 0.55, 40, 38, 200**2 / (20 * 1 + 20 * 81)
    variance = 0.1**2 * 0.75 * 0.25 / 19 + 0.9**2 * 0.55 * 0.45 / 19
    expected = p * (1 - p) * n / stabilised(n * variance, p, df, n / kish)
    assert index.items[0].n_effective == pytest.approx(expected)


def test_a_prior_rho_is_of_the_whole_index_and_not_of_its_factors() -> None:
    people, items = satisfied(5, 5, 4, 5, 3, 5, 4, 5, 2, 4, 5, 5), [*FIVE[:3], "B", "C"]
    one, other = (
        index_from_sums({0: tally(people, items)}, prior=Stabiliser(rho=rho)) for rho in (0.3, 0.9)
    )
    assert one.n_effective > other.n_effective
    assert one.factors["A"].n_effective == other.factors["A"].n_effective


def test_few_degrees_of_freedom_collapse_the_strata_and_say_so() -> None:
    three = [satisfied(5, 4, 2), satisfied(5, 5, 3), satisfied(1, 5, 5)]
    index = index_from_sums({h: tally(own, FIVE) for h, own in enumerate(three)})
    together = index_of(np.concatenate(three))
    assert (index.collapsed, together.collapsed) == (True, False)
    assert index.degrees_of_freedom == together.degrees_of_freedom == 8
    assert index.standard_error == pytest.approx(together.standard_error)
    ours, theirs = index.confidence_interval(), together.confidence_interval()
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_fewer_than_8_degrees_of_freedom_after_all_have_no_interval() -> None:
    eight = satisfied(5, 4, 2, 5, 5, 3, 1, 5)
    for sums in (
        {0: tally(eight, FIVE)},
        {0: tally(eight[:4], FIVE), 1: tally(eight[4:], FIVE)},
    ):
        index = index_from_sums(sums)
        interval = index.confidence_interval()
        assert np.isnan([interval.low, interval.high]).all()
        assert not np.isnan(index.estimate)
        assert index.degrees_of_freedom == 7


@pytest.mark.parametrize(("profile", "lowest", "span"), [("mean5", 0.2, 0.8), ("mean01", 0, 1)])
def test_a_mean_has_t_limits_and_near_an_end_logit_limits(
    profile: str, lowest: float, span: float
) -> None:
    middle = np.tile(np.repeat([1, 2, 3, 4, 5], 4)[:, None], 5)
    index = index_of(middle, profile=profile)
    half = t(19) * np.std(np.arange(20) // 4 / 4, ddof=1) / np.sqrt(20)
    found = index.confidence_interval()
    assert found.low == pytest.approx(lowest + span * (0.5 - half))
    assert found.high == pytest.approx(lowest + span * (0.5 + half))
    assert found.method == "t"
    top = np.tile(np.repeat([5, 4], [15, 5])[:, None], 5)
    index = index_of(top, profile=profile)
    found, q = index.confidence_interval(), 0.9375
    half = t(19) * np.sqrt(0.25**2 * 0.75 * 0.25 / 19) / (q * (1 - q))
    assert found.low == pytest.approx(lowest + span * expit(logit(q) - half))
    assert found.high == pytest.approx(lowest + span * expit(logit(q) + half))
    assert found.method == "t-logit"


def test_t_limits_that_lean_over_the_end_go_through_the_logit() -> None:
    index = index_of(np.tile(np.repeat([5, 1], [8, 2])[:, None], 5), profile="mean01")
    assert index.estimate + t(9) * index.standard_error > 1
    found = index.confidence_interval()
    assert (found.high < 1, found.method) == (True, "t-logit")


@pytest.mark.parametrize("level", [1, 4, 5])
@pytest.mark.parametrize(("profile", "lowest"), [("mean5", 0.2), ("mean01", 0.0)])
def test_a_mean_of_equal_answers_is_not_certainty(profile: str, lowest: float, level: int) -> None:
    index = index_of(np.full((20, 5), level), profile=profile)
    found = index.confidence_interval()
    low, high = wilson((level - 1) / 4, 20, t(19))
    assert index.standard_error == 0
    assert found.low == pytest.approx(lowest + (1 - lowest) * low, abs=1e-12)
    assert found.high == pytest.approx(lowest + (1 - lowest) * high, abs=1e-12)
    assert found.method == "wilson-neff-t"


@pytest.mark.parametrize("profile", ["t2b-pooled", "t2b-overall", "mean01", "all-satisfied"])
def test_a_census_is_a_count_without_interval(profile: str) -> None:
    levels = np.repeat([[5, 5], [2, 3], [4, 1]], 5, axis=0)
    sums = {0: tally(levels, [Item("A", "A"), Item("overall", None)])}
    index = index_from_sums(sums, population={0: 15}, fpc=True, profile=profile)
    interval = index.confidence_interval()
    assert index.standard_error == 0
    assert np.isnan([interval.low, interval.high]).all()
    assert interval.method == "census"


def test_with_the_correction_wilson_takes_n_star() -> None:
    answers = np.repeat([[5], [2]], [26, 5], axis=0)
    index = index_from_sums({0: tally(answers, ["A"])}, population={0: 200}, fpc=True)
    found = index.confidence_interval()
    n_star = 31 * (200 - 1) / (200 - 31)
    assert (found.low, found.high) == pytest.approx(wilson(26 / 31, n_star, float(ndtri(0.975))))


def test_a_wider_level_gives_a_wider_interval() -> None:
    index = index_of(satisfied(5, 5, 4, 5, 3, 5, 4, 5, 2, 4))
    wide, narrow = index.confidence_interval(0.99), index.confidence_interval(0.9)
    assert wide.low < narrow.low < narrow.high < wide.high
    assert wide.level == 0.99


def test_an_unknown_method_or_level_or_prior_is_refused() -> None:
    index = index_of(satisfied(*[4] * 12))
    with pytest.raises(ValueError, match="wald"):
        index.confidence_interval(method="wald")
    with pytest.raises(ValueError, match="level"):
        index.confidence_interval(95)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Stabiliser(r=1.5)
    with pytest.raises(ValueError, match="rho above 0"):
        Stabiliser(rho=0)


@pytest.mark.parametrize("n", [10, 50])
def test_the_interval_covers_the_truth_as_often_as_it_says(n: int) -> None:
    # Five answers of a person correlate by about 0.5; the truth is 0.9.
    random, p, runs = np.random.default_rng(766), 0.9, 1500
    mood, mind = random.normal(size=(runs, n, 1)), random.normal(size=(runs, n, 5))
    answers = np.where(np.sqrt(0.7) * mood + np.sqrt(0.3) * mind < ndtri(p), 4, 2)
    intervals = [index_of(people).confidence_interval() for people in answers]
    covered = np.mean([each.low <= p <= each.high for each in intervals])
    assert 0.93 <= covered <= 0.995


def test_an_interval_is_not_serialised_without_whom_it_speaks_of() -> None:
    interval = index_of(satisfied(*[5, 4, 3] * 10)).confidence_interval()
    assert interval.serialised("respondents_only") == {
        "ci_low": interval.low,
        "ci_high": interval.high,
        "ci_level": 0.95,
        "ci_method": "wilson-neff-t",
        "inference_basis": "respondents_only",
    }
    with pytest.raises(TypeError, match="inference_basis"):
        interval.serialised()  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="unknown basis 'everybody'; use one of respondents_only"):
        interval.serialised("everybody")
