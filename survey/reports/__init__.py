"""Rows → figures: the only reader of what was released, for pages, files and addresses.

Every figure of a report is computed by `analysis` from whole batches; nothing here knows an
answer, and nothing shown anywhere is computed elsewhere.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from survey import period as periods
from survey.period import Period
from survey.reports.drivers import DriversPage, drivers_page
from survey.reports.kept import forget
from survey.reports.pages import PageShelf, UnitPage
from survey.reports.report import (
    BASIS,
    FEW,
    METHOD_VERSION,
    PROFILE,
    PULSE,
    ROLLUP,
    THRESHOLDS,
    Coverage,
    Figure,
    Gap,
    IndexReport,
    Invited,
    Place,
    Split,
    SplitGroup,
    Stream,
    TrendMonth,
)
from survey.reports.shelf import Shelf
from survey.reports.taken_back import TakenBack, taken_back
from survey.reports.told import ToldPage, told_page
from survey.reports.verdict import Before, Standing, Verdict
from survey.storage import batches, closes
from survey.storage.points import ServicePoint
from survey.storage.units import Unit

__all__ = [
    "BASIS",
    "FEW",
    "METHOD_VERSION",
    "PROFILE",
    "PULSE",
    "ROLLUP",
    "THRESHOLDS",
    "Before",
    "Coverage",
    "DriversPage",
    "Figure",
    "Gap",
    "IndexReport",
    "Invited",
    "Place",
    "Split",
    "SplitGroup",
    "Standing",
    "Stream",
    "TakenBack",
    "ToldPage",
    "TrendMonth",
    "UnitPage",
    "Verdict",
    "drivers_page",
    "export_reports",
    "forget",
    "index_report",
    "latest_period",
    "point_page",
    "taken_back",
    "told_page",
    "unit_page",
]


def index_report(
    session: Session,
    unit: Unit,
    period: Period,
    profile: str = PROFILE,
    *,
    with_imported: bool = False,
) -> IndexReport:
    """Return what may be said about a unit and everything below it in a period."""
    shelf = Shelf(session, unit, period, with_imported=with_imported)
    return shelf.report(Place(unit=unit), profile=profile)


def unit_page(
    session: Session, unit: Unit, period: Period, *, with_imported: bool = False
) -> UnitPage:
    """Return the page of a unit: itself, its last twelve months, what is directly below."""
    shelf = PageShelf(session, unit, period, with_imported=with_imported)
    return shelf.page(Place(unit=unit), shelf.below())


def point_page(
    session: Session,
    point: ServicePoint,
    unit: Unit,
    period: Period,
    *,
    with_imported: bool = False,
) -> UnitPage:
    """Return the page of a point for the time it belonged to a unit."""
    shelf = PageShelf(session, unit, period, with_imported=with_imported)
    return shelf.page(Place(unit=unit, point=point), [])


def export_reports(
    session: Session, unit: Unit, period: Period, *, with_imported: bool = False
) -> list[IndexReport]:
    """Return a report of every unit of the subtree and every point, the unit itself first.

    One for each instrument that has answers in the period; of the usual one where none has.
    """
    shelf = Shelf(session, unit, period, with_imported=with_imported)
    places = shelf.everything()
    return [shelf.report(place, measure) for measure in shelf.measures for place in places]


def latest_period(session: Session, codes: Collection[str]) -> Period | None:
    """Return the latest closed month in which these units have figures, else the latest of all.

    An open month has no verdict yet. None before the first.
    """
    last = closes.last(session, periods.today())
    closed = batches.latest_month(session, codes, periods.closed_by(last.day)) if last else None
    start = closed or batches.latest_month(session, codes)
    return None if start is None else periods.containing(start)
