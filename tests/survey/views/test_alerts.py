"""The page of alerts: who sees what, and who has seen or muted it."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from survey import period
from survey.db import session
from survey.storage import alerts, audit_entries, points
from survey.storage.alerts import BELOW, SILENT, UNSURE, VERY_HIGH, WITHDRAWN, Alert, Finding
from tests import province, results
from tests.province import Place

FIGURE = {"estimate": 0.8, "low": 0.7, "high": 0.85, "reference": 0.9, "n": 60}
FIGURE |= {"level": 0.95, "method": "wilson-neff-t"}


@pytest.fixture
def found(app: Flask, place: Place) -> dict[str, int]:
    """Alerts of both communes: their numbers by kind and unit."""
    with app.app_context():
        counter = points.any_of(session(), place.point).id
        about = {"period": "2026-10", **FIGURE}
        found = [
            Finding(kind=BELOW, unit_code="31117", **about),  # type: ignore[arg-type]
            Finding(kind=VERY_HIGH, unit_code="31117", point_id=counter, **about),  # type: ignore[arg-type]
            Finding(kind=UNSURE, unit_code="31120", **about),  # type: ignore[arg-type]
            Finding(kind=SILENT, unit_code="31120", period="2026-10", count=20),
        ]
        alerts.put(session(), alerts.OF_MONTHS, found, period.today())
        session().commit()
        rows = alerts.listing(session(), ["31117", "31120"], period.today())
        return {f"{alert.kind} {alert.unit_code}": alert.id for alert in rows}


def _page(client: FlaskClient) -> str:
    answer = province.get(client, "/alerts")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _stored(app: Flask, number: int) -> Alert:
    with app.app_context():
        return alerts.get(session(), number, ["31117", "31120"], period.today())


def test_a_manager_sees_the_alerts_of_his_own_units(
    app: Flask, manager: FlaskClient, place: Place, found: dict[str, int]
) -> None:
    page = _page(manager)
    assert "Dưới chỉ tiêu" in page
    assert "Rất cao so với điểm tương tự, đề nghị kiểm tra" in page
    assert "Quầy 1: Hộ tịch" in page
    assert "Cái Khế" not in page
    provincial = _page(province.sign_in(app, place.provincial))
    assert "Phường Cái Khế" in provincial
    assert "Chưa chắc đạt chỉ tiêu (1)" in provincial


def test_the_interval_of_an_alert_leads_to_its_method(
    app: Flask, place: Place, found: dict[str, int]
) -> None:
    links, outside = results.intervals(_page(province.sign_in(app, place.provincial)))
    assert outside == []
    title = "Khoảng tin cậy 95%, phương pháp Wilson theo người trả lời (wilson-neff-t)"
    assert links == [("wilson-neff-t", title, "70–85%")] * 3


def test_an_alert_from_before_methods_were_kept_still_has_its_interval(
    app: Flask, manager: FlaskClient, found: dict[str, int]
) -> None:
    with app.app_context():
        session().execute(update(Alert).values(level=None, method=None))
        session().commit()
    assert results.intervals(_page(manager)) == ([], ["70–85%"] * 2)


def test_without_alerts_the_page_says_what_comes(manager: FlaskClient) -> None:
    assert "Chưa có lần chốt số liệu nào" in _page(manager)


def test_the_links_of_the_page_lead_somewhere(
    manager: FlaskClient, place: Place, found: dict[str, int]
) -> None:
    page = _page(manager)
    for path in ("/units/31117/2026-10", f"/points/{place.point}/2026-10"):
        link = next(part for part in page.split('"') if part.endswith(path))
        assert province.get(manager, link).status_code == 200


def test_who_has_seen_an_alert_is_named_and_logged(
    app: Flask, manager: FlaskClient, place: Place, found: dict[str, int]
) -> None:
    number = found["below-target 31117"]
    assert province.post(manager, f"/alerts/{number}/seen", "/alerts").status_code == 303
    assert f"{place.manager} đã xem ngày" in _page(manager)
    with app.app_context():
        entry = audit_entries.page(session(), act="acknowledge alert").rows[0]
    assert (entry.actor, entry.subject) == (place.manager, f"31117 below-target {number}")


def test_an_alert_is_muted_until_a_day_and_heard_again(
    app: Flask, manager: FlaskClient, place: Place, found: dict[str, int]
) -> None:
    number = found["below-target 31117"]
    until = period.today() + timedelta(days=30)
    sent = province.post(manager, f"/alerts/{number}/mute", "/alerts", until=until.isoformat())
    assert sent.status_code == 303
    assert f"{place.manager} tạm ẩn đến {until:%d/%m/%Y}" in _page(manager)
    assert _stored(app, number).is_muted(period.today())
    assert province.post(manager, f"/alerts/{number}/hear", "/alerts").status_code == 303
    assert not _stored(app, number).is_muted(period.today())
    with app.app_context():
        acts = {entry.act for entry in audit_entries.page(session()).rows}
    assert {"mute alert", "hear alert"} <= acts


@pytest.mark.parametrize("days", [0, -3, 400, None])
def test_a_day_that_is_none_or_too_far_is_refused(
    app: Flask, manager: FlaskClient, found: dict[str, int], days: int | None
) -> None:
    number = found["below-target 31117"]
    until = "" if days is None else (period.today() + timedelta(days=days)).isoformat()
    sent = province.post(manager, f"/alerts/{number}/mute", "/alerts", until=until)
    assert sent.status_code == 422
    page = sent.get_data(as_text=True)
    assert "Xin ghi" in page
    assert f'id="error-{number}"' in page
    assert _stored(app, number).muted_until is None


@pytest.mark.parametrize("act", ["seen", "mute", "hear"])
def test_an_alert_of_another_unit_cannot_be_touched(
    app: Flask, manager: FlaskClient, found: dict[str, int], act: str
) -> None:
    number = found["silent 31120"]
    until = date(2099, 1, 1).isoformat()
    answer = province.post(manager, f"/alerts/{number}/{act}", "/alerts", until=until)
    assert answer.status_code == 404


def test_what_was_taken_back_is_told_to_the_province_alone(app: Flask, place: Place) -> None:
    with app.app_context():
        counter = points.any_of(session(), place.point).id
        about = {"unit_code": "31117", "point_id": counter, "period": "2026-10", **FIGURE}
        taken = Finding(kind=WITHDRAWN, count=20, **about)  # type: ignore[arg-type]
        alerts.put(session(), alerts.OF_NIGHTS, [taken], period.today())
        session().commit()
        (found,) = alerts.listing(session(), ["92", "31117"], period.today())
    mute = f"/alerts/{found.id}/seen"
    assert "được người gửi rút lại" in _page(province.sign_in(app, place.provincial))
    own = province.sign_in(app, place.manager)
    assert "rút lại" not in _page(own).partition("Nên hiểu")[0]
    assert province.post(own, mute, "/alerts").status_code == 404


def test_a_reader_reads_and_decides_nothing(app: Flask, found: dict[str, int]) -> None:
    reader = province.sign_in(app, province.person(app, "doc@hailong.example", ("reader", "31117")))
    page = _page(reader)
    assert "Dưới chỉ tiêu" in page
    assert "Tạm ẩn" not in page
    number = found["below-target 31117"]
    assert province.post(reader, f"/alerts/{number}/seen", "/alerts").status_code == 403
