"""A satisfaction index from integer sums, with variance between people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.interval import ConfidenceInterval, Estimate
from analysis.layout import Integers, Layout
from analysis.profiles import MEAN, OVERALL, PEOPLE, PROFILES, Profile, item_moments
from analysis.ratio import Design, Ratio, estimate
from analysis.stabiliser import Stabiliser, effective_size, size_of_mean
from analysis.sums import SCALE, Sums, stack

__all__ = [
    "ConfidenceInterval",
    "ItemShare",
    "SatisfactionIndex",
    "Stabiliser",
    "index_from_sums",
]


@dataclass(frozen=True, kw_only=True)
class ItemShare(Estimate):
    """The share of answers 4 and 5 to one item, whatever the profile of the index.

    `n` people answered it; `levels` how many chose each level 1..5, unweighted.
    """

    code: str
    n: int
    levels: tuple[int, ...]
    n_missing: int
    n_not_applicable: int


@dataclass(frozen=True, kw_only=True)
class SatisfactionIndex(Estimate):
    """An index by a named method profile and roll-up, over all its items or one factor.

    `n_respondents` people answered at least one of its items (`Sums.n_respondents` has those
    too who answered none), with `n_answers` answers; `n_missing` and `n_not_applicable` left
    numerator and denominator. `design_effect`: the variance over that of as many independent
    answers, or of people where a person counts once. `factors` by code, `items` by code.
    """

    profile: str
    rollup: str
    n_respondents: int
    n_answers: int
    n_missing: int
    n_not_applicable: int
    design_effect: float
    factors: dict[str, "SatisfactionIndex"]
    items: tuple[ItemShare, ...]


def index_from_sums(
    sums: Mapping[int, Sums],
    *,
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

    "t2b-items" needs the answers row by row. Roll-ups: "pooled" counts everybody once,
    "weighted" gives a person N_h/n_h from `population`, "mean" is the mean of the strata that
    have answers. `fpc` multiplies the variance of a stratum by 1 − n_h/N_h, where n_h is all
    people tallied: only for the target "these dossiers". `prior` stabilises the interval of
    few people (default: items of a person correlate by 0.5). The variance is described at
    `analysis.ratio.estimate`, the interval at `Estimate.confidence_interval`; a share of people
    in one stratum with equal weights has plain Wilson limits.

    Strata without people are left out, and the estimate covers the others only. Nobody at all:
    estimate and limits nan, counts 0. One person: no standard error. Raises ValueError for an
    unknown profile or roll-up, a missing population or one below n_h, and sums that do not add.
    """
    if profile == "t2b-items":
        raise ValueError("profile 't2b-items' needs the answers row by row, not their sums")
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}; use one of {', '.join(PROFILES)}")
    sample = _sample(sums, population, fpc, rollup)
    return _index(sample, profile, rollup, prior or Stabiliser())


@dataclass(frozen=True)
class _Sample:
    """The strata that have people: integers (strata, size) as the layout says."""

    layout: Layout
    matrix: Integers
    design: Design


def _sample(
    sums: Mapping[int, Sums], population: Mapping[int, int] | None, fpc: bool, rollup: str
) -> _Sample:
    layout, matrix = stack([*sums.values()] or [Sums.total([])])
    if layout.scale != SCALE:
        raise ValueError(f"an index is defined on the scale 1 to {SCALE}, not {layout.scale}")
    met = [key for key, each in sums.items() if each.n_respondents]
    if population is not None and not population.keys() >= set(met):
        raise ValueError("every stratum with people needs its population")
    sizes = None if population is None else [population[key] for key in met]
    matrix = matrix[matrix[:, 0] > 0]
    rows: list[int] = matrix[:, 0].tolist()
    return _Sample(layout, matrix, Design.of_strata(rows, sizes, fpc=fpc, rollup=rollup))


def _index(sample: _Sample, name: str, rollup: str, prior: Stabiliser) -> SatisfactionIndex:
    """Return the index with its factors, and their items."""
    profile, layout, items = PROFILES[name], sample.layout, _items(sample)
    ratio = estimate(profile.moments(layout, sample.matrix), sample.design)
    figures = _figures(ratio, profile, prior)
    indices = [
        SatisfactionIndex(
            **vars(figure),
            profile=name,
            rollup=rollup,
            n_respondents=int(ratio.people[row]),
            n_answers=sum(items[column].n for column in columns),
            n_missing=sum(items[column].n_missing for column in columns),
            n_not_applicable=sum(items[column].n_not_applicable for column in columns),
            design_effect=float(ratio.design_effect[row]),
            factors={},
            items=tuple(items[column] for column in columns),
        )
        for row, (figure, columns) in enumerate(zip(figures, profile.columns(layout), strict=True))
    ]
    factors = dict(zip(layout.factors, indices[1:], strict=False))
    return replace(indices[0], factors=factors, items=items)


def _items(sample: _Sample) -> tuple[ItemShare, ...]:
    """Return the share of each item."""
    ratio = estimate(item_moments(sample.layout, sample.matrix), sample.design)
    figures = _figures(ratio, PROFILES[OVERALL], Stabiliser())
    counted = sample.layout.item_counts(sample.matrix.sum(axis=0)).tolist()
    return tuple(
        ItemShare(
            **vars(figure),
            code=item.code,
            n=sum(counts[:SCALE]),
            levels=tuple(counts[:SCALE]),
            n_missing=counts[SCALE],
            n_not_applicable=counts[SCALE + 1],
        )
        for item, figure, counts in zip(sample.layout.items, figures, counted, strict=True)
    )


def _figures(ratio: Ratio, profile: Profile, prior: Stabiliser) -> list[Estimate]:
    """Return each figure of a ratio with what its interval needs."""
    of_people = (profile.kind == PEOPLE) | ratio.single
    if profile.kind == MEAN:
        size, method = size_of_mean(ratio), np.full(len(of_people), "t")
    else:
        size = effective_size(ratio, prior, of_people)
        method = np.where(of_people & ratio.simple, "wilson", "wilson-neff-t")
    return [
        Estimate(
            estimate=float(ratio.estimate[row]),
            standard_error=float(np.sqrt(ratio.variance[row])),
            degrees_of_freedom=int(ratio.degrees_of_freedom[row]),
            n_effective=float(size[row]),
            collapsed=bool(ratio.collapsed[row]),
            interval_method=str(method[row]),
            lowest=profile.lowest,
        )
        for row in range(len(size))
    ]
