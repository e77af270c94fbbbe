"""What people told besides their answers: never so exactly that one of them is found.

Counts of a closed period, in steps of k downwards: exact ones of a unit and of those beside it
would tell those of the last. The intervals hold whatever the counts are within their steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from analysis import ConfidenceInterval, proportion
from forms.afterwards import TOLD
from survey import period as periods
from survey.period import Period
from survey.reports.report import THRESHOLDS, IndexReport, Place
from survey.reports.shelf import Shelf
from survey.storage import closes, told
from survey.storage.units import Unit

# Wider than Wilson's, so of another name.
ROUNDED = "wilson-rounded"


@dataclass(frozen=True, kw_only=True)
class ToldShare:
    """How many said one thing, at least, and which share of those who said anything."""

    value: str
    at_least: int
    interval: ConfidenceInterval[float]


@dataclass(frozen=True, kw_only=True)
class ToldQuestion:
    """One question besides the answers, and how many at least said anything to it."""

    name: str
    at_least: int
    shares: tuple[ToldShare, ...]


@dataclass(frozen=True, kw_only=True)
class ToldPage:
    """What people told besides at a unit and period; no question to which too few said anything.

    `step` is what counts are rounded down to; None while the period is open.
    """

    report: IndexReport
    questions: tuple[ToldQuestion, ...] = ()
    step: int | None = None


def told_page(session: Session, unit: Unit, period: Period, *, from_above: bool) -> ToldPage:
    """Return what people told besides at a unit and below it.

    `from_above`: the reader stands above the unit, and may know what its officials may not.
    """
    shelf = Shelf(session, unit, period, with_imported=False)
    report, last = shelf.report(Place(unit=unit)), closes.last(session, periods.today())
    if not report.is_closed or report.suppressed or last is None:
        return ToldPage(report=report)
    names = told.COLUMNS if from_above else (told.HELPED,)
    counts = told.counts(session, shelf.codes, period, shelf.first_days)
    shown = [name for name in names if counts[name].total() >= THRESHOLDS.ranked]
    return ToldPage(
        report=report,
        questions=tuple(_question(name, counts[name], last.threshold) for name in shown),
        step=last.threshold,
    )


def _question(name: str, counts: Mapping[str | None, int], step: int) -> ToldQuestion:
    n = _down(sum(counts.values()), step)
    known = {value: _down(counts.get(value, 0), step) for value in TOLD[name]}
    shares = (
        ToldShare(value=value, at_least=m, interval=_limits(m, n, step))
        for value, m in known.items()
    )
    return ToldQuestion(name=name, at_least=n, shares=tuple(shares))


def _limits(m: int, n: int, step: int) -> ConfidenceInterval[float]:
    """Return the lowest and the highest of Wilson's limits that both steps allow."""
    most, all_ = m + step - 1, n + step - 1
    low = proportion(m, all_).confidence_interval()
    high = proportion(min(most, n), n).confidence_interval()
    return ConfidenceInterval(float(low.low), float(high.high), low.level, ROUNDED)


def _down(n: int, step: int) -> int:
    return n // step * step
