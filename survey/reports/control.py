"""The months of a trend as a control chart: limits, signals, and where it must be broken.

The limits are those of the months before the last one shown, the alerts' own rule: they need eight
months known since the last break. No run and no limit crosses a break.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analysis import xmr_chart
from survey.period import Period
from survey.reports.report import FEW, ControlLimits, Figure, TrendMonth
from survey.reports.verdict import SHIFT, shift

FEWEST_MONTHS = 8


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The index of a month on one instrument, and how it came about.

    `instrument` is the one that most people answered, `rollup` how the counters were added up;
    each is None in a month without.
    """

    period: Period
    index: Figure | None
    instrument: str | None
    channels: Mapping[str, int]
    rollup: str | None


def broken(
    measured: Iterable[Measured], instrument: str, boundaries: Collection[date]
) -> tuple[TrendMonth, ...]:
    """Return the months on one instrument, broken where something else changed than its index.

    `boundaries` are the days on which the place became another territory.
    """
    months, main, rollup = list[TrendMonth](), instrument, None
    mix: Mapping[str, int] = {}
    for month in measured:
        own = month.instrument or main
        breaks = {
            "instrument": own != main and bool(months),
            "channels": _are_enough(mix, month.channels) and shift(mix, month.channels) > SHIFT,
            "rollup": None not in {rollup, month.rollup} and month.rollup != rollup,
            "boundaries": any(day in month.period for day in boundaries),
        }
        names = tuple(name for name in breaks if breaks[name])
        months.append(TrendMonth(month.period, month.index, names))
        main, mix, rollup = own, month.channels or mix, month.rollup or rollup
    return tuple(months)


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


def _are_enough(*mixes: Mapping[str, int]) -> bool:
    """Say whether two mixes of ways are of enough people to differ by more than chance."""
    return all(sum(mix.values()) >= FEW for mix in mixes)
