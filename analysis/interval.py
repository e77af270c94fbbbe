"""Confidence intervals: the limits, and the formulas that give them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar, cast

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, expit, logit, ndtri, stdtrit

from analysis.read_only import ReadOnly

Array = npt.NDArray[np.float64]
Limit = TypeVar("Limit", float, Array)

# With fewer degrees of freedom an estimated variance says too little to be published.
LEAST_DEGREES_OF_FREEDOM = 8
# Nearer than this to an end of the scale, t limits of a mean lean over it.
NEAR_THE_END = 0.1
# On what an interval rests: only those who answered, a model of the others, a random sample.
BASES = ("respondents_only", "model_assisted", "probability_sample")


@dataclass(frozen=True)
class ConfidenceInterval(ReadOnly, Generic[Limit]):
    """Limits with their level and the name of the method that gave them.

    Of many figures at once `method` is an array, the name of each.
    """

    low: Limit
    high: Limit
    level: float
    method: str

    def serialised(
        self: "ConfidenceInterval[float]", inference_basis: str
    ) -> dict[str, float | str]:
        """Return the cells of a file: an interval never leaves without whom it speaks of.

        Raises ValueError for a basis that is none of `BASES`.
        """
        if inference_basis not in BASES:
            raise ValueError(f"unknown basis {inference_basis!r}; use one of {', '.join(BASES)}")
        return {
            "ci_low": self.low,
            "ci_high": self.high,
            "ci_level": self.level,
            "ci_method": self.method,
            "inference_basis": inference_basis,
        }


def wilson_limits(
    p: npt.ArrayLike, n: npt.ArrayLike, quantile: npt.ArrayLike
) -> tuple[Array, Array]:
    """Return Wilson's score limits (low, high) of shares p of n, element by element.

    Centre (p + q²/2n) / (1 + q²/n), half width q/(2n) · √(4np(1−p) + q²) / (1 + q²/n), with q
    the quantile. At p = 0 and p = 1 the outer limit is exact; nan in gives nan out.

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    JASA 22, 209–212. With an effective n: Franco, C. et al. (2019). Comparative study of
    confidence intervals for proportions in complex sample surveys. JSSAM 7, 334–364.
    """
    p, n, q = (np.asarray(each, dtype=np.float64) for each in (p, n, quantile))
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (p + q**2 / (2 * n)) / (1 + q**2 / n)
        half = q / (1 + q**2 / n) * np.sqrt(p * (1 - p) / n + q**2 / (4 * n**2))
    # Rounding must not push an exact limit outside; half is nan where there is no interval.
    return np.where(p == 0, 0 * half, centre - half), np.where(p == 1, 1 + 0 * half, centre + half)


def normal_quantile(level: float) -> float:
    """Return z of a two-sided interval; ValueError for a level outside (0, 1)."""
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    return float(ndtri((1 + level) / 2))


def t_quantile(level: float, df: float) -> float:
    """Return t of a two-sided interval; nan below 8 degrees of freedom."""
    return float(t_quantiles(level, df))


def t_quantiles(level: float, df: npt.ArrayLike) -> Array:
    """Return t of two-sided intervals, element by element; nan below 8 degrees of freedom."""
    many = np.asarray(df, dtype=np.float64)
    # Thousands of figures share few degrees of freedom, and each quantile is costly.
    different, place = np.unique(many, return_inverse=True)
    known = np.where(different >= LEAST_DEGREES_OF_FREEDOM, different, np.nan)
    quantiles = np.asarray(stdtrit(known, (1 + level) / 2), dtype=np.float64)
    return quantiles[place].reshape(many.shape)


def f_quantiles(level: float, df1: int, df2: int) -> tuple[float, float]:
    """Return the lower and the upper quantile of F, through those of beta and of its mirror."""
    normal_quantile(level)  # refuses a level that is none
    p = (1 + np.array([-level, level])) / 2
    odds = betaincinv(df1 / 2, df2 / 2, p) / betaincinv(df2 / 2, df1 / 2, 1 - p)
    low, high = (odds * df2 / df1).tolist() if df1 > 0 else (np.nan, np.nan)
    return low, high


@dataclass(frozen=True, kw_only=True)
class Estimates(ReadOnly):
    """Many shares or means with their standard errors, fractions from 0 to 1; arrays of one shape.

    The fields are those of `Estimate`, which is one of them.
    """

    estimate: Array
    standard_error: Array
    degrees_of_freedom: Array
    n_respondents: Array
    n_effective: Array
    collapsed: npt.NDArray[np.bool_]
    interval_method: npt.NDArray[np.str_]
    lowest: float = 0.0

    def confidence_interval(
        self, level: float = 0.95, method: str = "wilson"
    ) -> ConfidenceInterval[Array]:
        """Return the limits of each as `Estimate.confidence_interval` describes them."""
        if method not in METHODS:
            raise ValueError(f"unknown method {method!r}; use one of {', '.join(METHODS)}")
        normal_quantile(level)  # refuses an impossible level
        low, high, names = METHODS[method](self, level)
        low, high, census = self._scaled(low), self._scaled(high), self.n_effective == np.inf
        if census.any():
            low, high = (np.where(census, np.nan, each) for each in (low, high))
            names = np.where(census, "census", names)
        return ConfidenceInterval(low, high, level, cast(str, names))

    @property
    def _unit(self) -> Array:
        """The estimate, moved from [lowest, 1] to [0, 1]."""
        return (self.estimate - self.lowest) / (1 - self.lowest)

    @property
    def _unit_error(self) -> Array:
        return self.standard_error / (1 - self.lowest)

    def _scaled(self, unit: Array) -> Array:
        return self.lowest + (1 - self.lowest) * unit


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A share or a mean with its standard error, both fractions from 0 to 1.

    `degrees_of_freedom` of the standard error; `collapsed` when they were fewer than 8 and the
    strata were therefore taken as one; `clustered` when people of one counter and day were taken
    as one draw, and not each alone. `n_respondents` people stand behind it; `n_effective`:
    how many independent people or answers it is worth, the n of Wilson's formula. `lowest`: the
    least value the figure can take (0.2 for mean5). `interval_method`: "wilson",
    "wilson-neff-t" or "t".
    """

    estimate: float
    standard_error: float
    degrees_of_freedom: int
    n_respondents: int
    n_effective: float
    collapsed: bool
    interval_method: str
    lowest: float = 0.0
    clustered: bool = False

    def confidence_interval(
        self, level: float = 0.95, method: str = "wilson"
    ) -> ConfidenceInterval[float]:
        """Return the interval that the kind of the figure calls for; its method says which.

        Asked for as "wilson", the default of this service:

        * "wilson": a share of people of one stratum with equal weights; normal quantile.
        * "wilson-neff-t": any other share. Wilson's limits with the effective size and the t
          quantile; also a mean whose answers are all alike, where t limits would be a point.
        * "t", "t-logit": a mean of levels, estimate ± t·SE on the scale from the lowest to the
          highest level; through the logit when nearer than 0.1 to an end or leaning over it.

        Asked for by name, as R's svyciprop computes them and without stabilisation:

        * "logit": logit(p) ± t·SE / (p(1 − p)), back on the scale of the share.
        * "beta": Korn & Graubard (1998), Clopper and Pearson's limits with the effective size
          n* = p(1 − p)/SE² · (t_{n−1}/t_df)².

        Both take the default where all answers are alike, where they do not exist. Limits are
        nan for nobody, below 8 degrees of freedom, and for a census (all of a finite population
        answered: a count, not an estimate); plain Wilson has no degrees of freedom to wait for.
        Raises ValueError for another method and for a level outside (0, 1).
        """
        values: dict[str, Any] = {name: np.asarray(getattr(self, name)) for name in _FIELDS}
        one = Estimates(**values, lowest=self.lowest)
        found = one.confidence_interval(level, method)
        return ConfidenceInterval(float(found.low), float(found.high), level, str(found.method))


_FIELDS = tuple(each.name for each in fields(Estimates) if each.name != "lowest")

Named = tuple[Array, Array, npt.NDArray[np.str_]]


def _default(of: Estimates, level: float) -> Named:
    """Return the limits and names that the kind of each figure calls for."""
    plain = of.interval_method == "wilson"
    t = np.full(plain.shape, normal_quantile(level))
    t[~plain] = t_quantiles(level, of.degrees_of_freedom[~plain])
    low, high = wilson_limits(of._unit, of.n_effective, t)
    of_levels = of.interval_method == "t"
    if not of_levels.any():
        return low, high, of.interval_method
    names, is_mean = np.where(plain, "wilson", "wilson-neff-t"), of_levels & (of.standard_error > 0)
    mean_low, mean_high, mean_names = _of_mean(of, t)
    return (
        np.where(is_mean, mean_low, low),
        np.where(is_mean, mean_high, high),
        np.where(is_mean, mean_names, names),
    )


def _of_mean(of: Estimates, t: Array) -> Named:
    q, half = of._unit, t * of._unit_error
    through = (np.minimum(q, 1 - q) < NEAR_THE_END) | (q - half < 0) | (q + half > 1)
    low, high = _logit_limits(q, half)
    return (
        np.where(through, low, q - half),
        np.where(through, high, q + half),
        np.where(through, "t-logit", "t"),
    )


def _logit_limits(q: Array, half: Array) -> tuple[Array, Array]:
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = half / (q * (1 - q))
        return expit(logit(q) - reach), expit(logit(q) + reach)


def _logit(of: Estimates, level: float) -> Named:
    t = t_quantiles(level, of.degrees_of_freedom)
    return _unless_alike(of, level, "logit", _logit_limits(of._unit, t * of._unit_error))


def _beta(of: Estimates, level: float) -> Named:
    p, tail = of._unit, (1 - level) / 2
    t, t_people = (t_quantiles(level, df) for df in (of.degrees_of_freedom, of.n_respondents - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        n = p * (1 - p) / of._unit_error**2 * (t_people / t) ** 2
        low, high = (
            betaincinv(n * p, n * (1 - p) + 1, tail),
            betaincinv(n * p + 1, n * (1 - p), 1 - tail),
        )
    return _unless_alike(of, level, "beta", (low, high))


def _unless_alike(of: Estimates, level: float, name: str, limits: Any) -> Named:
    low, high, names = _default(of, level)
    varies = of.standard_error > 0
    return (
        np.where(varies, limits[0], low),
        np.where(varies, limits[1], high),
        np.where(varies, name, names),
    )


METHODS: dict[str, Callable[[Estimates, float], Named]] = {
    "wilson": _default,
    "logit": _logit,
    "beta": _beta,
}
