from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.db import session
from survey.storage import marks
from survey.storage.responses import Response
from tests import results
from tests.province import Place

PAGE = "/results/units/31117/2026-10"


def test_a_page_says_how_many_stored_answers_no_figure_counts(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, date(2026, 10, 5), 30, (5, 5, 5, 5, 5, 5))
    with app.app_context():
        for response in session().scalars(select(Response).limit(4)):
            marks.sign(response, {"honeypot"})
        session().commit()
    results.close(app, date(2026, 11, 7))
    words = results.words(manager, PAGE)
    assert "Có 4 phiếu được lưu nhưng không tính" in words
    assert "26 người" in words
    assert "phiếu cần kiểm tra" not in words


def test_a_page_without_such_answers_says_nothing_of_them(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, date(2026, 10, 5), 30, (5, 5, 5, 5, 5, 5))
    results.close(app, date(2026, 11, 7))
    assert "không tính:" not in results.words(manager, PAGE)
