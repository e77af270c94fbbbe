"""Codes that nobody scans any more, on the page of their unit."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.db import session
from survey.storage import alerts, points
from survey.storage.alerts import QUIET, Alert, Finding
from tests import province, results
from tests.province import Place

SINCE = date(2026, 10, 2)
TITLE = "Mã lâu không có lượt quét"


@pytest.fixture
def quiet(app: Flask, place: Place) -> int:
    """A quiet code at each of the two communes; the alert of the first."""
    with app.app_context():
        counters = {"31117": place.point, "31120": place.other_point}
        found = [
            Finding(
                kind=QUIET,
                unit_code=code,
                point_id=points.any_of(session(), public_id).id,
                since=SINCE,
                n=20,
                rule="unscanned" if code == "31120" else "",
            )
            for code, public_id in counters.items()
        ]
        alerts.put(session(), alerts.OF_NIGHTS, found, period.today())
        session().commit()
        return alerts.quiet(session(), ["31117"], period.today())[0].id


def _words(client: FlaskClient, code: str) -> str:
    return results.words(client, f"/results/units/{code}/2026-10")


def test_a_manager_sees_the_quiet_codes_of_his_own_units(
    app: Flask, manager: FlaskClient, place: Place, quiet: int
) -> None:
    own = _words(manager, "31117")
    assert "Quầy 1: Hộ tịch : không có lượt quét nào sau 02/10/2026" in own
    assert "Quầy 2" not in own
    everything = _words(province.sign_in(app, place.provincial), "92")
    assert "Quầy 1: Hộ tịch, Phường Ninh Kiều: không có" in everything
    assert "Quầy 2: Đất đai, Phường Cái Khế: chưa có lượt quét nào từ" in everything


def test_who_only_reads_is_not_sent_to_look_at_a_sticker(
    app: Flask, place: Place, quiet: int
) -> None:
    held = (("reader", "92"), ("manager", "31120"))
    client = province.sign_in(app, province.person(app, "doc@hailong.example", *held))
    assert TITLE not in _words(client, "31117")
    assert "Quầy 1: Hộ tịch" not in _words(client, "92").partition("Ghi kết quả kiểm tra")[0]
    assert "Quầy 2: Đất đai, Phường Cái Khế" in _words(client, "92")


def test_what_was_muted_or_closed_is_not_shown(
    app: Flask, manager: FlaskClient, place: Place, quiet: int
) -> None:
    assert TITLE in _words(manager, "31117")
    with app.app_context():
        until = period.today() + timedelta(days=3)
        alerts.mute(session().get_one(Alert, quiet), place.manager, until)
        session().commit()
    assert TITLE not in _words(manager, "31117")
    with app.app_context():
        alerts.mute(session().get_one(Alert, quiet), place.manager, None)
        points.close(points.any_of(session(), place.point), period.now())
        session().commit()
    assert TITLE not in _words(manager, "31117")


def test_many_quiet_codes_are_cut_short_and_the_rest_is_one_tap_away(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    with app.app_context():
        now, today = period.now(), period.today()
        made = [points.add(session(), "31117", f"Bàn {n}", now, today) for n in range(10)]
        session().flush()
        found = [
            Finding(kind=QUIET, unit_code="31117", point_id=point.id, since=SINCE, n=9)
            for point in made
        ]
        alerts.put(session(), alerts.OF_NIGHTS, found, today)
        session().commit()
    shown = _words(manager, "31117")
    assert shown.count("không có lượt quét nào sau") == 3
    assert "Và 7 mã khác" in shown
