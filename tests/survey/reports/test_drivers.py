"""What goes together with the overall judgement, from answers and closes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from analysis import key_drivers
from survey import period, reports
from survey.db import session
from survey.reports import DriversPage
from survey.storage import questionnaires, units
from survey.storage.suppressions import Suppression
from tests import pages, province, results
from tests.province import Place

OCTOBER = date(2026, 10, 15)
# overall, A, B, C, D, E: the judgement goes with A; E concerns hardly anybody.
CONTENT, LOW_A, LOW_B = (5, 5, 4, 5, 4, 9), (2, 2, 4, 4, 4, 9), (5, 5, 2, 4, 5, 9)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


def _page(app: Flask, code: str = "31117") -> DriversPage:
    with app.app_context():
        unit = units.get(session(), code, period.today())
        return reports.drivers_page(session(), unit, period.parse("2026-10"))


def _answered(app: Flask, place: Place, content: int = 80) -> None:
    for levels, n in ((CONTENT, content), (LOW_A, 30), (LOW_B, 20), ((4, 4, 4, 4, 4, 4), 12)):
        results.answered(app, place.point, OCTOBER, n, levels)


def test_drivers_are_those_of_the_released_answers(app: Flask, place: Place) -> None:
    _answered(app, place)
    results.answered(app, place.point, date(2026, 11, 20), 30, LOW_B)
    results.close(app, date(2026, 11, 7))
    page = _page(app)
    rows = np.repeat([CONTENT, LOW_A, LOW_B, (4, 4, 4, 4, 4, 4)], [80, 30, 20, 12], axis=0)
    assert page.found == key_drivers(rows[:, 1:5], rows[:, 0], codes=["A", "B", "C", "D"])
    assert page.left_out == ("E",)
    assert max(page.found.drivers, key=lambda driver: driver.importance).code == "A"


def test_the_answers_of_another_unit_that_had_the_code_drive_nothing(
    app: Flask, place: Place
) -> None:
    results.answered(app, place.point, date(2026, 9, 15), 150, LOW_B)
    _answered(app, place)
    results.close(app, date(2026, 11, 7))
    alone = _page(app)
    with app.app_context():
        province.reuse(session(), "31117", date(2026, 10, 1))
        session().commit()
        unit = units.get(session(), "31117", period.today())
        year = reports.drivers_page(session(), unit, period.parse("2026"))
    assert alone.found is not None
    assert year.found == alone.found


def test_a_question_has_the_interval_that_the_page_of_the_unit_has(
    app: Flask, place: Place
) -> None:
    _answered(app, place)
    results.answered(app, place.other_point, OCTOBER, 40, LOW_B)
    results.close(app, date(2026, 11, 7))
    page = _page(app, "92")
    told = {figure.code: figure for figure in page.report.of("item")}
    assert page.found is not None
    for driver in page.found.drivers:
        figure = told[driver.code]
        assert driver.performance_interval == figure.interval
        assert (driver.performance, driver.n) == (figure.estimate, figure.n_respondents)
    assert {d.performance_interval.method for d in page.found.drivers} == {"wilson-neff-t"}


def test_a_level_throughout_is_told_of_those_with_five_answers(app: Flask, place: Place) -> None:
    _answered(app, place)
    results.close(app, date(2026, 11, 7))
    assert _page(app).straight == pytest.approx(12 / 142)


def test_a_level_throughout_of_fewer_than_ten_is_not_told(app: Flask, place: Place) -> None:
    results.answered(app, place.point, OCTOBER, 120, CONTENT)
    results.answered(app, place.point, OCTOBER, 9, (4, 4, 4, 4, 4, 4))
    results.close(app, date(2026, 11, 7))
    assert _page(app).straight is None


def test_all_but_fewer_than_ten_are_not_told_either(app: Flask, place: Place) -> None:
    results.answered(app, place.point, OCTOBER, 120, (4, 4, 4, 4, 4, 4))
    results.answered(app, place.point, OCTOBER, 9, CONTENT)
    results.close(app, date(2026, 11, 7))
    page = _page(app)
    assert (page.straight, page.report.n_respondents) == (None, 129)


def test_fewer_than_a_hundred_have_no_drivers(app: Flask, place: Place) -> None:
    _answered(app, place, content=37)
    results.close(app, date(2026, 11, 7))
    page = _page(app)
    assert page.report.n_respondents == 99
    assert (page.found, page.straight) == (None, None)


def test_a_hundred_with_fewer_complete_have_no_drivers(app: Flask, place: Place) -> None:
    _answered(app, place, content=37)
    results.answered(app, place.point, OCTOBER, 30, (6, 5, 4, 4, 4, 9))
    results.close(app, date(2026, 11, 7))
    page = _page(app)
    assert page.report.n_respondents == 129
    assert page.found is None


def test_one_judgement_by_everybody_has_no_drivers(app: Flask, place: Place) -> None:
    for levels in ((5, 5, 4, 5, 4, 9), (5, 3, 4, 4, 5, 9)):
        results.answered(app, place.point, OCTOBER, 60, levels)
    results.close(app, date(2026, 11, 7))
    assert _page(app).found is None


def test_a_hidden_cell_has_no_drivers(app: Flask, place: Place) -> None:
    _answered(app, place)
    results.close(app, date(2026, 11, 7))
    with app.app_context():
        measure = questionnaires.current(session(), "mot-cua").measure_hash
        span = period.parse("2026-10")
        session().add(
            Suppression(
                measure_hash=measure,
                starts_on=span.start,
                ends_on=span.end,
                split="headline",
                unit_code="31117",
                point_id=0,
            )
        )
        session().commit()
    page = _page(app)
    assert (page.found, page.straight) == (None, None)


def test_the_answers_are_read_once_for_each_release(
    app: Flask, place: Place, manager: FlaskClient
) -> None:
    _answered(app, place)
    results.close(app, date(2026, 11, 7))
    path, reads = "/results/units/31117/2026-10/drivers", []
    for _ in range(2):
        with pages.counted(app) as queries:
            assert "Điều gì đi cùng" in results.page(manager, path)
        reads.append(sum("response.answers" in query for query in queries))
    assert reads == [1, 0]
