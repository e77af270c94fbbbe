"""Confidence intervals: the limits, and the formulas that give them."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, ndtri, stdtrit

Array = npt.NDArray[np.float64]
Limit = TypeVar("Limit", float, Array)

# With fewer degrees of freedom an estimated variance says too little to be published.
LEAST_DEGREES_OF_FREEDOM = 8
# Nearer than this to an end of the scale, t limits of a mean lean over it.
NEAR_THE_END = 0.1


@dataclass(frozen=True)
class ConfidenceInterval(Generic[Limit]):
    """Limits with their level and the name of the method that gave them."""

    low: Limit
    high: Limit
    level: float
    method: str


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
    if df < LEAST_DEGREES_OF_FREEDOM:
        return float("nan")
    return float(stdtrit(df, (1 + level) / 2))


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A share or a mean with its standard error, both fractions from 0 to 1.

    `degrees_of_freedom` of the standard error; `collapsed` when they were fewer than 8 and the
    strata were therefore taken as one. `n_effective`: how many independent people or answers
    the estimate is worth, the n of Wilson's formula. `lowest`: the least value the figure can
    take (0.2 for mean5). `interval_method`: "wilson", "wilson-neff-t" or "t".
    """

    estimate: float
    standard_error: float
    degrees_of_freedom: int
    n_effective: float
    collapsed: bool
    interval_method: str
    lowest: float = 0.0

    def confidence_interval(
        self, level: float = 0.95, method: str = "wilson"
    ) -> ConfidenceInterval[float]:
        """Return the interval that the kind of the figure calls for; its method says which.

        * "wilson": a share of people of one stratum with equal weights; normal quantile.
        * "wilson-neff-t": any other share. Wilson's limits with the effective size and the t
          quantile; also a mean whose answers are all alike, where t limits would be a point.
        * "t", "t-logit": a mean of levels, estimate ± t·SE on the scale from the lowest to the
          highest level; through the logit when nearer than 0.1 to an end or leaning over it.

        Limits are nan for nobody, below 8 degrees of freedom, and for a census (all of a
        finite population answered: a count, not an estimate); plain Wilson has no degrees of
        freedom to wait for. Raises ValueError for a method other than "wilson", which asks for
        these defaults, and for a level outside (0, 1).
        """
        if method != "wilson":
            raise ValueError(f"unknown method {method!r}; use 'wilson'")
        z, t = normal_quantile(level), t_quantile(level, self.degrees_of_freedom)
        if self.n_effective == np.inf:
            return ConfidenceInterval(np.nan, np.nan, level, "census")
        if self.interval_method == "t" and self.standard_error > 0:
            return self._mean_interval(t, level)
        plain = self.interval_method == "wilson"
        low, high = wilson_limits(self._unit, self.n_effective, z if plain else t)
        name = "wilson" if plain else "wilson-neff-t"
        return ConfidenceInterval(self._scaled(low), self._scaled(high), level, name)

    @property
    def _unit(self) -> float:
        """The estimate, moved from [lowest, 1] to [0, 1]."""
        return (self.estimate - self.lowest) / (1 - self.lowest)

    def _scaled(self, unit: npt.ArrayLike) -> float:
        return float(self.lowest + (1 - self.lowest) * np.asarray(unit))

    def _mean_interval(self, t: float, level: float) -> ConfidenceInterval[float]:
        q, half = self._unit, t * self.standard_error / (1 - self.lowest)
        low, high, name = q - half, q + half, "t"
        if min(q, 1 - q) < NEAR_THE_END or low < 0 or high > 1:
            half = half / (q * (1 - q))
            low, high, name = expit(logit(q) - half), expit(logit(q) + half), "t-logit"
        return ConfidenceInterval(self._scaled(low), self._scaled(high), level, name)
