"""A satisfaction index from integer sums, with variance between people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.interval import ConfidenceInterval, Estimate
from analysis.layout import SCALE
from analysis.profiles import PROFILES
from analysis.stabiliser import Stabiliser
from analysis.sums import Sums
from analysis.table import IndexTable, Strata, index_table, named_rollup

__all__ = [
    "ConfidenceInterval",
    "ItemShare",
    "SatisfactionIndex",
    "Stabiliser",
    "index_at",
    "index_from_sums",
    "known_profile",
]


@dataclass(frozen=True, kw_only=True)
class ItemShare(Estimate):
    """The share of answers 4 and 5 to one item, whatever the profile of the index.

    `levels`: how many people chose each level 1..5, unweighted.
    """

    code: str
    levels: tuple[int, ...]
    n_missing: int
    n_not_applicable: int

    @property
    def n(self) -> int:
        """How many people answered the item."""
        return self.n_respondents


@dataclass(frozen=True, kw_only=True)
class SatisfactionIndex(Estimate):
    """An index by a named method profile and roll-up, over all its items or one factor.

    `n_respondents` people answered at least one of its items (`Sums.n_respondents` has those
    too who answered none), with `n_answers` answers; `n_missing` and `n_not_applicable` left
    numerator and denominator. `design_effect`: the variance over that of as many independent
    answers, or of people where a person counts once. `population` of all strata that were
    named, `population_covered` of those with answers, which alone the estimate speaks of; None
    where it is not known. `factors` by code, `items` by code.
    """

    profile: str
    rollup: str
    n_answers: int
    n_missing: int
    n_not_applicable: int
    design_effect: float
    population: int | None
    population_covered: int | None
    factors: dict[str, "SatisfactionIndex"]
    items: tuple[ItemShare, ...]


def index_from_sums(
    sums: Mapping[int, Sums],
    *,
    days: Mapping[int, Sequence[Sums]] | None = None,
    population: Mapping[int, int] | None = None,
    fpc: bool = False,
    rollup: str = "pooled",
    prior: Stabiliser | None = None,
    profile: str = "t2b-pooled",
) -> SatisfactionIndex:
    """Return the satisfaction index of the people in `sums`, one entry per stratum.

    Profiles, each a ratio Σy/Σx over people with a satisfied answers (4, 5) among b:

    * "t2b-pooled": a / b, the pooled-answer index; "t2b-person": mean of each person's a/b;
      "all-satisfied": share of people with a = b;
    * "t2b-overall": share of 4 and 5 on the item coded "overall"; it has no factors;
    * "mean5": Σ level / 5b; "mean01": Σ(level − 1) / 4b.

    "t2b-items" needs the answers row by row: `satisfaction_index`. Roll-ups: "pooled" counts
    everybody once, "weighted" gives a person N_h/n_h from `population`, "mean" is the mean of
    the strata that have answers. Where a population is given, "pooled" is "weighted" and says
    so. `fpc` multiplies the variance of a stratum by 1 − n_h/N_h, where n_h is all people
    tallied: only for the target "these dossiers". `days`, of every stratum, are the same people
    counter × day by counter × day: with 20 degrees of freedom (days with answers − strata) or
    more those are the clusters, and `clustered` says so; with fewer each person is one, because
    few days tell too little. `prior` stabilises the interval of few people
    (default: items of a person correlate by 0.5). The variance is described at
    `analysis.ratio.estimate`, the interval at `Estimate.confidence_interval`; a share of people
    in one stratum with equal weights has plain Wilson limits.

    The estimate covers the strata with people only. Nobody at all: estimate and limits nan,
    counts 0. One person: no standard error. Raises ValueError for an unknown profile or
    roll-up, a missing population or one below n_h, sums that do not add, days that are not the
    people of their stratum, and days together with `fpc`.
    """
    known_profile(profile)
    rollup = named_rollup(rollup, has_population=population is not None, fpc=fpc)
    strata = Strata.of_places([sums], population, fpc=fpc)
    if days is not None and sums:
        strata = strata.by_day([days.get(key, ()) for key in sums])
    table = index_table(strata, rollup=rollup, profile=profile, prior=prior or Stabiliser())
    return index_at(table, 0)


def known_profile(profile: str) -> None:
    """Raise ValueError for a profile that sums cannot give."""
    if profile == "t2b-items":
        raise ValueError("profile 't2b-items' needs the answers row by row: satisfaction_index()")
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}; use one of {', '.join(PROFILES)}")


def index_at(table: IndexTable, place: int) -> SatisfactionIndex:
    """Return the index of one place of a table, with its factors and their items."""
    items = _items(table, place)
    index, *factors = [
        _index(table, place, number, tuple(items[column] for column in own))
        for number, own in enumerate(table.columns)
    ]
    named = dict(zip(table.layout.factors, factors, strict=False))
    return replace(index, factors=named, items=items)


def _index(
    table: IndexTable, place: int, number: int, items: tuple[ItemShare, ...]
) -> SatisfactionIndex:
    figures = table.indices
    return SatisfactionIndex(
        **figures.at(place, number),
        profile=table.profile,
        rollup=table.rollup,
        n_answers=int(figures.ratio.answers[place, number]),
        n_missing=sum(item.n_missing for item in items),
        n_not_applicable=sum(item.n_not_applicable for item in items),
        design_effect=float(figures.ratio.design_effect[place, number]),
        population=_people(figures.population[place, 0]),
        population_covered=_people(figures.covered[place, number]),
        factors={},
        items=items,
    )


def _items(table: IndexTable, place: int) -> tuple[ItemShare, ...]:
    return tuple(
        ItemShare(
            **table.items.at(place, column),
            code=item.code,
            levels=tuple(counts[:SCALE]),
            n_missing=counts[SCALE],
            n_not_applicable=counts[SCALE + 1],
        )
        for column, (item, counts) in enumerate(
            zip(table.layout.items, table.counts[place].tolist(), strict=True)
        )
    )


def _people(population: float) -> int | None:
    return None if np.isnan(population) else int(population)
