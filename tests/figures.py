"""Reports written by hand, for tests of what becomes of them in pages and files."""

from datetime import date
from typing import Any

from analysis.interval import ConfidenceInterval
from forms import questionnaire
from survey import period
from survey.reports import Figure, IndexReport, Place
from survey.storage import units
from survey.storage.points import PointAssignment, ServicePoint
from survey.storage.units import Unit, UnitRow

INSTRUMENTS = {each.code: each for each in questionnaire.shipped()}


def unit(
    name: str = "Phường Ninh Kiều",
    kind: str = "phuong",
    level: str = "commune",
    code: str = "00117",
) -> Unit:
    """Return a unit; its code begins with a zero unless it is given."""
    row = UnitRow(number=1, code=code, name=name, level=level, type=kind, parent_code="00")
    return units.new(row, date(2025, 7, 1))


def figure(measure: str = "overall", code: str = "index", **changes: Any) -> Figure:
    """Return the published example: 31 people, 26 of them satisfied or very satisfied."""
    values = {
        "measure": measure,
        "code": code,
        "name": "",
        "profile": "t2b-pooled",
        "estimate": 26 / 31,
        "standard_error": 0.0672,
        "degrees_of_freedom": 30,
        "interval": ConfidenceInterval(0.6737, 0.9291, 0.95, "wilson"),
        "n_respondents": 31,
        "n_answers": 31,
        "n_missing": 2,
        "levels": (0, 0, 5, 16, 10),
    }
    return Figure(**values | changes)


def _counter(name: str, owner: Unit) -> ServicePoint:
    here = PointAssignment(unit_code=owner.code, valid_from=date(2025, 7, 1))
    return ServicePoint(id=1, public_id="00e5abcd", name=name, assignments=[here])


def report(
    *figures: Figure, owner: Unit | None = None, point: str | None = None, **changes: Any
) -> IndexReport:
    """Return a report of these figures on a unit, or on a point of it."""
    counter = _counter(point, owner or unit()) if point else None
    values = {
        "place": Place(unit=owner or unit(), point=counter),
        "period": period.parse("2026-10"),
        "is_closed": False,
        "questionnaire": INSTRUMENTS["mot-cua"],
        "instrument_version": 3,
        "with_imported": False,
        "received": 40,
        "waiting": 9,
        "n_imported": 0,
        "n_respondents": 31,
        "n_points": 2,
        "n_points_covered": 1,
        "channels": {"qr": 19, "paper": 12} if figures else {},
        "suppressed": False,
        "figures": figures,
        "n_flagged": None,
        "unflagged": None,
    }
    return IndexReport(**values | changes)
