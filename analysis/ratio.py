"""The combined ratio estimator and its variance between people, within strata."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from analysis.interval import LEAST_DEGREES_OF_FREEDOM, Array
from analysis.layout import Integers
from analysis.profiles import Moments

Bools = npt.NDArray[np.bool_]
Number = TypeVar("Number", bound=np.generic)

# What is smaller, beside the terms that it is the difference of, is rounding.
ROUNDING = 1e-12
# Weights are equal where Kish's number of people is their number but for rounding.
ALIKE = 1e-9


@dataclass(frozen=True)
class Design:
    """The strata of one or many places, one after the other; arrays (strata, 1).

    `rows` clusters tallied (people, unless days are the clusters); `starts` (places,) where the
    strata of each place begin. `population` N_h, nan where unknown; `fpc`: whether it corrects
    the variance. `shares`: what each stratum counts in a mean of strata, None where everybody
    counts. `lonely`: whether a stratum of one cluster adds to the variance ("adjust" in R's
    survey) or not ("certainty").
    """

    rows: Array
    starts: Integers
    population: Array
    fpc: bool = False
    shares: Array | None = None
    lonely: bool = True

    @property
    def correction(self) -> Array:
        """1 − n_h/N_h; 1 without finite population correction and for a stratum of nobody."""
        if not self.fpc:
            return np.ones_like(self.rows)
        return 1 - self.rows / np.where(self.rows > 0, self.population, 1)

    def total(self, values: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Return sums over the strata of each place, (places, …)."""
        if len(self.starts) == len(self.rows):  # a stratum is a place: nothing to add
            return values
        return np.asarray(np.add.reduceat(values, self.starts, axis=0), dtype=values.dtype)

    def spread(self, values: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Return to each stratum the value of its place, (strata, …)."""
        if len(self.starts) == len(self.rows):
            return values
        return np.repeat(values, np.diff(self.starts, append=len(self.rows)), axis=0)


@dataclass(frozen=True)
class Ratio:
    """Estimates, one per place and figure; arrays (places, figures).

    `variance` with the finite population correction, `plain_variance` without it, `correction`
    what it leaves of the variance (0 for a census). `people` answered, in `clusters`; `kish` =
    (Σw)²/Σw² of their weights, equal to `people` when the weights are. `design_effect`: the
    variance (without correction) over that of as many independent answers, or people where a
    person counts once; nan where all are alike.
    """

    estimate: Array
    variance: Array
    plain_variance: Array
    correction: Array
    degrees_of_freedom: Array
    strata: Array
    collapsed: Bools
    people: Array
    clusters: Array
    answers: Array
    kish: Array
    design_effect: Array

    @cached_property
    def equal_weights(self) -> Bools:
        """Whether everybody who answered a figure weighs the same."""
        return np.asarray(np.abs(self.kish - self.people) <= ALIKE * self.people)

    @cached_property
    def single(self) -> Bools:
        """Whether a figure is one answer of each person: then it is a share of people."""
        return np.equal(self.answers, self.people)

    @cached_property
    def of_persons(self) -> Bools:
        """Whether each person is a cluster, so that nothing but her answers hangs together."""
        return np.equal(self.clusters, self.people)

    @cached_property
    def simple(self) -> Bools:
        """Whether a figure comes from the people of one stratum with equal weights."""
        return np.equal(self.strata, 1) & self.equal_weights & self.of_persons


def estimate(moments: Moments, design: Design) -> Ratio:
    """Return R = Σw·y / Σw·x with its variance linearised by Taylor's series.

    `moments` hold the weights. V(R) = Σ_h (1 − f_h) n_h/(n_h − 1) Σ_c (u_c − ū_h)² / (Σw·x)²
    over the clusters c, u = Σw·(y − R·x), and over all clusters of the stratum: who is outside
    the domain has u = 0 (zero extension). The person is the ultimate cluster, so the answers of
    one person are never counted as independent. With `design.shares` the figure is a mean of
    the strata that have answers, Σ s_h·R_h / Σ s_h: then w = s_h/x_h and u = w·(y − R_h·x).

    Lonely stratum (one cluster): u² about the grand mean, and no degree of freedom. Degrees of
    freedom: clusters with answers − strata with answers, those of the domain, for a factor that
    twelve of a thousand answered is known from twelve; below 8 the strata collapse into one.
    Nobody: nan. One person in all: the variance is nan.

    Cochran, W. G. (1977). Sampling techniques, 3rd ed., §6.11–6.12. Lumley, T. (2010). Complex
    surveys, §2 and the option survey.lonely.psu = "adjust" of R's survey, which agrees.
    """
    m = moments if design.shares is None else _weighted_by_shares(moments, design.shares)
    total = design.total(m.x)
    r = _divide(design.total(m.y), total)
    clusters, strata = design.total(m.clusters), design.total(1.0 * (m.clusters > 0))
    collapsed = (clusters - strata < LEAST_DEGREES_OF_FREEDOM) & (strata > 1)
    df = clusters - np.where(collapsed, 1, strata)
    squares = _stratified(m, design, r)
    if collapsed.any():
        squares = np.where(design.spread(collapsed), _one_stratum(m, design, r), squares)
    plain = _known(_divide(design.total(squares), total**2), df)
    variance = _known(_divide(design.total(design.correction * squares), total**2), df)
    return Ratio(
        estimate=r,
        variance=variance,
        plain_variance=plain,
        correction=_correction(m, design, plain, variance),
        degrees_of_freedom=df,
        strata=np.where(collapsed, 1, strata),
        collapsed=collapsed,
        people=design.total(m.people),
        clusters=clusters,
        answers=design.total(m.answers),
        kish=_divide(design.total(m.weights) ** 2, design.total(m.squared_weights)),
        design_effect=_design_effect(m, design, r, plain),
    )


def _divide(numerator: Array, denominator: Array) -> Array:
    """Divide; nan where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def _known(variance: Array, df: Array) -> Array:
    """Return the variance; nan where it has no degree of freedom."""
    return np.where(df > 0, variance, np.nan)


def _weighted_by_shares(m: Moments, shares: Array) -> Moments:
    """Return the moments with w = s_h / x_h, so that Σw·y is a sum of s_h·R_h."""
    each = shares / np.where(m.weights > 0, m.weights, 1)
    return replace(
        m.scaled(shares / np.where(m.x > 0, m.x, 1)),
        # What one person weighs in the mean, whatever the number of her answers.
        weights=each * m.weights,
        squared_weights=each**2 * m.squared_weights,
    )


def _centre(m: Moments, design: Design, r: Array) -> Array:
    """Return the ratio about which the people of a stratum vary: R, or in a mean R_h."""
    everywhere = design.spread(r)
    if design.shares is None:
        return everywhere
    return np.where(m.clusters > 1, _divide(m.y, m.x), everywhere)


def _squares(m: Moments, centre: Array) -> Array:
    """Return Σu² of each stratum, u = y − centre·x."""
    return _cleared(m.yy - 2 * centre * m.xy + centre**2 * m.xx, m, centre)


def _cleared(squares: Array, m: Moments, centre: Array) -> Array:
    """Return the squares, 0 where they are only rounding of the terms they are left from."""
    return np.where(squares > ROUNDING * (m.yy + centre**2 * m.xx), squares, 0.0)


def _one_stratum(m: Moments, design: Design, r: Array) -> Array:
    """Return n/(n − 1)·Σu² with all people of a place as one stratum, where Σu = 0."""
    n = design.spread(design.total(design.rows))
    return n / np.maximum(n - 1, 1) * _squares(m, design.spread(r))


def _stratified(m: Moments, design: Design, r: Array) -> Array:
    """Return n_h/(n_h − 1)·Σ(u − ū)²; a lonely cluster's u² about the grand mean."""
    n, centre = design.rows, _centre(m, design, r)
    squares = _squares(m, centre)
    within = _cleared(squares - (m.y - centre * m.x) ** 2 / np.maximum(n, 1), m, centre)
    alone = squares if design.lonely else np.zeros_like(squares)
    return np.where(n > 1, n / np.maximum(n - 1, 1) * within, alone)


def _correction(m: Moments, design: Design, plain: Array, variance: Array) -> Array:
    """Return what the finite population correction leaves of the variance.

    N/(N − 1) because a share's variance is p(1 − p)·N/(N − 1): n/correction is then the
    n(N − 1)/(N − n) of one stratum. Without variance, the corrections are averaged.
    """
    if not design.fpc:
        return np.ones_like(plain)
    whole, weight = design.total(design.population), m.squared_weights
    average = _divide(design.total(design.correction * weight), design.total(weight))
    left = np.where(plain > 0, _divide(variance, plain), average)
    return left * whole / np.maximum(whole - 1, 1)


def _design_effect(m: Moments, design: Design, r: Array, plain: Array) -> Array:
    """Return the variance over that of as many independent elements, (m − 1 in it, as in R)."""
    n = design.total(m.elements)
    one = _divide(design.total(m.squares), design.total(m.mass)) - r**2
    return _divide(plain * (n - 1), np.where(one > ROUNDING, one, 0.0))
