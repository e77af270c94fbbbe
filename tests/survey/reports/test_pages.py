"""A period beside the one before, from answers and closes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from survey import period, reports
from survey.db import session
from survey.reports import UnitPage
from survey.storage import points, targets, units
from survey.storage.batches import Batch
from survey.storage.targets import INDEX
from survey.storage.unit_successions import UnitSuccession
from survey.storage.units import Unit, UnitRow
from tests import peers, province, results
from tests.province import Place

GOOD, BAD = (5, 5, 5, 5, 5, 5), (2, 2, 2, 2, 2, 2)
SEPTEMBER, OCTOBER = date(2026, 9, 15), date(2026, 10, 15)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


def _page(app: Flask, code: str = "31117", name: str = "2026-10") -> UnitPage:
    with app.app_context():
        unit = units.get(session(), code, period.today())
        return reports.unit_page(session(), unit, period.parse(name))


def _two_months(app: Flask, place: Place, **october: object) -> None:
    """Sixty people in September, 42 of them content; sixty in October, 58."""
    for levels, day, n, changes in (
        (GOOD, SEPTEMBER, 42, {}),
        (BAD, SEPTEMBER, 18, {}),
        (GOOD, OCTOBER, 58, october),
        (BAD, OCTOBER, 2, october),
    ):
        results.answered(app, place.point, day, n, levels, **changes)
    results.close(app, date(2026, 11, 7))


def test_a_month_is_held_against_the_month_before(app: Flask, place: Place) -> None:
    _two_months(app, place)
    found = _page(app).verdict
    assert found is not None
    assert (found.before.period.name, found.before.obstacle) == ("2026-09", None)
    assert found.index.word == "improved"
    assert found.index.change is not None
    assert found.index.change.estimate == pytest.approx(16 / 60)


def test_a_quarter_is_held_against_the_quarter_before_and_a_year_against_the_year(
    app: Flask, place: Place
) -> None:
    results.answered(app, place.point, date(2025, 12, 15), 60, BAD)
    _two_months(app, place)
    for name, before in (("2026-Q4", "2026-Q3"), ("2026-H2", "2026-H1"), ("2026", "2025")):
        with time_machine.travel(datetime(2027, 1, 22, 3, tzinfo=UTC)):
            results.close(app, date(2027, 1, 7))
            found = _page(app, name=name).verdict
        assert found is not None
        assert found.before.period.name == before
        assert (found.before.obstacle == "none") is (name == "2026-H2")
        assert (found.index.word == "unknown") is (name == "2026-H2")


def test_an_open_quarter_has_its_figures_and_no_verdict_yet(app: Flask, place: Place) -> None:
    _two_months(app, place)
    page = _page(app, name="2026-Q4")
    assert page.report.index is not None
    assert not page.report.is_closed
    found = page.verdict
    assert found is not None
    assert (found.before.obstacle, found.index.word, found.weakest) == ("open", "open", None)


def test_a_month_without_results_before_has_nothing_to_be_held_against(
    app: Flask, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 40)
    results.close(app, date(2026, 11, 7))
    found = _page(app).verdict
    assert found is not None
    assert (found.before.obstacle, found.index.change) == ("none", None)


def test_people_who_came_another_way_are_not_compared(app: Flask, place: Place) -> None:
    _two_months(app, place, channel="tablet")
    page = _page(app)
    assert page.verdict is not None
    assert (page.verdict.before.obstacle, page.verdict.index.change) == ("channels", None)
    assert [month.breaks for month in page.trend[-2:]] == [(), ("channels",)]


def test_another_questionnaire_before_is_named(app: Flask, place: Place) -> None:
    _two_months(app, place)
    with app.app_context():
        earlier = select(Batch).where(Batch.starts_on == date(2026, 9, 1))
        for batch in session().scalars(earlier):
            batch.measure_hash = "another"
        session().commit()
    found = _page(app).verdict
    assert found is not None
    assert (found.before.obstacle, found.index.change) == ("instrument", None)
    assert [month.breaks for month in _page(app).trend[-2:]] == [("instrument",), ("instrument",)]


def test_a_new_territory_is_not_compared_and_its_counter_is(app: Flask, place: Place) -> None:
    _two_months(app, place)
    with app.app_context():
        row = UnitRow(number=1, code="31118", name="Phường cũ", level="commune", type="phuong")
        old = units.new(row, None, date(2026, 10, 1))
        session().add(old)
        session().flush()
        new = units.get(session(), "31117", period.today())
        session().add(UnitSuccession(old_id=old.id, new_id=new.id, full=False, reference="NQ 1"))
        session().commit()
        point = points.any_of(session(), place.point)
        unit = units.get(session(), "31117", period.today())
        own = reports.point_page(session(), point, unit, period.parse("2026-10")).verdict
    found = _page(app).verdict
    assert found is not None
    assert own is not None
    assert (found.before.obstacle, own.before.obstacle) == ("boundaries", None)
    assert [month.breaks for month in _page(app).trend[-2:]] == [(), ("boundaries",)]


def test_what_came_to_another_unit_that_had_the_code_is_not_counted_as_received(
    app: Flask, place: Place
) -> None:
    results.answered(app, place.point, SEPTEMBER, 20)
    results.close(app, SEPTEMBER)
    for day in (date(2026, 9, 20), OCTOBER):
        results.answered(app, place.point, day, 4)  # these wait
    before = _page(app, name="2026").report
    assert (before.received, before.waiting) == (28, 8)
    with app.app_context():
        province.reuse(session(), "31117", date(2026, 10, 1))
        session().commit()
    for code in ("31117", "92"):
        report = _page(app, code, "2026").report
        assert (report.received, report.waiting) == (4, 4)


def _anew() -> tuple[Unit, Unit, date]:
    """Let a commune begin in October; return it, its neighbour, and when both had begun before."""
    now, neighbour = (units.get(session(), code, period.today()) for code in ("31117", "31120"))
    began, now.valid_from = now.valid_from, date(2026, 10, 1)
    return now, neighbour, began


def test_what_joined_and_what_left_within_the_period_is_told(app: Flask, place: Place) -> None:
    _two_months(app, place)
    with app.app_context():
        now, neighbour, began = _anew()
        rows = [
            UnitRow(number=1, code=code, name=name, level="commune", type="xa", parent_code="92")
            for code, name in (("31117", "Phường Ninh Kiều"), ("31118", "Xã cũ"))
        ]
        before, joined = [units.new(row, began, date(2026, 10, 1)) for row in rows]
        session().add_all([before, joined])
        session().flush()
        for old, new, full in (
            (before, now, False),
            (before, neighbour, False),
            (joined, now, True),
        ):
            session().add(UnitSuccession(old_id=old.id, new_id=new.id, full=full, reference="NQ 1"))
        session().commit()
    found = _page(app).boundaries
    assert [(each.old_name, each.new_name, each.full) for each in found] == [
        ("Phường Ninh Kiều", "Phường Ninh Kiều", False),
        ("Xã cũ", "Phường Ninh Kiều", True),
        ("Phường Ninh Kiều", "Phường Cái Khế", False),
    ]
    assert {each.on for each in found} == {date(2026, 10, 1)}
    assert _page(app, name="2026-09").boundaries == _page(app, name="2026-11").boundaries == ()
    # Nothing left the province.
    assert len(_page(app, "92").boundaries) == 3


def test_what_left_another_unit_that_had_the_code_is_not_told(app: Flask, place: Place) -> None:
    _two_months(app, place)
    with app.app_context():
        now, neighbour, began = _anew()
        row = UnitRow(number=1, code="31117", name="Phường khác", level="commune", type="phuong")
        other = units.new(row, began, date(2026, 10, 1))
        row = UnitRow(number=2, code="31118", name="Xã cũ", level="commune", type="xa")
        old = units.new(row, began, date(2026, 10, 1))
        session().add_all([other, old])
        session().flush()
        for before, after in ((other, neighbour), (old, now)):
            line = UnitSuccession(old_id=before.id, new_id=after.id, full=True, reference=None)
            session().add(line)
        session().commit()
    assert [each.old_name for each in _page(app).boundaries] == ["Xã cũ"]


def test_the_answers_of_another_unit_that_had_the_code_are_not_shown(
    app: Flask, place: Place
) -> None:
    _two_months(app, place)
    with app.app_context():
        new = units.get(session(), "31117", period.today())
        first = new.valid_from
        new.valid_from = date(2026, 10, 1)
        row = UnitRow(number=1, code="31117", name="Phường cũ", level="commune", type="phuong")
        other = UnitRow(number=2, code="31118", name="Xã cũ", level="commune", type="xa")
        before = [units.new(each, first, date(2026, 10, 1)) for each in (row, other)]
        session().add_all(before)
        session().flush()
        became = {"new_id": new.id, "full": True, "reference": "NQ 1"}
        session().add(UnitSuccession(old_id=before[1].id, **became))
        session().commit()
    months = _page(app).trend[-2:]
    assert [month.index is not None for month in months] == [False, True]
    with app.app_context():  # the same commune, made larger
        session().add(UnitSuccession(old_id=before[0].id, **became))
        session().commit()
    assert all(month.index for month in _page(app).trend[-2:])


def test_targets_of_the_year_come_from_the_nearest_unit_that_set_one(
    app: Flask, place: Place
) -> None:
    _two_months(app, place)
    with app.app_context():
        wanted = {
            ("92", 2026): {INDEX: 9900, ("factor", "A"): 5000},
            ("31117", 2026): {INDEX: 8000},
        }
        changed = targets.changes(session(), wanted)
        targets.put(session(), changed, on=period.today(), by="command line")
        session().commit()
    found = _page(app).verdict
    assert found is not None
    assert found.index.target is not None
    assert (found.index.target.unit_code, found.index.target.share) == ("31117", 0.8)
    aims = {part.figure.code: part.target and part.target.share for part in found.parts}
    assert aims == {"A": 0.5, "B": None, "C": None, "D": None, "E": None}


def test_a_month_signals_only_once_it_is_closed(app: Flask, place: Place) -> None:
    months = [*period.parse("2026").of_kind("month")][:11]
    with app.app_context():
        number = points.any_of(session(), place.point).id
        for at, month in enumerate(months):
            share = 0.3 if month is months[-1] else 0.88 + 0.02 * (at % 2)
            peers.release(session(), "31117", number, month, 200, satisfied=share)
        peers.closed(session(), date(2026, 11, 22))
        session().commit()
    *before, november = _page(app, name="2026-11").trend
    assert not any(month.signals for month in before)
    assert november.limits
    assert november.signals == ()
    with app.app_context():
        peers.closed(session(), date(2026, 12, 8))
        session().commit()
    with time_machine.travel(datetime(2026, 12, 9, 3, tzinfo=UTC)):
        november = next(m for m in _page(app, name="2026-11").trend if m.period.name == "2026-11")
    assert "beyond_limits" in november.signals
