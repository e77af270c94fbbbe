from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from survey import period, scans
from survey.db import session
from survey.storage import audit_entries, points
from survey.storage import scans as stored
from survey.storage.points import ServicePoint
from tests import province
from tests.province import Place


def _point(app: Flask, public_id: str) -> ServicePoint:
    with app.app_context():
        point = points.any_of(session(), public_id)
        session().refresh(point, ["codes", "assignments"])
        return point


def _page(client: FlaskClient, place: Place) -> str:
    return province.get(client, f"/codes/{place.point}").get_data(as_text=True)


def _act(client: FlaskClient, place: Place, act: str, version: str = "1") -> int:
    return province.post(client, f"/codes/{place.point}", act=act, version=version).status_code


def test_a_replaced_code_is_a_new_version_and_the_old_one_ends_at_once(
    app: Flask, manager: FlaskClient, client: FlaskClient, place: Place
) -> None:
    assert _act(manager, place, "replace") == 303
    point = _point(app, place.point)
    assert [code.version for code in point.codes] == [1, 2]
    page = client.get(f"/p/{place.token}")
    assert page.status_code == 410
    for words in (
        "Phường Ninh Kiều",
        "Quầy 1: Hộ tịch",
        "Nếu mã này vẫn dán ở quầy",
        'name="code"',
    ):
        assert words in page.get_data(as_text=True)
    assert client.get(f"/p/{point.code.token}").status_code == 200


def test_a_second_press_does_not_revoke_what_the_first_one_issued(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    assert _act(manager, place, "replace") == 303
    assert _act(manager, place, "replace") == 303
    assert len(_point(app, place.point).codes) == 2


def test_with_time_to_change_the_sticker_both_codes_work_for_a_week(
    app: Flask, manager: FlaskClient, client: FlaskClient, place: Place
) -> None:
    assert _act(manager, place, "replace-later") == 303
    assert "còn quét được đến" in _page(manager, place)
    assert client.get(f"/p/{place.token}").status_code == 200
    with time_machine.travel(period.now() + timedelta(days=6, hours=23)):
        assert client.get(f"/p/{place.token}").status_code == 200
    with time_machine.travel(period.now() + timedelta(days=7, hours=1)):
        assert client.get(f"/p/{place.token}").status_code == 410


def test_a_revoked_code_is_not_printed_until_a_new_one_is_issued(
    app: Flask, manager: FlaskClient, client: FlaskClient, place: Place
) -> None:
    assert _act(manager, place, "revoke") == 303
    warned = client.get(f"/p/{place.token}")
    assert (warned.status_code, "Mã này đã bị thu hồi" in warned.get_data(as_text=True)) == (
        410,
        True,
    )
    show = province.get(manager, f"/points/{place.point}").get_data(as_text=True)
    assert "cấp mã mới cho quầy" in show
    assert "<svg" not in show
    assert province.get(manager, f"/points/{place.point}/poster.pdf").status_code == 303
    assert "Mã đã thu hồi" in province.get(manager, "/points").get_data(as_text=True)
    assert province.get(manager, f"/start?point={place.point}").status_code == 200
    assert _act(manager, place, "replace") == 303
    assert province.get(manager, f"/points/{place.point}/poster.pdf").status_code == 200


@pytest.mark.parametrize("act", ["", "burn"])
def test_nothing_happens_before_something_is_chosen(
    app: Flask, manager: FlaskClient, place: Place, act: str
) -> None:
    assert _act(manager, place, act) == 422
    assert _point(app, place.point).code.is_in_force


def test_who_changed_a_code_is_in_the_audit_log(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    _act(manager, place, "revoke")
    with app.app_context():
        entries = audit_entries.page(session()).rows
    said = [(entry.actor, entry.act, entry.subject) for entry in entries]
    assert (place.manager, "revoke code", f"{place.point.upper()}-01") in said


def test_a_counter_of_another_unit_has_no_code_page(manager: FlaskClient, place: Place) -> None:
    path = f"/codes/{place.other_point}"
    assert province.get(manager, path).status_code == 404
    sent = province.post(manager, path, f"/codes/{place.point}", act="revoke", version="1")
    assert sent.status_code == 404


def test_scans_are_shown_by_weeks_that_are_over_and_only_of_enough_people(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    start, end = scans.whole_weeks(period.today())
    with app.app_context():
        code = points.any_of(session(), place.point).code.id
        stored.add(session(), {(code, end): 400, (code, start - timedelta(days=1)): 400})
        stored.add(session(), {(code, start): 9})
        session().commit()
    assert "dưới 10 lượt quét" in _page(manager, place)
    with app.app_context():
        stored.add(session(), {(code, end - timedelta(days=1)): 3})
        session().commit()
    assert "12 lượt quét, 0 phiếu đã gửi" in _page(manager, place)


def test_an_old_code_that_is_still_scanned_is_told(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    _act(manager, place, "replace")
    assert "Vẫn có người quét" not in _page(manager, place)
    start, _end = scans.whole_weeks(period.today())
    with app.app_context():
        stored.add(session(), {(_point(app, place.point).codes[0].id, start): 2})
        session().commit()
    assert "Vẫn có người quét" in _page(manager, place)
