"""Medians and other quantiles of a sample survey."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analysis.design import SurveyDesign
from analysis.estimators import mean
from analysis.interval import Array, ConfidenceInterval, t_quantiles
from analysis.linearisation import SurveyEstimate, half_width
from analysis.read_only import ReadOnly

# The shares of weights reach a round share but for rounding.
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class SurveyQuantile(ReadOnly):
    """The quantile of order q; `share` estimates the share of people at or below it."""

    estimate: float
    q: float
    share: SurveyEstimate
    values: Array = field(repr=False)
    shares: Array = field(repr=False)
    method: str = "inverse of the distribution"

    @property
    def degrees_of_freedom(self) -> int:
        """PSUs − strata, both with members of the domain."""
        return int(self.share.degrees_of_freedom)

    @property
    def standard_error(self) -> float:
        """The width of the 95 % interval over 2t; nan where a limit is nan."""
        interval = self.confidence_interval()
        t = float(t_quantiles(interval.level, self.degrees_of_freedom))
        return (interval.high - interval.low) / (2 * t)

    def confidence_interval(self, level: float = 0.95) -> ConfidenceInterval[float]:
        """Return Woodruff's interval: the quantiles of order q ± t·SE(share).

        It is meant for many different values, such as minutes of waiting. On five levels the
        share at the median is far from q and its error says little: show the distribution.
        Limits are nan below 8 degrees of freedom, where the order leaves (0, 1), and where
        SE(share) = 0, as when nobody is above the quantile. Raises ValueError for a level
        outside (0, 1).

        Woodruff, R. S. (1952). Confidence intervals for medians and other position measures.
        JASA 47, 635–646; R's oldsvyquantile. (R's svyquantile centres on the share, not on q.)
        """
        half = float(half_width(level, self.degrees_of_freedom, self.share.standard_error))
        low, high = (_inverse(self.values, self.shares, self.q + side * half) for side in (-1, 1))
        return ConfidenceInterval(low, high, level, "woodruff")


def quantile(
    y: npt.ArrayLike, q: float, design: SurveyDesign, domain: npt.ArrayLike | None = None
) -> SurveyQuantile:
    """Return the least value of y (n,) that a share of at least q do not exceed, by weight.

    It is always a value that occurs, also at ties (qrule = "math" of R's svyquantile, type 1
    of Hyndman and Fan 1996). A missing value is outside the domain. Nobody: nan. One person
    or all alike: the value, without an interval.

    Raises ValueError for q outside (0, 1), and y or a domain not one value a person.
    """
    if not 0 < q < 1:
        raise ValueError("q must lie between 0 and 1")
    value = np.asarray(y, dtype=np.float64)
    if value.shape != (design.n,):
        raise ValueError(f"y must have one value for each of the {design.n} people")
    inside = design.members(domain) & ~np.isnan(value)
    order = np.argsort(value[inside], kind="stable")
    values, weights = value[inside][order], design.weight[inside][order].cumsum()
    shares = weights / weights[-1:]
    estimate = _inverse(values, shares, q)
    share = mean(np.where(inside, value <= estimate, np.nan), design)
    return SurveyQuantile(estimate=estimate, q=q, share=share, values=values, shares=shares)


def median(
    y: npt.ArrayLike, design: SurveyDesign, domain: npt.ArrayLike | None = None
) -> SurveyQuantile:
    """Return the median of y (n,), the quantile of order one half."""
    return quantile(y, 0.5, design, domain)


def _inverse(values: Array, shares: Array, order: float) -> float:
    """Return the least value with a share of at least `order`; nan outside (0, 1)."""
    if not (len(values) and 0 < order < 1):
        return float("nan")
    return float(values[np.searchsorted(shares, order - ROUNDING)])
