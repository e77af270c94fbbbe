"""The page that takes answers people already have."""

import unicodedata
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey import intake, period
from survey.answers_file.rows import check
from survey.db import session
from survey.storage import imports, points, responses, units
from survey.storage.imports import Import, ImportedRow
from survey.storage.responses import Response
from tests import google, province
from tests.province import Place
from tests.sheets import stored

ON_HTTPS = {"base_url": "https://localhost"}
PATH = "/imports/new"


def _page(answer: TestResponse) -> str:
    return unicodedata.normalize("NFC", answer.get_data(as_text=True))


def _send(
    client: FlaskClient,
    data: bytes | None,
    point: str,
    *,
    button: str = "submit",
    name: str = "phiếu.csv",
    mapping: bytes | None = None,
) -> TestResponse:
    fields = {"csrf_token": province.csrf_token(client, PATH), "point": point, button: "1"}
    fields["file"] = (BytesIO(data or b""), name if data is not None else "")  # type: ignore[assignment]
    if mapping is not None:
        fields["mapping"] = (BytesIO(mapping), "cot.toml")  # type: ignore[assignment]
    return client.post(PATH, data=fields, headers=province.referer(PATH), **ON_HTTPS)


def _nothing_stored(app: Flask) -> bool:
    with app.app_context():
        tables = (Response, ImportedRow, Import)
        return not any(session().scalar(select(func.count()).select_from(t)) for t in tables)


def test_the_page_offers_the_counters_of_the_subtree_that_count(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    page = _page(manager.get(PATH, **ON_HTTPS))
    assert "Phường Ninh Kiều – Quầy 1: Hộ tịch</option>" in page
    assert "Theo cột quầy trong tệp" in page
    assert "Quầy 2: Đất đai" not in page
    assert "Quầy thử" not in page
    assert "<script" not in page
    with app.app_context():
        points.close(points.any_of(session(), place.point), period.now())
        session().commit()
    provincial = province.sign_in(app, place.provincial)
    page = _page(provincial.get(PATH, **ON_HTTPS))
    other = page.index("Phường Cái Khế – Quầy 2: Đất đai</option>")
    assert other < page.index("Phường Ninh Kiều – Quầy 1: Hộ tịch (đã đóng)</option>")


def test_a_trial_run_says_what_would_be_taken_in_and_stores_nothing(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    sent = _send(manager, google.export(), place.point, button="check")
    page = _page(sent)
    assert sent.status_code == 200
    assert "Kiểm tra thử: nhập được 3 phiếu. Chưa lưu gì." in page
    assert "chọn lại tệp này rồi bấm <b>Nhập phiếu</b>" in page
    assert "Các cột không đọc, không lưu: Họ và tên, số điện thoại, Ý kiến khác." in page
    assert _nothing_stored(app)


def test_a_file_is_taken_in_and_the_page_says_what_comes_next(both_app: Flask) -> None:
    place = province.build(both_app)
    manager = province.sign_in(both_app, place.manager)
    sent = _send(manager, google.export(), place.point)
    page = _page(sent)
    assert sent.status_code == 200
    assert "Đã nhập 3 phiếu." in page
    assert "không tính vào chỉ số chính; hiện sau lần chốt 06:00" in page
    found = sorted(row.answers[:6] for row in stored(both_app))
    assert found == sorted(google.ANSWERS)
    with both_app.app_context():
        assert responses.count(session(), points.any_of(session(), place.point)) == 3
    again = _send(manager, google.export(), place.point)
    assert "Mọi phiếu trong tệp đã được nhập từ trước" in _page(again)
    assert len(stored(both_app)) == 3


def test_a_wrong_row_refuses_the_file_in_vietnamese(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    rows = [*google.ROWS, "25/13/2026|<b>Tốt</b>||||||"]
    sent = _send(manager, google.export(rows), place.point)
    page = _page(sent)
    assert sent.status_code == 422
    assert "Chưa nhập phiếu nào: có 1 dòng sai." in page
    assert "Dòng 5: “25/13/2026” không phải ngày" in page
    assert "“&lt;b&gt;Tốt&lt;/b&gt;” ở cột" in page
    assert "<title>Chưa nhập được" in page
    assert _nothing_stored(app)


def test_a_thousand_wrong_rows_are_counted_and_twenty_shown(
    manager: FlaskClient, place: Place
) -> None:
    data = google.export(["hôm qua|5"] * 1234, ["Ngày", "overall"])
    page = _page(_send(manager, data, place.point, button="check"))
    assert "có 1.234 dòng sai" in page
    assert page.count("không phải ngày") == 20
    assert "… và 1.214 lỗi nữa" in page


def test_a_column_may_name_counters_of_the_subtree_only(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    rows = ["05/01/2026|5|quay 1: ho tich", "05/01/2026|4|Quầy 2: Đất đai"]
    rows += [f"05/01/2026|4|{place.other_point}", "05/01/2026|3|Quầy thử"]
    data = google.export(rows, ["Ngày", "overall", "Quầy"])
    page = _page(_send(manager, data, "*"))
    assert "Dòng 2" not in page
    assert "Dòng 3: không có quầy nào tên “Quầy 2: Đất đai” trong các đơn vị được giao" in page
    assert f"Dòng 4: không có quầy nào tên “{place.other_point}”" in page
    assert "Dòng 5: Quầy thử là quầy thử" in page
    assert _nothing_stored(app)
    provincial = province.sign_in(app, place.provincial)
    assert "Đã nhập 3 phiếu." in _page(
        _send(provincial, google.export(rows[:3], ["Ngày", "overall", "Quầy"]), "*")
    )


def test_a_counter_outside_the_subtree_or_for_trials_cannot_be_chosen(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    with app.app_context():
        trial = points.by_token(session(), place.test_token).point.public_id
    for point in (place.other_point, trial, "x", ""):
        sent = _send(manager, google.export(), point)
        assert sent.status_code == 422
    assert "Xin chọn quầy" in _page(sent)
    assert _nothing_stored(app)


def test_a_mapping_is_taken_with_the_file(app: Flask, manager: FlaskClient, place: Place) -> None:
    mapping = 'date = "Lúc"\ndate_order = "mdy"\n[items]\nA = "Nơi đón tiếp"\n'.encode()
    data = google.export(["01/25/2026|Hài lòng"], ["Lúc", "Mức độ [Nơi đón tiếp]"])
    sent = _send(manager, data, place.point, mapping=mapping)
    assert "Đã nhập 1 phiếu." in _page(sent)
    assert stored(app)[0].answers[:3] == bytes([0, 4, 0])
    wrong = _send(manager, data, place.point, mapping=b"ngay = 'x'")
    assert wrong.status_code == 422
    assert "Tệp khai báo cột có “ngay” là mục không có." in _page(wrong)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (None, "", "Xin chọn tệp."),
        (b"%PDF-1.7", "x.pdf", "Chỉ nhận tệp .csv hoặc .xlsx."),
        (b"", "x.csv", "Tệp x.csv trống."),
        (google.export([]), "x.csv", "chỉ có dòng tên cột"),
        ("Ngày,overall\n05/01/2026,Hà\n".encode("cp1258", "replace"), "x.csv", "bảng mã UTF-8"),
        (b"PK\x03\x04", "x.xlsx", "không đọc được như tệp Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.xlsx", "kiểu cũ hoặc có mật khẩu"),
        ("Ngày,Tên\n05/01/2026,An\n".encode(), "x.csv", "Không nhận ra cột nào là câu hỏi"),
        (b'Timestamp,overall\n05/01/2026,"5\n', "x.csv", "Dòng 2: dấu ngoặc kép"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(
    manager: FlaskClient, place: Place, data: bytes | None, name: str, said: str
) -> None:
    sent = _send(manager, data, place.point, name=name)
    assert sent.status_code == 422
    assert said in _page(sent)
    assert _nothing_stored(manager.application)


def test_a_file_above_the_limit_gets_a_page_that_names_the_command(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(UPLOAD_LENGTH=100_000)
    place = province.build(app)
    manager = province.sign_in(app, place.manager)
    below = _send(manager, google.simple(2_600), place.point)
    assert "Đã nhập 2.600 phiếu." in _page(below)
    above = _send(manager, google.simple(5_000), place.point)
    assert above.status_code == 413
    assert "flask responses import" in _page(above)


def test_a_large_body_is_taken_nowhere_else(app: Flask, manager: FlaskClient, place: Place) -> None:
    big = {"name": "x" * 100_000, "csrf_token": province.csrf_token(manager, "/points/new")}
    sent = manager.post(
        "/points/new", data=big, headers=province.referer("/points/new"), **ON_HTTPS
    )
    assert sent.status_code == 413
    form = app.test_client().post(f"/p/{place.token}", data={"sheet": "x" * 100_000})
    assert form.status_code == 413


def test_a_stranger_is_sent_to_sign_in_before_the_file_is_read(app: Flask, place: Place) -> None:
    data = {"file": (BytesIO(google.simple(4_000)), "x.csv")}
    sent = app.test_client().post(PATH, data=data, **ON_HTTPS)
    assert (sent.status_code, sent.location.partition("?")[0]) == (302, "/login")


def test_a_form_without_its_token_stores_nothing(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    data = {"file": (BytesIO(google.export()), "x.csv"), "point": place.point, "submit": "1"}
    sent = manager.post(PATH, data=data, headers=province.referer(PATH), **ON_HTTPS)
    assert sent.status_code == 400
    assert _nothing_stored(app)


def test_a_file_in_place_of_a_choice_is_no_choice(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    data = {
        "csrf_token": province.csrf_token(manager, PATH),
        "file": (BytesIO(google.export()), "x.csv"),
        "point": (BytesIO(b"x"), place.point),
    }
    sent = manager.post(PATH, data=data, headers=province.referer(PATH), **ON_HTTPS)
    assert sent.status_code == 422
    assert _nothing_stored(app)


def test_answers_of_citizens_do_not_wait_while_a_file_is_checked(
    app: Flask, manager: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = intake.plan
    written = []

    def meanwhile(*args: object) -> intake.Plan:
        with app.app_context():  # a session of its own, as another thread would have
            session().connection()  # begins to write at once, or waits for the turn
            written.append(units.is_empty(session()))
        return plan(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "plan", meanwhile)
    assert "Đã nhập 3 phiếu." in _page(_send(manager, google.export(), place.point))
    assert written == [False]


def test_rows_of_an_unfinished_import_are_explained(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    with app.app_context():
        begun = imports.begin(session(), b"cut off", period.today())
        point = points.any_of(session(), place.point)
        source = intake.Source(
            file=BytesIO(google.export()), name="x", mapping=None, point=point, points=[]
        )
        opened = intake.prepare(session(), source, period.today())
        session().commit()
        rows = check(opened.table.rows, opened.reader).rows
        imports.remember(session(), begun.id, b"cut off", [row.digest for row in rows[:2]])
        session().commit()
    sent = _send(manager, google.export(), place.point)
    assert sent.status_code == 422
    assert f"2 phiếu trong tệp thuộc lần nhập số {begun.id}" in _page(sent)
    assert f"flask responses discard {begun.id}" in _page(sent)
