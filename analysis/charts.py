"""Charts of one unit over time: p chart and XmR chart; and the funnel of many units.

A month outside its limits, or a run, says that something changed; a month inside says nothing.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.funnel_chart import ControlLimits, Flags, Funnel, counts_of, funnel, share_of
from analysis.interval import Array
from analysis.read_only import ReadOnly

__all__ = [
    "ControlChart",
    "ControlLimits",
    "Funnel",
    "MovingRange",
    "Signals",
    "funnel",
    "p_chart",
    "xmr_chart",
]

# Shewhart's constants for ranges of two values: mean range / σ, and upper limit / mean range.
D2, D4 = 1.128, 3.267
# How many points on one side, and how many steps one way, are no chance.
ONE_SIDE, STEPS = 8, 5


class Signals(NamedTuple):
    """Which points complete a signal of each rule; arrays (periods,)."""

    beyond_limits: Flags
    one_side: Flags
    trend: Flags
    near_limits: Flags

    @property
    def any(self) -> Flags:
        """Whether a point completes a signal of any rule."""
        return self.beyond_limits | self.one_side | self.trend | self.near_limits


@dataclass(frozen=True, kw_only=True)
class MovingRange(ReadOnly):
    """The absolute change from the period before (periods,), its mean and upper limit."""

    values: Array
    centre: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class ControlChart(ReadOnly):
    """Values of one unit by period (periods,) with centre line and 3σ limits.

    `baseline` the number of first periods that fix centre and limits. `moving_range`: of an
    XmR chart only.
    """

    values: Array
    centre: Array
    lower: Array
    upper: Array
    baseline: int
    method: str
    signals: Signals
    moving_range: MovingRange | None = None


def p_chart(
    successes: npt.ArrayLike, n: npt.ArrayLike, *, baseline: int | None = None
) -> ControlChart:
    """Return the p chart of one unit's shares by period, with the four rules.

    `successes` of `n` people (periods,), whole numbers, as for `funnel`. Centre p̄ the pooled
    share of the first `baseline` periods (default all; fix it, or each month moves the limits
    of the months before), limits p̄ ± 3·√(p̄(1 − p̄)/n) at each period's own n, clipped to [0, 1].

    Signals, marked at the point that completes them: 1 a point beyond 3σ; 2 eight in a row on
    one side of the centre; 3 six in a row rising or falling; 4 two of three beyond 2σ on one
    side. A point on a line is not beyond it and ends a run. A period without people is nan, a
    gap, which no run crosses: set n = 0 where the questionnaire or the unit changed. All or
    nobody satisfied in the baseline: σ is not known, limits are nan, rules 1 and 4 silent. No
    people in the baseline: no centre, no signal.

    Shewhart, W. A. (1931). Economic control of quality of manufactured product. Nelson, L. S.
    (1984). The Shewhart control chart: tests for special causes. J. Quality Technology 16,
    237–239 (rule 2 with nine); eight as in Western Electric (1956), Statistical quality control
    handbook.

    Raises ValueError for counts as `funnel`, and for a baseline outside 1 to the periods.
    """
    counts, size = counts_of(successes, n)
    first = _baseline(baseline, counts.size)
    centre = float(share_of(counts[:first].sum(), size[:first].sum()))
    sigma = np.sqrt(share_of(np.float64(centre * (1 - centre)), size))
    sigma[sigma == 0] = np.nan
    values = share_of(counts, size)
    return ControlChart(
        values=values,
        centre=np.full_like(values, centre),
        lower=np.maximum(centre - 3 * sigma, 0),
        upper=np.minimum(centre + 3 * sigma, 1),
        baseline=first,
        method="p",
        signals=_signals(values, centre, sigma),
    )


def xmr_chart(values: npt.ArrayLike, *, baseline: int | None = None) -> ControlChart:
    """Return the chart of single values and their moving ranges, with the four rules.

    `values` (periods,) in any unit; nan is a gap, which no run and no range crosses. Centre the
    mean, σ = mean moving range / 1.128, both of the first `baseline` periods (default all),
    limits centre ± 3σ, not clipped. Upper limit of the ranges 3.267·mean range. It takes what
    varies from month to month as it is, so it suits large n, where a p chart's limits are
    closer than any real month keeps to. Rules and marks as in `p_chart`.

    No neighbours in the baseline, or no change between any: σ is not known, limits are nan,
    rules 1 and 4 silent. Nothing but gaps: no centre, no signal.

    Wheeler, D. J. and Chambers, D. S. (1992). Understanding statistical process control, 2nd ed.

    Raises ValueError for values that are infinite or not one-dimensional, and for a baseline
    outside 1 to the periods.
    """
    x = np.array(values, dtype=np.float64)
    if x.ndim != 1 or np.isinf(x).any():
        raise ValueError("give one finite value for each period, nan for a gap")
    first = _baseline(baseline, x.size)
    ranges = np.abs(np.diff(x, prepend=np.nan))
    centre, mean_range = _mean(x[:first]), _mean(ranges[:first])
    sigma = np.full_like(x, mean_range / D2 if mean_range > 0 else np.nan)
    return ControlChart(
        values=x,
        centre=np.full_like(x, centre),
        lower=centre - 3 * sigma,
        upper=centre + 3 * sigma,
        baseline=first,
        method="xmr",
        signals=_signals(x, centre, sigma),
        moving_range=MovingRange(values=ranges, centre=mean_range, upper=D4 * mean_range),
    )


def _mean(values: Array) -> float:
    """Return the mean of what is known; nan of nothing."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _baseline(baseline: int | None, periods: int) -> int:
    if baseline is None:
        return periods
    if not 1 <= baseline <= periods:
        raise ValueError("baseline must lie between 1 and the number of periods")
    return baseline


def _signals(values: Array, centre: float, sigma: Array) -> Signals:
    """Return the signals of the four rules; a comparison with nan is no signal."""
    step = np.sign(np.diff(values, prepend=np.nan))
    # A mean of equal values may differ from them in the last bit; that is no side.
    side = np.where(np.isclose(values, centre, rtol=1e-12, atol=0), 0, np.sign(values - centre))
    above, below = values > centre + 2 * sigma, values < centre - 2 * sigma
    return Signals(
        beyond_limits=np.abs(values - centre) > 3 * sigma,
        one_side=(_run(side == 1) >= ONE_SIDE) | (_run(side == -1) >= ONE_SIDE),
        trend=(_run(step == 1) >= STEPS) | (_run(step == -1) >= STEPS),
        near_limits=_two_of_three(above, values) | _two_of_three(below, values),
    )


def _run(holds: Flags) -> npt.NDArray[np.int64]:
    """Return how many points in a row, up to each, have it."""
    place = np.arange(holds.size)
    return place - np.maximum.accumulate(np.where(holds, -1, place))


def _two_of_three(beyond: Flags, values: Array) -> Flags:
    """Return the points beyond, with another among the two before and no gap between."""
    padded = np.concatenate(([False, False], beyond))
    known = np.concatenate(([False], ~np.isnan(values)))[:-1]
    return beyond & (padded[1:-1] | (padded[:-2] & known))
