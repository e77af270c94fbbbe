"""The funnel chart: shares of units against what chance alone would show.

The count is of people. Answers of one person counted as people would put the limits about 2.8
times too close: for an index give n = round(n_eff) and successes = round(n_eff·p).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from analysis.interval import Array, normal_quantile
from analysis.read_only import ReadOnly

Flags = npt.NDArray[np.bool_]

# The share of units at each end whose z scores are drawn in before dispersion is measured.
WINSORISED = 0.1


@dataclass(frozen=True, kw_only=True)
class ControlLimits(ReadOnly):
    """Limits (units,) at a level, and which units lie outside; nan and False without people."""

    low: Array
    high: Array
    level: float
    method: str
    flags: Flags


@dataclass(frozen=True, kw_only=True)
class Funnel(ReadOnly):
    """Shares of units (units,) against the limits that chance sets about the target.

    `z` = (share − target)/√(target(1 − target)/n); `dispersion` φ = mean z², near 1 when chance
    explains all; `dispersion_winsorised` the same of the winsorised z; `tau_squared` the
    variance between units from it. `warning` (95 %) and `action` (99.8 %) limits: chance
    alone. `adjusted_warning`, `adjusted_action`: chance and the usual variation between units.
    """

    estimate: Array
    n: Array
    target: float
    z: Array
    dispersion: float
    dispersion_winsorised: float
    tau_squared: float
    warning: ControlLimits
    action: ControlLimits
    adjusted_warning: ControlLimits
    adjusted_action: ControlLimits


def funnel(
    successes: npt.ArrayLike,
    n: npt.ArrayLike,
    target: float | None = None,
    *,
    winsorised: float = WINSORISED,
) -> Funnel:
    """Return the funnel chart of shares, with and without over-dispersion.

    `successes` of `n` people (units,), whole numbers; of an index with the effective size
    n_eff, n = round(n_eff) and round(n_eff·p). `target` from 0 to 1, default Σsuccesses/Σn.

    Limits without over-dispersion: exact binomial at each unit's own n. r the least count with
    F(r) ≥ p, α = (F(r) − p)/(F(r) − F(r − 1)), limit (r − α)/n for p = .025 and .975, .001 and
    .999, clipped to [0, 1]. A unit is flagged when its count or a more extreme one has a
    probability below p (below 1 − p on the upper side). Below the target that is to lie outside
    the limit. Above it the interpolated limit is one person too close (at a target of 90 %, 10
    satisfied of 10 exceed it, which happens to 35 % of such units), so one person more is asked.

    With over-dispersion: the z scores below their 10th and above their 90th percentile
    (`winsorised` each end, quantiles interpolated) are set to these, φ is their mean square,
    τ² = max(0, (Iφ − (I − 1))/(Σw − Σw²/Σw)) with w = n/(target(1 − target)), limits
    target ± z_p·√(1/w + τ²), clipped. τ² = 0: the exact limits; nowhere are these narrower.
    winsorised = 0 and the default target give DerSimonian and Laird's τ².

    n = 0: nan and no flag. One unit, or none: τ² = 0. All or nobody satisfied everywhere: chance
    has no variance, so z, dispersion and limits are nan and nothing is flagged.

    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance.
    Statistics in Medicine 24, 1185–1202, §A.1.1; over-dispersion also in Quality and Safety in
    Health Care 14, 347–351.

    Raises ValueError unless counts are whole, of one shape and 0 ≤ successes ≤ n, for a target
    not between 0 and 1, and for `winsorised` outside [0, 0.5).
    """
    counts, size = counts_of(successes, n)
    if not 0 <= winsorised < 0.5:  # noqa: PLR2004 - half from each end leaves nobody
        raise ValueError("winsorised must be at least 0 and below 0.5")
    centre = _centre(counts, size, target)
    share, error = share_of(counts, size), np.sqrt(share_of(centre * (1 - centre), size))
    error[error == 0] = np.nan
    z = (share - centre) / error
    known = ~np.isnan(z)
    drawn_in = _winsorise(z[known], winsorised)
    tau_squared = _variance_between(drawn_in, error[known])
    exact = [_exact_limits(counts, size, centre, error, p) for p in (0.95, 0.998)]
    adjusted = [_adjusted(each, share, centre, error, tau_squared) for each in exact]
    return Funnel(
        estimate=share,
        n=size,
        target=centre,
        z=z,
        dispersion=_mean_square(z[known]),
        dispersion_winsorised=_mean_square(drawn_in),
        tau_squared=tau_squared,
        warning=exact[0],
        action=exact[1],
        adjusted_warning=adjusted[0],
        adjusted_action=adjusted[1],
    )


def counts_of(successes: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Array, Array]:
    """Return both as arrays (units,) of whole numbers; ValueError unless 0 ≤ successes ≤ n."""
    counts, size = np.array(successes, dtype=np.float64), np.array(n, dtype=np.float64)
    if counts.ndim != 1 or counts.shape != size.shape:
        raise ValueError("give one count and one n for each unit or period")
    if not ((counts >= 0) & (counts <= size)).all() or np.isinf(size).any():
        raise ValueError("successes must lie between 0 and n")
    if (counts % 1 != 0).any() or (size % 1 != 0).any():
        raise ValueError("counts must be whole; of an index give round(n_eff·p) of round(n_eff)")
    return counts, size


def share_of(part: npt.ArrayLike, whole: npt.ArrayLike) -> Array:
    """Divide; nan where there is nothing to divide by."""
    divisor = np.where(np.equal(whole, 0), np.nan, whole)
    return np.asarray(part / divisor)


def _mean_square(z: Array) -> float:
    """Return the mean of z²; nan of nothing."""
    return float((z**2).mean()) if z.size else float("nan")


def _centre(counts: Array, n: Array, target: float | None) -> float:
    if target is None:
        return float(share_of(counts.sum(), n.sum()))
    if not 0 < target < 1:
        raise ValueError("target must lie strictly between 0 and 1")
    return target


def _winsorise(z: Array, share: float) -> Array:
    return np.clip(z, *np.quantile(z, [share, 1 - share])) if z.size else z


def _variance_between(z: Array, error: Array) -> float:
    """Return τ² by the method of moments; 0 of fewer than two units."""
    if z.size <= 1:
        return 0.0
    w = error**-2.0
    excess = (z**2).sum() - (z.size - 1)
    return float(max(0.0, excess / (w.sum() - (w**2).sum() / w.sum())))


def _at_most(k: Array, n: Array, p: float) -> Array:
    """Return the binomial probability of k or fewer, as a regularised incomplete beta."""
    inside = (k >= 0) & (k < n)
    found = betainc(np.where(inside, n - k, 1), np.where(inside, k + 1, 1), 1 - p)
    return np.where(inside, found, np.where(k < 0, 0.0, 1.0))


def _interpolated_count(n: Array, target: float, p: float) -> Array:
    """Return r − α, by bisection for r, the least count with F(r) ≥ p."""
    below, r = np.full_like(n, -1), n.copy()
    while (r - below > 1).any():
        middle = np.floor((below + r) / 2)
        enough = _at_most(middle, n, target) >= p
        below, r = np.where(enough, below, middle), np.where(enough, middle, r)
    f = _at_most(r, n, target)
    return np.asarray(r - (f - p) / (f - _at_most(r - 1, n, target)))


def _exact_limits(
    counts: Array, n: Array, target: float, error: Array, level: float
) -> ControlLimits:
    tail = (1 - level) / 2
    low, high, known = np.full_like(n, np.nan), np.full_like(n, np.nan), ~np.isnan(error)
    x, size = counts[known], n[known]
    low[known] = np.maximum(_interpolated_count(size, target, tail) / size, 0)
    high[known] = _interpolated_count(size, target, 1 - tail) / size
    flags = np.zeros(n.shape, dtype=bool)
    or_more = _at_most(size - x, size, 1 - target)
    flags[known] = (_at_most(x, size, target) < tail) | (or_more < tail)
    return ControlLimits(low=low, high=high, level=level, method="binomial", flags=flags)


def _adjusted(
    exact: ControlLimits, share: Array, target: float, error: Array, tau_squared: float
) -> ControlLimits:
    """Return the limits with the variance between units added."""
    if tau_squared == 0:
        return exact
    half = normal_quantile(exact.level) * np.sqrt(error**2 + tau_squared)
    low = np.fmin(exact.low, np.maximum(target - half, 0))
    high = np.fmax(exact.high, np.minimum(target + half, 1))
    return ControlLimits(
        low=low,
        high=high,
        level=exact.level,
        method="over-dispersion",
        flags=exact.flags & ((share < low) | (share > high)),
    )
