"""What cannot be taken as it came: the page says what to do next, and nothing is lost."""

import re
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from survey import period
from survey.db import session
from survey.storage import code_tokens, point_codes, points
from survey.storage.receipts import Receipt
from survey.storage.responses import Response
from tests import sheets
from tests.province import Place

FULL = OperationalError("INSERT", {"answers": b"secret"}, Exception("disk is full"))


def test_other_content_on_a_sent_sheet_keeps_the_first_and_offers_another_person(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    first = sheets.send(client, place.token, hidden, overall="1")
    conflict = sheets.send(client, place.token, hidden, overall="5", C="4", visit="ask")
    page = conflict.get_data(as_text=True)
    assert conflict.status_code == 409
    assert "Người khác trả lời" in page
    assert sheets.focused(page) == "Lần gửi đầu tiên được giữ nguyên"
    assert first.location in page
    assert len(sheets.stored(app)) == 1
    offered = sheets.fields(page)
    assert offered["sheet"] != hidden["sheet"]
    other = client.post(f"/p/{place.token}", data=offered)
    assert other.status_code == 303
    assert other.location != first.location
    assert sorted(row.answers[:4] for row in sheets.stored(app)) == [
        bytes([1, 6, 6, 6]),
        bytes([5, 6, 6, 4]),
    ]


def test_nothing_answered_is_said_and_the_visit_is_kept(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    answer = sheets.send(client, place.token, hidden, A="not-met", B="skip", visit="collect")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert "Ông/Bà chưa chọn mức hài lòng nào" in page
    assert sheets.kept(page) == {("A", "not-met"), ("B", "skip"), ("visit", "collect")}
    assert sheets.fields(page) == hidden
    assert sheets.stored(app) == []


@pytest.mark.parametrize("level", ["0", "6", "9", "5 ", "", "x", "not-met"])
def test_a_level_outside_the_scale_is_never_stored(
    app: Flask, client: FlaskClient, place: Place, level: str
) -> None:
    hidden = sheets.open_form(client, place.token)
    answer = sheets.send(client, place.token, hidden, overall=level, A="4")
    stored = sheets.stored(app)
    if level:
        assert answer.status_code == 422
        assert stored == []
    else:
        assert [row.answers[:2] for row in stored] == [bytes([6, 4])]


@pytest.mark.parametrize("typed", ["zzzzzzzz", "22222222", "-", "%00", "ab2cd3ef" * 20])
def test_a_wrong_code_says_what_to_do_and_offers_to_type_it(
    client: FlaskClient, place: Place, typed: str
) -> None:
    answer = client.get(f"/p/{typed}")
    assert answer.status_code == 404
    assert "Mã không đúng" in answer.get_data(as_text=True)
    assert 'name="code"' in answer.get_data(as_text=True)


def test_a_closed_point_says_so_and_takes_the_sheets_it_handed_out(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    later = period.now() + timedelta(minutes=5)
    with app.app_context():
        points.close(points.any_of(session(), place.point), later)
        session().commit()
    with time_machine.travel(later + timedelta(minutes=5)):
        closed = client.get(f"/p/{place.token}")
        assert closed.status_code == 410
        assert "Quầy này không còn nhận phiếu" in closed.get_data(as_text=True)
        assert "autofocus" not in closed.get_data(as_text=True), "nothing was sent"
        assert sheets.send(client, place.token, hidden).status_code == 303
        refused = client.post(f"/p/{place.token}", data={"overall": "5"})
        assert refused.status_code == 410
        assert sheets.focused(refused.get_data(as_text=True)).startswith("Xin hỏi cán bộ")
    assert len(sheets.stored(app)) == 1


def test_a_second_person_and_a_late_sheet_are_taken_although_the_point_has_closed(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    first, late = (sheets.open_form(client, place.token) for _ in range(2))
    sheets.send(client, place.token, first, overall="1")
    closing = period.now() + timedelta(minutes=5)
    with app.app_context():
        points.close(points.any_of(session(), place.point), closing)
        session().commit()
    with time_machine.travel(closing + timedelta(hours=80)):
        conflict = sheets.send(client, place.token, first, overall="5").get_data(as_text=True)
        assert client.post(f"/p/{place.token}", data=sheets.fields(conflict)).status_code == 303
        again = sheets.send(client, place.token, late, overall="2").get_data(as_text=True)
        assert "quá 3 ngày" in again
        assert (
            sheets.send(client, place.token, sheets.fields(again), overall="2").status_code == 303
        )
    assert sorted(row.answers[0] for row in sheets.stored(app)) == [1, 2, 5]


def test_a_renewed_sheet_is_stored_with_the_order_that_was_shown(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    with app.app_context():
        points.any_of(session(), place.point).scale_order = "split"
        session().commit()
    for _ in range(10):
        hidden = sheets.open_form(client, place.token)
        sheets.send(client, place.token, hidden, overall="1")
        conflict = sheets.send(client, place.token, hidden, overall="2").get_data(as_text=True)
        client.post(f"/p/{place.token}", data=sheets.fields(conflict))
        orders = {(row.scale_order, row.drawn) for row in sheets.stored(app)}
        assert len(orders) == 1
        with app.app_context():
            session().execute(delete(Receipt))
            session().execute(delete(Response))
            session().commit()


def test_a_busy_database_offers_to_open_the_form_again(client: FlaskClient, place: Place) -> None:
    with mock.patch("survey.storage.points.by_token", side_effect=FULL):
        answer = client.get(f"/p/{place.token}?lang=en")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert f'href="/p/{place.token}?lang=en"' in page
    assert "<form" not in page


def test_a_mistyped_code_and_an_unknown_one_are_told_apart(
    client: FlaskClient, place: Place
) -> None:
    assert "Mã gõ nhầm" in client.get("/p/zzzzzzzy").get_data(as_text=True)
    unknown = code_tokens.new()
    assert "Không có quầy nào mang mã này" in client.get(f"/p/{unknown}").get_data(as_text=True)


def test_a_revoked_code_asks_for_the_new_one(app: Flask, client: FlaskClient, place: Place) -> None:
    with app.app_context():
        point = points.any_of(session(), place.point)
        new = point_codes.issue(session(), point, period.now()).token
        session().commit()
    revoked = client.get(f"/p/{place.token}")
    assert revoked.status_code == 410
    assert "Mã này đã được thay bằng mã mới" in revoked.get_data(as_text=True)
    assert new not in revoked.get_data(as_text=True)
    assert client.get(f"/p/{new}").status_code == 200


def test_a_sheet_sent_after_three_days_keeps_what_was_chosen(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    with time_machine.travel(period.now() + timedelta(hours=73)):
        late = sheets.send(client, place.token, hidden, overall="2", E="skip", visit="ask")
        page = late.get_data(as_text=True)
        assert late.status_code == 410
        assert "quá 3 ngày. Nếu Ông/Bà đã gửi rồi thì không cần gửi nữa." in page
        assert sheets.kept(page) == {("overall", "2"), ("E", "skip"), ("visit", "ask")}
        assert sheets.stored(app) == []
        again = sheets.send(client, place.token, sheets.fields(page), overall="2")
        assert again.status_code == 303


def test_a_late_copy_of_a_sheet_that_arrived_is_still_the_same_answer(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    first = sheets.send(client, place.token, hidden)
    with time_machine.travel(period.now() + timedelta(hours=73)):
        assert sheets.send(client, place.token, hidden).location == first.location
    assert len(sheets.stored(app)) == 1


@pytest.mark.parametrize("sheet", ["", "forged", "WyJhIl0.forged.forged"])
def test_a_forged_sheet_is_not_stored_and_keeps_what_was_chosen(
    app: Flask, client: FlaskClient, place: Place, sheet: str
) -> None:
    answer = client.post(f"/p/{place.token}", data={"sheet": sheet, "overall": "5", "A": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert sheets.kept(page) == {("overall", "5"), ("A", "1")}
    assert sheets.stored(app) == []
    assert sheets.send(client, place.token, sheets.fields(page)).status_code == 303


def test_a_sheet_of_another_counter_is_not_accepted_here(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.other_token)
    assert sheets.send(client, place.token, hidden).status_code == 400
    assert sheets.stored(app) == []


def test_a_database_that_cannot_write_loses_nothing(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    with mock.patch("survey.storage.responses.add", side_effect=FULL):
        answer = sheets.send(client, place.token, hidden, overall="4", B="2")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "Chưa gửi được" in page
    assert sheets.focused(page) == "Máy chủ đang bận nên chưa ghi được"
    assert sheets.fields(page) == hidden | {"overall": "4", "B": "2"}
    again = client.post(re.findall(r'action="([^"]+)"', page)[0], data=sheets.fields(page))
    assert again.status_code == 303
    assert len(sheets.stored(app)) == 1
