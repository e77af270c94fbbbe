from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.index import SatisfactionIndex, index_from_sums
from analysis.profiles import PROFILES
from analysis.sums import Item, Sums, tally

ITEMS = (Item("A1", "A"), Item("A2", "A"), Item("B1", "B"), Item("overall", None))
COLUMNS = {"index": [0, 1, 2], "A": [0, 1], "B": [2]}
Levels = npt.NDArray[np.int8]

# y and x of one person from the levels that she gave.
PERSON: dict[str, Callable[[list[int]], tuple[float, float]]] = {
    "t2b-pooled": lambda given: (sum(x >= 4 for x in given), len(given)),
    "t2b-person": lambda given: (np.mean([x >= 4 for x in given]), 1) if given else (0, 0),
    "all-satisfied": lambda given: (all(x >= 4 for x in given), 1) if given else (0, 0),
    "mean5": lambda given: (sum(given), 5 * len(given)),
    "mean01": lambda given: (sum(x - 1 for x in given), 4 * len(given)),
}


def strata(least: int = 0) -> st.SearchStrategy[list[Levels]]:
    """Up to three strata of people; with `least` 4 of them the strata never collapse."""
    codes = st.sampled_from([0, 1, 2, 3, 4, 5, 5, 6, 9])
    one = st.integers(least, least + 6).flatmap(lambda n: arrays(np.int8, (n, 4), elements=codes))
    return st.lists(one, min_size=1, max_size=3)


def tallied(rows: list[Levels]) -> dict[int, Sums]:
    return {number: tally(levels, ITEMS) for number, levels in enumerate(rows)}


def by_rows(
    rows: list[Levels], columns: list[int], profile: str, weights: list[float]
) -> tuple[float, float]:
    """Return estimate and standard error from the answers, person by person."""
    people = [
        np.array(
            [PERSON[profile]([x for x in person if 1 <= x <= 5]) for person in own.tolist()],
            dtype=float,
        )
        for own in (levels[:, columns] for levels in rows)
    ]
    y, x = sum(w * own.sum(axis=0) for w, own in zip(weights, people, strict=True))
    variance = 0.0
    for w, own in zip(weights, people, strict=True):
        u = w * (own[:, 0] - y / x * own[:, 1]) / x
        n = len(u)
        variance += n / (n - 1) * ((u - u.mean()) ** 2).sum() if n > 1 else (u**2).sum()
    return y / x, float(np.sqrt(variance))


@given(strata(least=8), st.sampled_from(sorted(PERSON)), st.booleans())
def test_estimates_and_errors_are_those_of_the_rows(
    rows: list[Levels], profile: str, weighted: bool
) -> None:
    population = {number: 20 * (number + 1) ** 2 for number in range(len(rows))}
    weights = [population[h] / len(own) if weighted else 1.0 for h, own in enumerate(rows)]
    index = index_from_sums(
        tallied(rows),
        population=population if weighted else None,
        profile=profile,
    )
    for name, figure in {"index": index, **index.factors}.items():
        if figure.collapsed or figure.n_respondents < 9:
            continue
        estimate, error = by_rows(rows, COLUMNS[name], profile, weights)
        assert figure.estimate == pytest.approx(estimate, rel=1e-12)
        assert figure.standard_error**2 == pytest.approx(error**2, rel=1e-9, abs=1e-12)


@given(strata(), st.sampled_from(sorted(PROFILES)))
def test_counts_are_those_of_the_rows(rows: list[Levels], profile: str) -> None:
    assume(profile != "t2b-overall")
    index = index_from_sums(tallied(rows), profile=profile)
    everybody = np.concatenate(rows)
    for name, figure in {"index": index, **index.factors}.items():
        own = everybody[:, COLUMNS[name]]
        given_ = (own >= 1) & (own <= 5)
        assert figure.n_respondents == given_.any(axis=1).sum()
        assert figure.n_answers == given_.sum()
        assert figure.n_missing == (own == 6).sum()
        assert figure.n_not_applicable == (own == 9).sum()
        assert (figure.profile, figure.rollup) == (profile, "pooled")
    for share, column in zip(index.items, range(4), strict=True):
        levels = everybody[:, column]
        assert share.n == ((levels >= 1) & (levels <= 5)).sum()
        if share.n:
            assert share.estimate == pytest.approx((np.isin(levels, (4, 5)).sum()) / share.n)


@given(strata(), st.sampled_from(sorted(PROFILES)), st.sampled_from(["pooled", "mean"]))
def test_an_index_lies_in_its_interval_between_0_and_1(
    rows: list[Levels], profile: str, rollup: str
) -> None:
    index = index_from_sums(tallied(rows), profile=profile, rollup=rollup)
    for figure in (index, *index.factors.values(), *index.items):
        interval = figure.confidence_interval()
        if not np.isnan(interval.low):
            assert 0 <= interval.low <= figure.estimate + 1e-12
            assert figure.estimate - 1e-12 <= interval.high <= 1
            assert interval.low < interval.high


@given(strata(least=2), st.sampled_from(["pooled", "mean"]))
def test_names_of_strata_do_not_matter(rows: list[Levels], rollup: str) -> None:
    sums = tallied(rows)
    renamed = {100 - number: each for number, each in reversed(sums.items())}
    one, two = index_from_sums(sums, rollup=rollup), index_from_sums(renamed, rollup=rollup)
    assert two.estimate == pytest.approx(one.estimate, nan_ok=True)
    assert two.standard_error == pytest.approx(one.standard_error, nan_ok=True, abs=1e-8)


def test_published_figures_of_a_department_are_reproduced() -> None:
    answers = np.repeat([5, 4, 3], [10, 16, 5])[:, None]
    asked = {0: tally(answers, ["A"])}
    found = {
        profile: round(100 * index_from_sums(asked, profile=profile).estimate, 2)
        for profile in ("t2b-pooled", "mean5", "mean01")
    }
    assert found == {"t2b-pooled": 83.87, "mean5": 83.23, "mean01": 79.03}
    interval = index_from_sums(asked).confidence_interval()
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.6737, 0.9291)


def test_repeating_a_question_does_not_make_an_index_surer() -> None:
    # The same answer twenty times is still one person; counted as twenty answers the standard
    # error would shrink by √20.
    once = np.repeat([[5], [4], [3], [1]], [12, 10, 5, 3], axis=0)
    names = [f"A{number}" for number in range(20)]
    one = index_from_sums({0: tally(once, ["A"])})
    many = index_from_sums({0: tally(np.repeat(once, 20, axis=1), names)})
    assert many.estimate == pytest.approx(one.estimate)
    assert many.standard_error == pytest.approx(one.standard_error)
    assert many.design_effect == pytest.approx(20 * (599 / 600) / (29 / 30), rel=1e-9)
    assert many.n_effective == pytest.approx(30, rel=0.1)


def test_a_lonely_person_is_compared_with_everybody() -> None:
    crowd = tally(np.repeat([[5], [2]], [16, 4], axis=0), ["A"])
    alone = tally([[1]], ["A"])
    index = index_from_sums({1: crowd, 2: alone})
    p = 16 / 21
    within = 20 / 19 * (20 * 0.8 * 0.2)
    assert index.standard_error == pytest.approx(np.sqrt(within + p**2) / 21)
    assert index.degrees_of_freedom == 19


def test_in_the_mean_of_strata_a_lonely_person_is_compared_with_the_mean() -> None:
    # Alone, its own mean would have no residual, and the stratum no variance.
    crowd = tally(np.repeat([[5], [2]], [16, 4], axis=0), ["A"])
    index = index_from_sums({1: crowd, 2: tally([[1]], ["A"])}, rollup="mean")
    assert index.estimate == pytest.approx((0.8 + 0) / 2)
    expected = 0.8 * 0.2 / 19 + (0 - 0.4) ** 2
    assert index.standard_error == pytest.approx(np.sqrt(expected) / 2)


def test_a_person_outside_a_factor_counts_in_its_stratum() -> None:
    # Twelve of twenty answered B: the variance knows that it might have been eleven.
    levels = np.zeros((20, 2), dtype=np.int8)
    levels[:, 0] = 5
    levels[:12, 1] = [5] * 8 + [2] * 4
    index = index_from_sums({0: tally(levels, ["A", "B"]), 1: tally(levels, ["A", "B"])})
    factor, p = index.factors["B"], 8 / 12
    expected = 20 / 19 * 12 * p * (1 - p) * 2 / 24**2
    assert factor.standard_error == pytest.approx(np.sqrt(expected))
    assert (factor.n_respondents, factor.degrees_of_freedom) == (24, 22)
    assert index.factors["A"].n_respondents == 40


def test_rollups_weigh_the_strata_as_they_say() -> None:
    good = tally(np.full((30, 1), 5), ["A"])
    bad = tally(np.repeat([[5], [1]], [5, 5], axis=0), ["A"])
    sums, population = {1: good, 2: bad}, {1: 100, 2: 300}
    pooled = index_from_sums(sums)
    weighted = index_from_sums(sums, population=population, rollup="weighted")
    mean = index_from_sums(sums, rollup="mean")
    assert pooled.estimate == pytest.approx(35 / 40)
    assert weighted.estimate == pytest.approx((100 * 1 + 300 * 0.5) / 400)
    assert mean.estimate == pytest.approx(0.75)
    assert mean.standard_error == pytest.approx(np.sqrt(0.25 / 9) / 2)
    assert weighted.standard_error == pytest.approx(0.75 * np.sqrt(0.25 / 9))


def test_the_correction_shrinks_the_variance_of_each_stratum() -> None:
    sums = {1: tally(np.repeat([[5], [1]], [15, 5], axis=0), ["A"])}
    plain = index_from_sums(sums)
    corrected = index_from_sums(sums, population={1: 80}, fpc=True)
    assert corrected.standard_error == pytest.approx(plain.standard_error * np.sqrt(1 - 20 / 80))
    assert corrected.design_effect == plain.design_effect
    assert corrected.n_effective == pytest.approx(20 * 79 / 60)


NOBODY: dict[str, Mapping[int, Sums]] = {
    "no stratum": {},
    "no row": {1: tally(np.zeros((0, 4)), ITEMS)},
    "all missing": {1: tally(np.full((12, 4), 6), ITEMS)},
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("sums", NOBODY.values(), ids=NOBODY.keys())
def test_nobody_has_no_estimate(sums: Mapping[int, Sums], profile: str) -> None:
    index = index_from_sums(sums, profile=profile)
    interval = index.confidence_interval()
    numbers = [index.estimate, index.standard_error, interval.low, interval.high]
    assert np.isnan(numbers).all()
    assert (index.n_respondents, index.n_answers) == (0, 0)


@pytest.mark.parametrize("profile", PROFILES)
def test_one_person_has_an_estimate_and_no_standard_error(profile: str) -> None:
    index = index_from_sums({1: tally([[5, 5, 3, 4]], ITEMS)}, profile=profile)
    assert not np.isnan(index.estimate)
    assert np.isnan(index.standard_error)
    assert index.degrees_of_freedom == 0


def test_an_empty_stratum_changes_nothing() -> None:
    rows = tally(np.repeat([[5, 4, 2, 5], [1, 5, 4, 2]], 9, axis=0), ITEMS)
    empty = tally(np.zeros((0, 4)), ITEMS)
    for rollup in ("pooled", "mean"):
        with_empty = index_from_sums({1: rows, 2: empty}, rollup=rollup)
        assert with_empty == index_from_sums({1: rows}, rollup=rollup)


def test_strata_with_other_items_are_read_together() -> None:
    here, there = tally([[5], [4]], ["A"]), tally([[1], [2]], ["B"])
    index = index_from_sums({1: here, 2: there})
    assert [index.factors[code].estimate for code in "AB"] == [1.0, 0.0]
    assert index.estimate == 0.5


def test_the_overall_item_is_its_own_figure() -> None:
    levels = np.repeat([[5, 5, 5, 2], [1, 1, 1, 4], [5, 5, 5, 6]], [4, 8, 3], axis=0)
    index = index_from_sums({1: tally(levels, ITEMS)}, profile="t2b-overall")
    assert index.estimate == pytest.approx(8 / 12)
    assert (index.n_respondents, index.n_answers, index.n_missing) == (12, 12, 3)
    assert index.factors == {}
    assert [item.code for item in index.items] == ["A1", "A2", "B1", "overall"]
    assert index.confidence_interval() == index.items[-1].confidence_interval()
    without = index_from_sums({1: tally(levels[:, :3], ITEMS[:3])}, profile="t2b-overall")
    assert np.isnan(without.estimate)


def test_a_factor_has_its_own_items_and_no_factors() -> None:
    index = index_from_sums({1: tally(np.full((12, 4), 4), ITEMS)})
    factor = index.factors["A"]
    assert isinstance(factor, SatisfactionIndex)
    assert ([item.code for item in factor.items], factor.factors) == (["A1", "A2"], {})
    assert factor.items[0].levels == (0, 0, 0, 12, 0)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"profile": "t2b-items"}, "row by row"),
        ({"profile": "sipas"}, "unknown profile 'sipas'"),
        ({"rollup": "median"}, "unknown rollup 'median'"),
        ({"rollup": "weighted"}, "need the population"),
        ({"fpc": True}, "need the population"),
        ({"population": {1: 11}}, "smaller than the people"),
        ({"population": {2: 50}}, "every stratum"),
    ],
)
def test_what_cannot_be_computed_is_refused(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        index_from_sums({1: tally(np.full((12, 4), 4), ITEMS)}, **arguments)


def test_another_scale_has_no_index() -> None:
    with pytest.raises(ValueError, match="scale"):
        index_from_sums({1: Sums((), np.zeros(1, dtype=np.int64), scale=3)})
