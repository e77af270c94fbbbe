"""The combined ratio estimator and its variance between people, within strata."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.interval import LEAST_DEGREES_OF_FREEDOM, Array
from analysis.profiles import Moments

ROLLUPS = ("pooled", "weighted", "mean")
# What is smaller, beside the terms that it is the difference of, is rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Design:
    """The strata that people were tallied in; arrays (strata, 1).

    `rows` people tallied; `weight` of each (1 when pooled, N_h/n_h when weighted);
    `correction` 1 − n_h/N_h (1 without finite population correction); `population` their
    total N (inf without correction); `equal` when every stratum counts the same.
    """

    rows: Array
    weight: Array
    correction: Array
    population: float
    equal: bool

    @classmethod
    def of_strata(
        cls, rows: Sequence[int], population: Sequence[int] | None, *, fpc: bool, rollup: str
    ) -> "Design":
        """Return the design of strata with `rows` > 0 people out of `population`.

        Raises ValueError for an unknown roll-up, for "weighted" or fpc without population, and
        for a population smaller than the people tallied.
        """
        if rollup not in ROLLUPS:
            raise ValueError(f"unknown rollup {rollup!r}; use one of {', '.join(ROLLUPS)}")
        if population is None and (fpc or rollup == "weighted"):
            raise ValueError("weights and finite population correction need the population")
        n = np.array(rows, dtype=np.float64).reshape(-1, 1)
        size = np.full_like(n, np.inf)
        if population is not None:
            size = np.array(population, dtype=np.float64).reshape(-1, 1)
        if (size < n).any():
            raise ValueError("a stratum has a population smaller than the people who answered")
        return cls(
            rows=n,
            weight=size / n if rollup == "weighted" else np.ones_like(n),
            correction=1 - n / size if fpc else np.ones_like(n),
            population=float(size.sum()) if fpc else np.inf,
            equal=rollup == "mean",
        )


@dataclass(frozen=True)
class Ratio:
    """Estimates, one per figure; arrays (figures,).

    `variance` with the finite population correction, `plain_variance` without it, `correction`
    what it leaves of the variance (0 for a census). `people` answered; `kish` = (Σw)²/Σw² of
    their weights, equal to `people` when the weights are. `design_effect`: the variance
    (without correction) over that of as many independent answers, or people where a person
    counts once; nan where all are alike.
    """

    estimate: Array
    variance: Array
    plain_variance: Array
    correction: Array
    degrees_of_freedom: Array
    strata: Array
    collapsed: Array
    people: Array
    answers: Array
    kish: Array
    design_effect: Array

    @property
    def equal_weights(self) -> npt.NDArray[np.bool_]:
        """Whether everybody who answered a figure weighs the same."""
        return np.isclose(self.kish, self.people)

    @property
    def single(self) -> npt.NDArray[np.bool_]:
        """Whether a figure is one answer of each person: then it is a share of people."""
        return np.equal(self.answers, self.people)

    @property
    def simple(self) -> npt.NDArray[np.bool_]:
        """Whether a figure comes from one stratum and equal weights."""
        return np.equal(self.strata, 1) & self.equal_weights


def estimate(moments: Moments, design: Design) -> Ratio:
    """Return R = Σw·y / Σw·x with its variance linearised by Taylor's series.

    V(R) = Σ_h w_h² (1 − f_h) n_h/(n_h − 1) Σ_i (u_i − ū_h)² / (Σw·x)², u = y − R·x, over all
    people of the stratum: who is outside the domain has u = 0 (zero extension). The person is
    the ultimate cluster, so the answers of one person are never counted as independent.
    Roll-up "mean" is the mean over strata of R_h: then w_h = 1/x_h and u = y − R_h·x.

    Lonely stratum (one person): u² about the grand mean, and no degree of freedom. Degrees of
    freedom: people who answered − strata with answers, those of the domain, for a factor that
    twelve of a thousand answered is known from twelve; below 8 the strata collapse into one.
    Nobody: nan. One person in all: the variance is nan.

    Cochran, W. G. (1977). Sampling techniques, 3rd ed., §6.11–6.12. Lumley, T. (2010). Complex
    surveys, §2 and the option survey.lonely.psu = "adjust" of R's survey, which agrees.
    """
    m, weight = moments, _weights(moments, design)
    total = (weight * m.x).sum(axis=0)
    r, share = _divide((weight * m.y).sum(axis=0), total), _divide(weight, total)
    people, strata = m.people.sum(axis=0), (m.people > 0).sum(axis=0)
    collapsed = (people - strata < LEAST_DEGREES_OF_FREEDOM) & (strata > 1)
    df = people - np.where(collapsed, 1, strata)
    squares = np.where(collapsed, _one_stratum(m, design, r), _stratified(m, design, r))
    plain = _known((share**2 * squares).sum(axis=0), df)
    variance = _known((design.correction * share**2 * squares).sum(axis=0), df)
    each = _person_weights(m, design)
    return Ratio(
        estimate=r,
        variance=variance,
        plain_variance=plain,
        correction=_correction(design, plain, variance, each**2 * m.people),
        degrees_of_freedom=df,
        strata=np.where(collapsed, 1, strata),
        collapsed=collapsed,
        people=people,
        answers=m.answers.sum(axis=0),
        kish=_divide((each * m.people).sum(axis=0) ** 2, (each**2 * m.people).sum(axis=0)),
        design_effect=_design_effect(m, share, r, plain),
    )


def _divide(numerator: Array, denominator: Array) -> Array:
    """Divide; nan where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def _known(variance: Array, df: Array) -> Array:
    """Return the variance; nan where it has no degree of freedom."""
    return np.where(df > 0, variance, np.nan)


def _weights(m: Moments, design: Design) -> Array:
    """Return w (strata, figures)."""
    if design.equal:
        return np.where(m.x > 0, 1 / np.where(m.x > 0, m.x, 1), 0.0)
    return design.weight * np.ones_like(m.x)


def _squares(m: Moments, centre: Array) -> Array:
    """Return Σu² of each stratum, u = y − centre·x."""
    return _cleared(m.yy - 2 * centre * m.xy + centre**2 * m.xx, m, centre)


def _cleared(squares: Array, m: Moments, centre: Array) -> Array:
    """Return the squares, 0 where they are only rounding of the terms they are left from."""
    return np.where(squares > ROUNDING * (m.yy + centre**2 * m.xx), squares, 0.0)


def _one_stratum(m: Moments, design: Design, r: Array) -> Array:
    """Return n/(n − 1)·Σu² with all people as one stratum, where Σw·u = 0."""
    n = float(design.rows.sum())
    return n / max(n - 1, 1) * _squares(m, r)


def _stratified(m: Moments, design: Design, r: Array) -> Array:
    """Return n_h/(n_h − 1)·Σ(u − ū)²; a lonely person's u² about the grand mean."""
    centre = np.where(m.people > 1, _divide(m.y, m.x), r) if design.equal else r
    n, squares = design.rows, _squares(m, centre)
    within = _cleared(squares - (m.y - centre * m.x) ** 2 / n, m, centre)
    return np.where(n > 1, n / np.maximum(n - 1, 1) * within, squares)


def _person_weights(m: Moments, design: Design) -> Array:
    """Return what one person weighs (strata, figures)."""
    if design.equal:
        return 1 / np.maximum(m.people, 1)
    return design.weight * np.ones_like(m.x)


def _correction(design: Design, plain: Array, variance: Array, weight: Array) -> Array:
    """Return what the finite population correction leaves of the variance.

    N/(N − 1) because a share's variance is p(1 − p)·N/(N − 1): n/correction is then the
    n(N − 1)/(N − n) of one stratum. Without variance, the corrections are averaged.
    """
    if design.population == np.inf:
        return np.ones_like(plain)
    average = _divide((design.correction * weight).sum(axis=0), weight.sum(axis=0))
    left = np.where(plain > 0, _divide(variance, plain), average)
    return left * design.population / max(design.population - 1, 1)


def _design_effect(m: Moments, share: Array, r: Array, plain: Array) -> Array:
    """Return the variance over that of as many independent elements, (m − 1 in it, as in R)."""
    n = m.elements.sum(axis=0)
    one = _divide((share * m.squares).sum(axis=0), (share * m.elements).sum(axis=0)) - r**2
    return _divide(plain * (n - 1), np.where(one > ROUNDING, one, 0.0))
