"""Reports written by hand, for tests of what becomes of them in pages and files."""

from datetime import date
from typing import Any

import numpy as np

from analysis import Item, index_from_sums, tally
from analysis.interval import ConfidenceInterval
from forms import questionnaire
from survey import period
from survey.reports import Before, Figure, IndexReport, Place, Verdict
from survey.reports.verdict import verdict as verdict_on
from survey.storage import units
from survey.storage.points import PointAssignment, ServicePoint
from survey.storage.tallies import TallyRow
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


def share(satisfied: int, n: int, code: str = "index", measure: str = "overall") -> Figure:
    """Return the figure of n people with one answer each, so many of them satisfied."""
    answers = np.repeat([[5], [2]], [satisfied, n - satisfied], axis=0).astype(np.int8)
    index = index_from_sums({0: tally(answers, [Item(code, code)])})
    return figure(
        measure,
        code,
        name=f"{measure} {code}",
        estimate=index.estimate,
        standard_error=index.standard_error,
        degrees_of_freedom=index.degrees_of_freedom,
        interval=index.confidence_interval(),
        n_respondents=n,
        n_answers=n,
        levels=(0, n - satisfied, 0, 0, satisfied),
        source=index,
    )


def tallied(
    satisfied: int, n: int, *, point: int = 1, stream: str = "qr", items: int | None = None
) -> TallyRow:
    """Return the tally of n people, so many of them satisfied with all the items they answered.

    They answered the first `items` of `mot-cua`, or all.
    """
    asked = [Item(item.code, item.factor) for item in INSTRUMENTS["mot-cua"].asked]
    levels = np.zeros((n, len(asked)), dtype=np.int8)
    levels[:, :items] = np.repeat([[5], [2]], [satisfied, n - satisfied], axis=0)
    return TallyRow(
        unit_code="31117",
        point_id=point,
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 11, 1),
        measure_hash="",
        is_imported=False,
        marks_apart=None,
        stream=stream,
        flagged=False,
        n=n,
        batches=(),
        sums=(tally(levels, asked).to_bytes(),),
    )


def wide(measure: str = "overall", code: str = "index", **changes: Any) -> Figure:
    """Return a figure of 14 people whose interval is too wide for its share of 79 %."""
    values = {
        "estimate": 11 / 14,
        "standard_error": 0.1138,
        "degrees_of_freedom": 13,
        "interval": ConfidenceInterval(0.5241, 0.9243, 0.95, "wilson"),
        "n_respondents": 14,
        "n_answers": 14,
        "levels": (0, 1, 2, 6, 5),
    }
    return figure(measure, code, **values | changes)


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


def verdict(shown: IndexReport) -> Verdict | None:
    """Return what the figures of a report come to where nothing is known of the period before."""
    before = Before(period=shown.period.previous, figures={}, obstacle="none")
    return verdict_on(shown.figures, {}, before) if shown.figures else None
