"""Counter × day clusters from sums (tests/reference/rows.R)."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis.days
from analysis import Sums, index_from_sums, satisfaction_index, tally, tally_by
from analysis.days import LEAST_FREEDOM
from analysis.nested import overlaps
from analysis.profiles import PROFILES
from analysis.table import Strata
from tests.analysis.answers import ITEMS, LEVELS, POPULATION, STRATUM, reference

R = reference("rows")["indices"]
SUMS = tally_by(LEVELS, ITEMS, STRATUM)
DAYS = np.arange(len(LEVELS)) % 4
SEED = 20260


def by_day(
    levels: npt.NDArray[np.int8], strata: npt.NDArray[np.int64], days: npt.NDArray[np.int64]
) -> dict[int, list[Sums]]:
    """Return the sums of each day of each stratum."""
    return {
        int(each): [*tally_by(levels[strata == each], ITEMS, days[strata == each]).values()]
        for each in np.unique(strata)
    }


def drawn(n: int, strata: int, days: int) -> tuple[npt.NDArray[Any], ...]:
    """Return levels, strata and days of people whose days differ."""
    rng = np.random.default_rng(SEED)
    stratum, day = rng.integers(0, strata, n), rng.integers(0, days, n)
    good = (
        rng.random((n, len(ITEMS))) < rng.uniform(0.55, 0.98, (strata, days))[stratum, day][:, None]
    )
    return np.where(good, 5, 2).astype(np.int8), stratum, day


def test_an_index_with_days_equals_that_of_r(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis.days, "LEAST_FREEDOM", 1)  # R asks for no number of days
    found, expected = (
        index_from_sums(SUMS, days=by_day(LEVELS, STRATUM, DAYS)),
        R["days: t2b-pooled"],
    )
    assert found.clustered
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert found.standard_error == pytest.approx(expected["se"], rel=1e-8)


@pytest.mark.parametrize("profile", PROFILES)
def test_sums_of_days_give_what_rows_give(profile: str) -> None:
    levels, strata, days = drawn(400, 3, 15)
    rows = satisfaction_index(levels, ITEMS, strata=strata, clusters=days, profile=profile)
    sums = index_from_sums(
        tally_by(levels, ITEMS, strata), days=by_day(levels, strata, days), profile=profile
    )
    for ours, theirs in ((sums, rows), *zip(sums.items, rows.items, strict=True)):
        assert ours.clustered
        assert ours.estimate == pytest.approx(theirs.estimate, rel=1e-12, nan_ok=True)
        assert ours.standard_error == pytest.approx(theirs.standard_error, rel=1e-9, nan_ok=True)
        assert ours.degrees_of_freedom == theirs.degrees_of_freedom


def test_weights_of_the_strata_reach_their_days() -> None:
    levels, strata, days = drawn(300, 3, 15)
    sizes = {0: 400, 1: 900, 2: 200}
    rows = satisfaction_index(levels, ITEMS, strata=strata, clusters=days, population=sizes)
    sums = index_from_sums(
        tally_by(levels, ITEMS, strata), days=by_day(levels, strata, days), population=sizes
    )
    assert sums.rollup == "weighted"
    assert sums.standard_error == pytest.approx(rows.standard_error, rel=1e-10)
    assert sums.n_effective == pytest.approx(rows.n_effective, rel=1e-9)


@given(st.integers(2, 40), st.integers(1, 4))
def test_days_are_the_clusters_from_twenty_degrees_of_freedom_on(days: int, strata: int) -> None:
    levels, stratum, day = (np.repeat(each, 3, axis=0) for each in _each_once(strata, days))
    sums, parts = tally_by(levels, ITEMS, stratum), by_day(levels, stratum, day)
    found, alone = index_from_sums(sums, days=parts), index_from_sums(sums)
    enough = strata * (days - 1) >= LEAST_FREEDOM
    assert found.clustered == enough
    assert found.estimate == alone.estimate
    if enough:
        assert found.degrees_of_freedom == strata * (days - 1)
    else:
        assert repr(found) == repr(alone)  # nan too


def _each_once(strata: int, days: int) -> tuple[npt.NDArray[Any], ...]:
    stratum, day = (each.ravel() for each in np.mgrid[:strata, :days])
    return np.tile([[5, 4, 2, 5, 9, 4]], (len(day), 1)), stratum, day


def test_one_counter_needs_more_than_twenty_days() -> None:
    for days, clustered in ((20, False), (21, True)):
        levels, stratum, day = (np.repeat(each, 3, axis=0) for each in _each_once(1, days))
        parts = by_day(levels, stratum, day)
        assert index_from_sums(tally_by(levels, ITEMS, stratum), days=parts).clustered is clustered


def test_of_many_places_each_goes_by_its_own_days() -> None:
    levels, strata, days = drawn(400, 4, 12)
    sums, parts = tally_by(levels, ITEMS, strata), by_day(levels, strata, days)
    places = [{0: sums[0]}, {1: sums[1], 2: sums[2]}]
    table = Strata.of_places(places).by_day([parts[0], parts[1], parts[2]])
    gaps = overlaps(table)
    assert [gap.a.clustered for gap in gaps] == [False, True]
    assert gaps[0].b.clustered


def test_a_unit_minus_all_together_is_known_from_the_days_of_both() -> None:
    levels, strata, days = drawn(900, 2, 30)
    sums, parts = tally_by(levels, ITEMS, strata), by_day(levels, strata, days)
    found = overlaps(Strata.of_places([{0: sums[0]}, {1: sums[1]}]).by_day([*parts.values()]))[0]
    (a, b), (others, of_others) = (_answers(parts[each]) for each in (0, 1))
    every, of_every = np.append(a, others), np.append(b, of_others)
    whole = every.sum() / of_every.sum()
    own = (a - a.sum() / b.sum() * b) / b.sum() - (a - whole * b) / of_every.sum()
    rest = -(others - whole * of_others) / of_every.sum()
    variance = sum(len(each) * np.var(each, ddof=1) for each in (own, rest))
    assert found.standard_error == pytest.approx(np.sqrt(variance), rel=1e-10)


def _answers(days: list[Sums]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return how many answers of each day are 4 or 5, and how many there are."""
    counts = np.array([day.pooled_levels() for day in days], dtype=np.float64)
    return counts[:, 3:].sum(axis=1), counts.sum(axis=1)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"days": {1: [SUMS[1]]}}, "add up to the people"),
        ({"days": {key: [own, own] for key, own in SUMS.items()}}, "add up to the people"),
        ({"days": {key: [tally([[5]], "Z")] for key in SUMS}}, "items of all strata"),
        (
            {"days": {k: [own] for k, own in SUMS.items()}, "population": POPULATION, "fpc": True},
            "leave out the days",
        ),
    ],
)
def test_days_that_are_not_those_of_the_people_are_refused(
    arguments: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        index_from_sums(SUMS, **arguments)


def test_nobody_has_no_days() -> None:
    assert np.isnan(index_from_sums({}, days={}).estimate)
