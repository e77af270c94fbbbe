from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey import period
from survey.db import session
from survey.storage import audit_entries, points
from survey.storage.points import ServicePoint
from tests import province
from tests.province import Place

ON_HTTPS = {"base_url": "https://localhost"}


def _get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, **ON_HTTPS)


def _post(client: FlaskClient, path: str, page: str | None = None, **data: str) -> TestResponse:
    source = page or path
    token = province.csrf_token(client, source)
    return client.post(
        path, data=data | {"csrf_token": token}, headers=province.referer(source), **ON_HTTPS
    )


def _point(app: Flask, public_id: str) -> ServicePoint:
    with app.app_context():
        point = points.any_of(session(), public_id)
        session().refresh(point, ["codes", "assignments"])
        return point


def test_a_manager_sees_the_counters_of_the_subtree_only(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    page = _get(manager, "/points").get_data(as_text=True)
    assert "Quầy 1: Hộ tịch" in page
    assert "Quầy 2: Đất đai" not in page
    provincial = province.sign_in(app, place.provincial)
    assert "Quầy 2: Đất đai" in _get(provincial, "/points").get_data(as_text=True)


def test_a_search_without_result_leads_back_to_all(manager: FlaskClient) -> None:
    assert "Quầy 1" in _get(manager, "/points?q=ho%20tich").get_data(as_text=True)
    page = _get(manager, "/points?q=khong-co").get_data(as_text=True)
    assert "Không có quầy nào khớp" in page
    assert "Xem tất cả" in page


@pytest.mark.parametrize("number", ["0", "-3", "99", "x", "99999999999999999999"])
def test_a_page_number_that_is_none_shows_a_page(manager: FlaskClient, number: str) -> None:
    assert _get(manager, f"/points?page={number}").status_code == 200


def test_an_empty_unit_is_told_the_first_step(app: Flask, place: Place) -> None:
    with app.app_context():
        for point in session().scalars(select(ServicePoint)):
            points.move(session(), point, "31120", period.today())
        session().commit()
    page = _get(province.sign_in(app, place.manager), "/points").get_data(as_text=True)
    assert "Bước đầu tiên" in page


def test_a_counter_is_created_with_its_code(app: Flask, manager: FlaskClient) -> None:
    sent = _post(manager, "/points/new", name="  quầy  3 ", field="", unit="31117")
    assert sent.status_code == 303
    public_id = sent.location.rpartition("/")[2]
    page = _get(manager, sent.location).get_data(as_text=True)
    point = _point(app, public_id)
    assert (point.name, point.field, point.is_test) == ("Quầy 3", None, False)
    assert f"https://hailong.example.vn/p/{point.code.token}" in page
    assert "<svg" in page


def test_a_name_already_taken_is_refused_and_the_input_kept(manager: FlaskClient) -> None:
    sent = _post(manager, "/points/new", name="Quầy 1: Hộ Tịch", unit="31117", field="Đất đai")
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422
    assert "đã có quầy đang mở mang tên đó" in page
    assert 'value="Đất đai"' in page


@pytest.mark.parametrize("unit", ["31120", "92", "", "x"])
def test_a_counter_cannot_be_put_outside_the_subtree(
    app: Flask, manager: FlaskClient, place: Place, unit: str
) -> None:
    assert _post(manager, "/points/new", name="Quầy 9", unit=unit).status_code == 422
    moved = _post(manager, f"/points/{place.point}/move", unit=unit)
    assert moved.status_code == 422
    assert _point(app, place.point).assignments[-1].unit_code == "31117"


def test_a_counter_outside_the_subtree_does_not_exist(manager: FlaskClient, place: Place) -> None:
    for path in ("", "/edit", "/move", "/poster.pdf"):
        assert _get(manager, f"/points/{place.other_point}{path}").status_code == 404
    for action in ("edit", "move", "close", "reopen"):
        sent = _post(manager, f"/points/{place.other_point}/{action}", "/points/new", name="X")
        assert sent.status_code == 404


def test_a_renamed_counter_keeps_its_code(app: Flask, manager: FlaskClient, place: Place) -> None:
    sent = _post(manager, f"/points/{place.point}/edit", name="Quầy Một", field="Tư pháp")
    assert sent.status_code == 303
    point = _point(app, place.point)
    assert (point.name, point.field, point.code.token) == ("Quầy Một", "Tư pháp", place.token)


def test_a_counter_may_keep_its_own_name(manager: FlaskClient, place: Place) -> None:
    path = f"/points/{place.point}/edit"
    assert _post(manager, path, name="Quầy 1: Hộ tịch", field="").status_code == 303
    assert _post(manager, path, name="Q", field="").status_code == 422


def test_a_province_moves_a_counter_from_today(app: Flask, place: Place) -> None:
    provincial = province.sign_in(app, place.provincial)
    sent = _post(provincial, f"/points/{place.point}/move", unit="31120")
    assert sent.status_code == 303
    point = _point(app, place.point)
    assert points.unit_code_on(point, period.today()) == "31120"
    page = _get(provincial, sent.location).get_data(as_text=True)
    assert "Đã thuộc các đơn vị" in page
    manager = province.sign_in(app, place.manager)
    assert _get(manager, f"/points/{place.point}").status_code == 404


def test_no_unit_is_chosen_before_somebody_chooses_it(app: Flask, place: Place) -> None:
    provincial = province.sign_in(app, place.provincial)
    page = _get(provincial, "/points/new").get_data(as_text=True)
    assert "– Chọn đơn vị –" in page
    sent = _post(provincial, "/points/new", name="Quầy 9", unit="")
    assert sent.status_code == 422
    assert "Xin chọn đơn vị." in sent.get_data(as_text=True)
    move = _get(provincial, f"/points/{place.point}/move").get_data(as_text=True)
    assert "Phường Cái Khế" in move
    assert '<option value="31117"' not in move


def test_a_counter_is_not_moved_beside_one_of_its_name(app: Flask, place: Place) -> None:
    provincial = province.sign_in(app, place.provincial)
    _post(provincial, "/points/new", name="Quầy 1: Hộ tịch", unit="31120")
    sent = _post(provincial, f"/points/{place.point}/move", unit="31120")
    assert sent.status_code == 422
    assert "đã có quầy đang mở mang tên đó" in sent.get_data(as_text=True)


def test_a_counter_is_closed_and_reopened(app: Flask, manager: FlaskClient, place: Place) -> None:
    page = f"/points/{place.point}"
    assert _post(manager, f"{page}/close", page).status_code == 303
    assert not _point(app, place.point).is_open
    assert "Đã đóng" in _get(manager, page).get_data(as_text=True)
    assert _post(manager, f"{page}/reopen", page).status_code == 303
    assert _point(app, place.point).is_open


def test_a_counter_is_not_reopened_beside_one_that_took_its_name(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    page = f"/points/{place.point}"
    _post(manager, f"{page}/close", page)
    assert _post(manager, "/points/new", name="Quầy 1: Hộ tịch", unit="31117").status_code == 303
    assert _post(manager, f"{page}/reopen", page).status_code == 303
    assert not _point(app, place.point).is_open
    assert "Đổi tên" in _get(manager, page).get_data(as_text=True)


def test_the_poster_is_a_pdf_named_by_its_serial_and_logged(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    sent = _get(manager, f"/points/{place.point}/poster.pdf")
    assert sent.mimetype == "application/pdf"
    assert sent.data.startswith(b"%PDF")
    assert f"ma-{place.point.upper()}-01.pdf" in sent.headers["Content-Disposition"]
    with app.app_context():
        entry = audit_entries.page(session()).rows[0]
    assert (entry.actor, entry.act, entry.subject) == (place.manager, "print poster", place.point)
    assert entry.detail == f"a5 {place.point.upper()}-01"


def test_without_a_public_address_there_is_no_poster_and_the_page_says_why(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    app.config["PUBLIC_BASE_URL"] = "http://hailong.example.vn"
    page = _get(manager, f"/points/{place.point}").get_data(as_text=True)
    assert "không dùng https" in page
    assert "<svg" not in page
    assert _get(manager, f"/points/{place.point}/poster.pdf").status_code == 303


def test_a_closed_counter_has_no_poster(manager: FlaskClient, place: Place) -> None:
    page = f"/points/{place.point}"
    _post(manager, f"{page}/close", page)
    assert "Tải mã" not in _get(manager, page).get_data(as_text=True)
    assert _get(manager, f"{page}/poster.pdf").status_code == 303


def test_a_name_that_cannot_be_printed_is_said_and_nothing_breaks(
    manager: FlaskClient, place: Place
) -> None:
    page = f"/points/{place.point}"
    assert _post(manager, f"{page}/edit", name="Quầy 😀", field="").status_code == 303
    sent = _get(manager, f"{page}/poster.pdf")
    assert sent.status_code == 303
    assert "phông chữ không có" in _get(manager, page).get_data(as_text=True)


@pytest.mark.parametrize("name", ["      ", "\u200b\u200b", ""])
def test_an_empty_name_is_refused(manager: FlaskClient, place: Place, name: str) -> None:
    assert _post(manager, "/points/new", name=name, unit="31117").status_code == 422


def test_a_file_in_place_of_a_name_is_not_read(manager: FlaskClient, place: Place) -> None:
    token = province.csrf_token(manager, "/points/new")
    sent = manager.post(
        "/points/new",
        data={"name": (BytesIO(b"x"), "x.txt"), "unit": "31117", "csrf_token": token},
        headers=province.referer("/points/new"),
        **ON_HTTPS,
    )
    assert sent.status_code == 422


def test_a_search_as_long_as_a_page_is_cut(manager: FlaskClient) -> None:
    assert _get(manager, f"/points?q={'a' * 8000}").status_code == 200


def test_a_form_without_its_token_changes_nothing(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    sent = manager.post(f"/points/{place.point}/close", **ON_HTTPS)
    assert sent.status_code == 400
    assert "tải lại trang" in sent.get_data(as_text=True)
    assert _point(app, place.point).is_open
