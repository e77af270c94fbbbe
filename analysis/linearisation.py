"""Estimates with the variance of their linearisation (Taylor), and what both are made of."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.design import Mask, SurveyDesign
from analysis.interval import Array, ConfidenceInterval, t_quantiles
from analysis.read_only import ReadOnly

Counts = npt.NDArray[np.int64]
# A residual that is smaller, beside the terms that it is the difference of, is rounding.
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class LinearEstimate(ReadOnly):
    """Estimates with the covariance of their linearisation; arrays of shape () or (k,).

    `standard_error` is nan without a degree of freedom. `degrees_of_freedom`: PSUs − strata,
    both with members of the domain. `covariance` (k, k). `method`: the estimator's name.
    """

    estimate: Array
    standard_error: Array
    degrees_of_freedom: Counts
    covariance: Array
    method: str

    def confidence_interval(self, level: float = 0.95) -> ConfidenceInterval[Array]:
        """Return estimate ± t·SE, t with the degrees of freedom of the domain.

        Limits are nan below 8 degrees of freedom and where the standard error is 0: then all
        are alike, or all of a finite population answered, and a point is no interval. Shares
        have better limits (`analysis.interval`). Raises ValueError for a level outside (0, 1).
        """
        half = half_width(level, self.degrees_of_freedom, self.standard_error)
        return ConfidenceInterval(self.estimate - half, self.estimate + half, level, "t")


@dataclass(frozen=True, kw_only=True)
class SurveyEstimate(LinearEstimate):
    """Estimates of one domain; arrays of shape () or (k,).

    `n` people with a value. `design_effect`: the variance over that of n people drawn at
    random with replacement (R's deff = "replace"); nan where all are alike. `n_effective` =
    n/design_effect. `kish` = n·Σw²/(Σw)², what unequal weights alone cost; above 2 they throw
    away half of the sample.
    """

    n: Counts
    design_effect: Array
    n_effective: Array
    kish: Array


class Linearised(NamedTuple):
    """Estimates (k,) with each person's linearised value (n, k), 0 where not inside (n, k)."""

    estimate: Array
    value: Array
    inside: Mask


def linearised_ratio(
    y: npt.ArrayLike,
    x: npt.ArrayLike,
    design: SurveyDesign,
    domain: npt.ArrayLike | None,
    weight: Array | None = None,
) -> Linearised:
    """Return Σw·y / Σw·x and (y − R·x)/Σw·x of each person; w of the design without `weight`."""
    if np.shape(y) != np.shape(x):
        raise ValueError("y and x of a ratio must have one shape")
    w = design.weight if weight is None else weight
    numerator, denominator = columns(y, design), columns(x, design)
    inside = design.members(domain)[:, None] & ~np.isnan(numerator + denominator)
    numerator, denominator = np.where(inside, numerator, 0), np.where(inside, denominator, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.where(w @ denominator == 0, np.nan, w @ denominator)
        fitted = (w @ numerator / size) * denominator
        residual = numerator - fitted
        noise = np.abs(residual) <= ROUNDING * (np.abs(numerator) + np.abs(fitted))
        value = np.where(noise, 0, residual) / size
    return Linearised(w @ numerator / size, value, inside)


def survey_estimate(
    found: Linearised,
    design: SurveyDesign,
    method: str,
    shape: tuple[int, ...],
    *,
    weight: Array | None = None,
    scores: Array | None = None,
) -> SurveyEstimate:
    """Return the result; `weight` (n,) and `scores` (n, k) where not the design's, w·value."""
    w = design.weight if weight is None else weight
    inside, df = found.inside, design.degrees_of_freedom(found.inside)
    covariance = covariance_of(w[:, None] * found.value if scores is None else scores, df, design)
    n = np.asarray(inside.sum(axis=0), dtype=np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = w @ inside
        centred = np.where(inside, found.value - (w @ found.value) / size, 0)
        effect = np.diag(covariance) / (size / (n - 1) * (w @ centred**2))
        kish, n_effective = n * (w**2 @ inside) / size**2, n / effect
    return SurveyEstimate(
        estimate=found.estimate.reshape(shape),
        standard_error=np.sqrt(np.diag(covariance)).reshape(shape),
        degrees_of_freedom=df.reshape(shape),
        covariance=covariance,
        method=method,
        n=n.reshape(shape),
        design_effect=effect.reshape(shape),
        n_effective=n_effective.reshape(shape),
        kish=kish.reshape(shape),
    )


def columns(values: npt.ArrayLike, design: SurveyDesign) -> Array:
    """Return values (n,) or (n, k) as columns (n, k); ValueError for other rows."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim not in {1, 2} or len(array) != design.n:
        raise ValueError(f"values must have one row for each of the {design.n} people")
    return array[:, None] if array.ndim == 1 else array


def half_width(level: float, df: npt.ArrayLike, error: npt.ArrayLike) -> Array:
    """Return t·SE; nan below 8 degrees of freedom and where the standard error is 0."""
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    known = np.where(np.asarray(error) > 0, error, np.nan)
    return np.asarray(t_quantiles(level, df) * known)


def covariance_of(scores: Array, df: Counts, design: SurveyDesign) -> Array:
    """Return the covariance of the scores' sums; nan without a degree of freedom."""
    known = np.where(df > 0, 1.0, np.nan)
    return np.asarray(design.covariance(scores) * np.outer(known, known))
