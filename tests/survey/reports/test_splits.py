"""What a page tells of the groups of a closed month, and what it adds up over months and places."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from survey import period
from survey.cli import nightly
from survey.db import session
from survey.storage import suppressions
from survey.storage.split_tallies import SplitTally
from survey.storage.suppressions import Suppression
from tests import province, results
from tests.province import Place

GOOD, BAD = (5, 5, 5, 5, 5, 5), (2, 2, 2, 2, 2, 2)
AUGUST, SEPTEMBER = period.parse("2026-08"), period.parse("2026-09")
MONTH, UNIT = "2026-08", "/results/units/31117"
HEAD, WHY = "Tách theo nhóm", "Kỳ này không tách được"


def _close(app: Flask, *days: date) -> None:
    """Let the night after each day pass, with all it decides."""
    for day in days:
        with app.app_context():
            nightly.close(datetime.combine(day + timedelta(days=1), period.DAILY_CLOSE))


@pytest.fixture
def divided(app: Flask, place: Place) -> Place:
    """A counter of two groups in one month, and of the same and a small one in the next."""
    results.answered(app, place.point, AUGUST.start, 30, GOOD, visit="submit")
    results.answered(app, place.point, AUGUST.start, 20, BAD, visit="collect")
    results.answered(app, place.point, SEPTEMBER.start, 40, GOOD, visit="submit")
    results.answered(app, place.point, SEPTEMBER.start, 7, BAD, visit="collect")
    results.answered(app, place.point, SEPTEMBER.start, 5, BAD)
    results.answered(app, place.other_point, AUGUST.start, 20, GOOD, visit="submit")
    results.answered(app, place.other_point, AUGUST.start, 8, GOOD)
    _close(app, AUGUST.last_day_to_close, SEPTEMBER.last_day_to_close)
    return place


def test_a_closed_month_shows_its_groups_and_how_many_are_in_none(
    divided: Place, manager: FlaskClient
) -> None:
    for path in (UNIT, f"/results/points/{divided.point}"):
        text = results.words(manager, f"{path}/{MONTH}")
        assert HEAD in text
        assert "Nộp hồ sơ 100%" in text
        assert "Nhận kết quả 0%" in text
        assert "hoặc ở nhóm quá nhỏ để tách" not in text
    text = results.words(manager, f"{UNIT}/2026-09")
    assert "Nộp hồ sơ 100%" in text
    assert "Nhận kết quả" not in text
    assert "Còn 12 người không nêu, hoặc ở nhóm quá nhỏ để tách." in text


def test_longer_periods_and_units_add_up_what_counters_and_months_told_apart(
    app: Flask, divided: Place, manager: FlaskClient
) -> None:
    text = results.words(manager, f"{UNIT}/2026-Q3")
    assert "Nộp hồ sơ 100%" in text
    assert "70 người" in text
    assert "Còn 12 người" in text
    # How good the data are is read before the groups that they are divided into.
    assert 0 < text.find("Chất lượng dữ liệu") < text.index(HEAD)
    provincial = province.sign_in(app, divided.provincial)
    text = results.words(provincial, f"/results/units/92/{MONTH}")
    assert "Nhận kết quả 0%" in text
    assert "Còn 28 người" in text  # the second counter: its eight give its twenty away
    # The field of the first counter is the field of everybody there.
    assert "Hộ tịch" in text
    assert "Lĩnh vực" not in results.words(manager, f"{UNIT}/{MONTH}")


def test_an_open_month_is_not_divided_and_a_closed_one_says_why_it_is_not(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, AUGUST.start, 30, visit="submit")
    results.answered(app, place.point, AUGUST.start, 5, visit="ask")
    _close(app, AUGUST.start)
    assert HEAD not in results.words(manager, f"{UNIT}/2026-07")
    text = results.words(manager, f"{UNIT}/{MONTH}")
    assert "Chỉ tách theo việc đến làm" in text
    _close(app, AUGUST.last_day_to_close)
    text = results.words(manager, f"{UNIT}/{MONTH}")
    assert WHY in text
    assert "Nộp hồ sơ" not in text


def test_what_was_told_apart_is_hidden_where_k_was_raised_above_it(
    app: Flask, divided: Place, manager: FlaskClient
) -> None:
    with app.app_context():
        session().execute(update(SplitTally).values(smallest=9))
        session().commit()
    text = results.words(manager, f"{UNIT}/{MONTH}")
    assert WHY in text


def test_the_groups_of_a_hidden_counter_are_hidden_in_its_unit_too(
    app: Flask, divided: Place
) -> None:
    with app.app_context():
        (group, *_) = session().query(SplitTally).filter_by(month=AUGUST.start)
        own = Suppression(
            measure_hash=group.measure_hash,
            starts_on=AUGUST.start,
            ends_on=AUGUST.end,
            split="headline",
            unit_code="31117",
            point_id=group.point_id,
        )
        suppressions.put(session(), period.parse("2026"), [own])
        session().commit()
    provincial = province.sign_in(app, divided.provincial)
    assert WHY in results.words(provincial, f"/results/units/92/{MONTH}")
    assert HEAD in results.words(provincial, "/results/units/92/2026-09")
