"""Reliability: whether units can be told apart (ICC), and whether items hang together (alpha)."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from analysis.interval import Array, ConfidenceInterval, f_quantiles
from analysis.layout import Integers
from analysis.sums import SCALE, Sums

Unit = TypeVar("Unit", bound=Hashable)
NAN = float("nan")
# A sum of squares that is smaller, beside the squares themselves, is rounding.
ROUNDING = 1e-24
# The ratio of variances times the mean n of a unit: 0, and 10⁻⁶ to 10¹² in steps of 4.
RATIOS = np.array([0.0, *4.0 ** np.arange(-10, 21)])
FEWEST_ITEMS = 2


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """The intraclass correlation ICC(1) of people in units, and what follows from it.

    `icc` by REML, with its `variance_between` and `variance_within`; `anova_icc` by the analysis
    of variance, with `f`, its degrees of freedom and the mean size `n0` that stands in for a
    common n. `by_unit`: how far the mean of a unit's n people can be trusted to tell it from
    others, 0 to 1, by Spearman–Brown n·icc/(1 + (n − 1)·icc).
    """

    icc: float
    variance_between: float
    variance_within: float
    anova_icc: float
    f: float
    df_between: int
    df_within: int
    n0: float
    n: int
    by_unit: dict[Hashable, float]
    method: str = "reml"

    def n_needed(self, target: float) -> float:
        """Return how many people a unit needs for the reliability `target`, rounded up.

        n = target·(1 − icc)/(icc·(1 − target)), Spearman–Brown solved for n. icc 0: inf, no
        number is enough; 1: 1; nan: nan. Raises ValueError for a target outside (0, 1).
        """
        if not 0 < target < 1:
            raise ValueError("target must lie between 0 and 1, such as 0.7")
        with np.errstate(divide="ignore"):
            n = target / (1 - target) * np.divide(1 - self.icc, self.icc)
        # The factor keeps 42.000000000000007 from asking for 43.
        return float(np.maximum(1, np.ceil(n * (1 - 1e-12))))

    def confidence_interval(self, level: float = 0.95) -> ConfidenceInterval[float]:
        """Return the F interval of the ICC by analysis of variance; like it, not truncated at 0.

        (F/q − 1)/(F/q + n0 − 1), with q the upper and the lower quantile of F on `df_between`
        and `df_within`. Exact for normal values in units of one size, approximate for others (93
        of 100, not 95, in simulated units of 10 to 200). nan where the ICC is nan, and where
        nothing differs within units (F = inf) or between them (F = 0): no certainty is claimed.

        Searle, S. R. (1971). Linear models, ch. 9. Donner, A. (1979). The use of correlation and
        regression in the analysis of family resemblance. Am. J. Epidemiology 110, 335–342.
        Raises ValueError for a level outside (0, 1).
        """
        quantiles = f_quantiles(level, self.df_between, self.df_within)
        f = self.f if self.f > 0 else NAN  # and inf/inf is nan
        high, low = ((f / q - 1) / (f / q + self.n0 - 1) for q in quantiles)
        return ConfidenceInterval(low, high, level, "searle-f")


def reliability(values: npt.ArrayLike, units: npt.ArrayLike) -> Reliability:
    """Return how far units can be told apart by the people who answered.

    `values` (people,): a score of each person, such as her own share of satisfied answers; nan
    leaves her out. `units` (people,): a label of each person's unit.

    One-way random effects, value = μ + unit + person: ICC = σ²_u/(σ²_u + σ²_e) is the share of
    variance that lies between units. REML maximises the residual likelihood, profiled to the
    one ratio σ²_u/σ²_e, over ratio ≥ 0; in units of one size it equals the ANOVA estimate
    wherever that is not negative. ANOVA: (F − 1)/(F + n0 − 1), n0 = (N − Σn²/N)/(J − 1).

    Nobody, one unit, or one person in every unit: nothing to compare, all nan. A unit of one
    person counts between, not within. All values alike: nan. Unit means alike: `icc` 0, at the
    bound, and `anova_icc` below 0, not truncated. No difference within any unit: 1. There is no
    standard error: the ICC is skewed, use the interval.

    Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information when block sizes
    are unequal. Biometrika 58, 545–554. Raises ValueError for shapes that differ and for an
    infinite value.
    """
    x, labels = np.asarray(values, dtype=np.float64), np.asarray(units)
    if x.ndim != 1 or x.shape != labels.shape:
        raise ValueError("values and units must be (people,), one unit for each value")
    if np.isinf(x).any():
        raise ValueError("a value is infinite; make it nan to leave the person out")
    known = ~np.isnan(x)
    names, unit = np.unique(labels[known], return_inverse=True)
    x, n = x[known], np.bincount(unit, minlength=len(names))
    mean = np.bincount(unit, x, minlength=len(names)) / n
    within = np.bincount(unit, (x - mean[unit]) ** 2, minlength=len(names)).astype(np.float64)
    return _reliability(names.tolist(), n, mean, within)


def reliability_from_sums(sums: Mapping[Unit, Sums]) -> Reliability:
    """Return `reliability` of each person's share a/b of satisfied answers, from exact sums.

    `sums` of each unit: per number b of answers they hold count, Σa and Σa² over people, so Σm =
    Σ_b Σa/b and Σm² = Σ_b Σa²/b². Squares are worked in integers and rounded once; results and
    edge cases equal those of the rows. A unit where nobody answered is left out.
    """
    exact = {unit: _exact(each) for unit, each in sums.items()}
    met = [unit for unit in exact if exact[unit][0]]
    columns = np.array([exact[unit] for unit in met], dtype=np.float64).reshape(-1, 3).T
    return _reliability(met, columns[0].astype(np.int64), columns[1], columns[2])


def _exact(sums: Sums) -> tuple[int, float, float]:
    """Return n, the mean share and its sum of squares within the unit."""
    people = sums.layout.people(sums.vector, None)
    common = math.lcm(*range(1, len(people) + 1))
    n = total = squares = 0
    for b, (count, a, aa, *_) in enumerate(people.tolist(), start=1):
        n += count
        total += a * (common // b)
        squares += aa * (common // b) ** 2
    whole = max(n, 1) * common
    return n, total / whole, (n * squares - total**2) / (whole * common)


def _reliability(names: Sequence[Hashable], n: Integers, mean: Array, within: Array) -> Reliability:
    """Return the reliability of units from their sizes, means and squares within."""
    people, df_between, df_within = int(n.sum()), max(len(n) - 1, 0), int(n.sum()) - len(n)
    between, inside = _squares(n, mean, within)
    n0 = f = unit_variance = variance = NAN
    if df_between and df_within and between + inside > 0:
        n0 = float(people - (n * n).sum() / people) / df_between
        f = between / df_between / (inside / df_within) if inside > 0 else math.inf
        unit_variance, variance = _variances(n, mean, inside)
    icc = unit_variance / (unit_variance + variance)
    each = (n * icc / (1 + (n - 1) * icc)).tolist()
    return Reliability(
        icc=icc,
        variance_between=unit_variance,
        variance_within=variance,
        anova_icc=1 - n0 / (f + n0 - 1),
        f=f,
        df_between=df_between,
        df_within=df_within,
        n0=n0,
        n=people,
        by_unit=dict(zip(names, each, strict=True)),
    )


def _squares(n: Integers, mean: Array, within: Array) -> tuple[float, float]:
    """Return the sums of squares between and within units; 0 where they are only rounding."""
    between = n @ (mean - n @ mean / max(n.sum(), 1)) ** 2
    found = np.array([between, within.sum()])
    between, inside = np.where(found > ROUNDING * (n @ mean**2 + found[1]), found, 0.0).tolist()
    return between, inside


def _variances(n: Integers, mean: Array, within: float) -> tuple[float, float]:
    """Return σ²_u and σ²_e by REML."""
    if within == 0:
        return float(mean.var(ddof=1)), 0.0
    ratio = _variance_ratio(n, mean, within)
    w = n / (1 + n * ratio)
    variance = float(within + w @ (mean - w @ mean / w.sum()) ** 2) / (n.sum() - 1)
    return ratio * variance, variance


def _variance_ratio(n: Integers, mean: Array, within: float) -> float:
    """Return the ratio σ²_u/σ²_e ≥ 0 of the greatest residual likelihood.

    A grid finds the hill, the sign of the slope its top: the likelihood is too flat there.
    """
    grid = RATIOS / n.mean()
    best = int(np.argmin([_deviance(ratio, n, mean, within)[0] for ratio in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    if low == 0 and _deviance(0.0, n, mean, within)[1] >= 0:
        return 0.0
    for _ in range(60):  # then the bracket is narrower than rounding
        middle = (low + high) / 2
        falling = _deviance(middle, n, mean, within)[1] < 0
        low, high = (middle, high) if falling else (low, middle)
    return float((low + high) / 2)


def _deviance(ratio: float, n: Integers, mean: Array, within: float) -> tuple[float, float]:
    """Return −2 log residual likelihood, less a constant, and its slope in the ratio λ.

    (N − 1)·log Q + Σ log(1 + nλ) + log Σw with w = n/(1 + nλ), Q = within + Σw·(mean − μ)² and
    μ = Σw·mean/Σw; σ²_e is profiled out as Q/(N − 1), and dw/dλ = −w².
    """
    w = n / (1 + n * ratio)
    total, df = w.sum(), n.sum() - 1
    squares = (mean - w @ mean / total) ** 2
    q = within + w @ squares
    deviance = df * np.log(q) + np.log1p(n * ratio).sum() + np.log(total)
    slope = total - w @ w / total - df * (w**2 @ squares) / q
    return float(deviance), float(slope)


@dataclass(frozen=True, kw_only=True)
class Alpha:
    """Cronbach's alpha of a scale; one entry per item in `item_rest` and `alpha_without`.

    There is no standard error: alpha is skewed towards 1, use the interval.
    """

    estimate: float
    standardised: float
    n: int
    n_incomplete: int
    n_items: int
    item_rest: tuple[float, ...]
    alpha_without: tuple[float, ...]
    method: str = "cronbach-alpha"

    @property
    def degrees_of_freedom(self) -> tuple[int, int]:
        """Those of Feldt's F: people − 1, and the same times items − 1."""
        people = max(self.n - 1, 0)
        return people, people * (self.n_items - 1)

    def confidence_interval(self, level: float = 0.95) -> ConfidenceInterval[float]:
        """Return Feldt's interval: 1 − (1 − alpha)·q, q of F on its degrees of freedom.

        nan where alpha is nan, and where it is 1: no error seen is not no error. Raises
        ValueError for a level outside (0, 1).

        Feldt, L. S. (1965). The approximate sampling distribution of Kuder–Richardson
        reliability coefficient twenty. Psychometrika 30, 357–370.
        """
        quantiles = f_quantiles(level, *self.degrees_of_freedom)
        error = 1 - self.estimate if self.estimate < 1 else NAN
        high, low = (1 - error * q for q in quantiles)
        return ConfidenceInterval(low, high, level, "feldt")


def cronbach_alpha(levels: npt.ArrayLike) -> Alpha:
    """Return Cronbach's alpha: how far the items hang together.

    It does not say that units can be told apart; that is the ICC of `reliability`.

    `levels` (people, items): 1..5 an answer, every other code missing. Only people who answered
    all items count (listwise); `n` of them, `n_incomplete` others. alpha = k/(k − 1)·(1 −
    Σ variance of an item / variance of the sum); `standardised`: the same of the correlations;
    `item_rest`: correlation of an item with the sum of the others; `alpha_without` it.

    Fewer than 2 complete people, or a sum without variance: nan. An item that all answer alike
    stays among the k items; its `item_rest` is nan, and so is `standardised`. Of two items
    `alpha_without` is nan: one has no alpha. alpha may be negative. Cronbach, L. J. (1951).
    Coefficient alpha and the internal structure of tests. Psychometrika 16, 297–334.
    Raises ValueError unless `levels` has two dimensions and at least two items.
    """
    answers = np.asarray(levels)
    if answers.ndim != 2 or answers.shape[1] < FEWEST_ITEMS:  # noqa: PLR2004 -- rows, columns
        raise ValueError("levels must be (people, items) with at least two items")
    complete = np.isin(answers, range(1, SCALE + 1)).all(axis=1)
    covariance = _covariance(answers[complete])
    own, with_sum = np.diag(covariance), covariance.sum(axis=1)
    rest = covariance.sum() - 2 * with_sum + own
    others = [np.delete(np.arange(answers.shape[1]), item) for item in range(answers.shape[1])]
    return Alpha(
        estimate=_alpha(covariance),
        standardised=_alpha(_correlation(covariance, own, own[:, None])),
        n=int(complete.sum()),
        n_incomplete=int((~complete).sum()),
        n_items=len(covariance),
        item_rest=tuple(_correlation(with_sum - own, own, rest).tolist()),
        alpha_without=tuple(_alpha(covariance[np.ix_(kept, kept)]) for kept in others),
    )


def _covariance(answers: npt.NDArray[np.generic]) -> Array:
    """Return n(n − 1) times the covariances: whole numbers, so no variance is exactly 0."""
    x = answers.astype(np.float64) - (SCALE + 1) // 2
    total = x.sum(axis=0)
    return np.asarray(len(x) * (x.T @ x) - np.outer(total, total))


def _alpha(covariance: Array) -> float:
    k, total = len(covariance), covariance.sum()
    if k < FEWEST_ITEMS or not total > 0:
        return NAN
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))


def _correlation(with_each: Array, own: Array, its: Array) -> Array:
    """Return covariances over standard deviations; nan where a variance is 0."""
    with np.errstate(invalid="ignore"):
        return np.asarray(with_each / np.sqrt(own * its))
