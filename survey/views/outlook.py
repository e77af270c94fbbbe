"""What a page of results can say before there are any: when they will come."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app

from survey import period as periods
from survey.closing import LEFTOVER_KINDS
from survey.db import session
from survey.period import Period
from survey.reports import IndexReport, UnitPage
from survey.storage import closes, responses, units


@dataclass(frozen=True)
class Outlook:
    """Whether a counter has enough waiting for the next daily close, or which close is next.

    `tried_with` is None when every period that could still take the answers has closed.
    """

    is_ready: bool
    tried_with: Period | None


def outlook(page: UnitPage) -> Outlook:
    """Return when the figures of an empty page can be expected."""
    about = min(page.report.period.end - timedelta(days=1), periods.today())
    tries = [periods.containing(about, kind) for kind in LEFTOVER_KINDS]
    still = [each for each in tries if not closes.is_closed(each, page.last_close)]
    return Outlook(_is_ready(page.report), next(iter(still), None))


def _is_ready(report: IndexReport) -> bool:
    """Say whether some counter has enough answers of one month waiting."""
    smallest: int = current_app.config["SMALLEST_GROUP"]
    if report.waiting < smallest:
        return False
    begun = [m for m in report.period.of_kind("month") if m.start <= periods.today()]
    return any(count >= smallest for month in begun for count in _waiting(report, month).values())


def _waiting(report: IndexReport, month: Period) -> Counter[tuple[int, bool]]:
    """Return how many answers wait at each counter, imported ones apart."""
    unit, point = report.place.unit, report.place.point
    codes = units.subtree(session(), unit.code, periods.today())
    found: Counter[tuple[int, bool]] = Counter()
    for row in responses.received(session(), codes, month):
        is_imported = row.channel == "imported"
        if (point is None or row.point_id == point.id) and report.with_imported >= is_imported:
            found[row.point_id, is_imported] += row.waiting
    return found
