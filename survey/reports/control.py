"""The months of a trend as a control chart: limits, signals, and where it must be broken.

The limits are those of the months before the last one shown, the alerts' own rule: they need eight
months known since the last break. No run and no limit crosses a break.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from analysis import xmr_chart
from survey.reports.report import ControlLimits, TrendMonth

FEWEST_MONTHS = 8


def controlled(months: Sequence[TrendMonth]) -> tuple[TrendMonth, ...]:
    """Return the months with their limits and signals, from the last break on."""
    start = max((number for number, month in enumerate(months) if month.breaks), default=0)
    own = months[start:]
    values = [_share(month) for month in own]
    if sum(map(math.isfinite, values[:-1])) < FEWEST_MONTHS:
        return tuple(months)
    chart = xmr_chart(values, baseline=len(values) - 1)
    if not math.isfinite(chart.lower[0]):
        return tuple(months)
    limits = ControlLimits(float(chart.centre[0]), float(chart.lower[0]), float(chart.upper[0]))
    rules = chart.signals._asdict()
    return (
        *months[:start],
        *(
            replace(month, limits=limits, signals=tuple(r for r in rules if rules[r][number]))
            for number, month in enumerate(own)
        ),
    )


def _share(month: TrendMonth) -> float:
    return month.index.estimate if month.index and month.index.has_share else math.nan
