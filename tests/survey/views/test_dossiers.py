"""The page that counts results handed over."""

import html
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey import period
from survey.db import session
from survey.storage.audit_entries import AuditEntry
from survey.storage.denominators import Denominator
from tests import province
from tests.province import Place

PATH = "/dossiers"
LAST = period.containing(period.today()).previous
HEADER = "Quầy;Tháng;Số lượng;Hình thức trả kết quả;Người nhận"


def _file(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def _row(n: int, point: str = "Quầy 1: Hộ tịch", channel: str = "Tại quầy") -> str:
    return f"{point};{LAST.name};{n};{channel};Lê A"


def _send(client: FlaskClient, data: bytes, button: str = "submit", **more: str) -> TestResponse:
    fields = {"csrf_token": province.csrf_token(client, PATH), "point": "*", button: "1"} | more
    fields["file"] = (BytesIO(data), "hồ sơ.csv")  # type: ignore[assignment]
    return client.post(
        PATH, data=fields, headers=province.referer(PATH), base_url="https://localhost"
    )


def _page(answer: TestResponse) -> str:
    return html.unescape(answer.get_data(as_text=True))


def _stored(app: Flask) -> list[tuple[str, int, bool]]:
    with app.app_context():
        found = session().scalars(select(Denominator).order_by(Denominator.id))
        return [(row.channel, row.n, row.replaced_on is None) for row in found]


def test_a_trial_run_stores_nothing_and_a_file_is_stored_whole(
    app: Flask, manager: FlaskClient
) -> None:
    data = _file(_row(320), _row(40, channel="Trực tuyến"))
    page = _page(_send(manager, data, "check"))
    assert "Kiểm tra thử: nhập được 360 hồ sơ. Chưa lưu gì." in page
    assert "Các cột không đọc, không lưu: Người nhận." in page
    assert _stored(app) == []
    page = _page(_send(manager, data))
    assert "Đã nhập 360 hồ sơ." in page
    assert LAST.start.strftime("%m/%Y") in page.partition("Đã có</h2>")[2]
    assert _stored(app) == [("counter", 320, True), ("online", 40, True)]
    with app.app_context():
        entry = session().scalars(select(AuditEntry).where(AuditEntry.act == "import dossiers"))
        assert entry.one().detail == "360 results, 1 points and months"


def test_known_counts_are_replaced_only_when_that_is_said(app: Flask, manager: FlaskClient) -> None:
    _send(manager, _file(_row(320), _row(40, channel="Trực tuyến")))
    assert "Không có số nào mới" in _page(_send(manager, _file(_row(320))))
    held = _send(manager, _file(_row(150)))
    assert held.status_code == 422
    assert "Chưa nhập số nào: 1 chỗ đã có số khác." in _page(held)
    assert _stored(app) == [("counter", 320, True), ("online", 40, True)]
    told = _page(_send(manager, _file(_row(350)), replace="y"))
    assert "Đã nhập 350 hồ sơ." in told
    assert "đã thay 1 lần" in told
    assert _stored(app) == [("counter", 320, False), ("online", 40, True), ("counter", 350, True)]


def test_one_wrong_row_refuses_the_file(app: Flask, manager: FlaskClient) -> None:
    sent = _send(manager, _file(_row(320), _row(5, point="Quầy 2: Đất đai")))
    assert sent.status_code == 422
    assert "Dòng 3: không có quầy nào tên “Quầy 2: Đất đai” trong các đơn vị được giao" in _page(
        sent
    )
    assert _stored(app) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Chưa nhập số nào."),
        ("Họ tên\nLê A".encode(), "Không nhận ra cột số hồ sơ"),
        (HEADER.encode(), "chưa có hồ sơ nào"),
    ],
)
def test_a_file_that_cannot_be_meant_says_why(
    manager: FlaskClient, data: bytes, words: str
) -> None:
    sent = _send(manager, data)
    assert (sent.status_code, words in _page(sent)) == (422, True)


def test_who_only_reads_cannot_count(app: Flask, place: Place) -> None:
    reader = province.sign_in(app, province.person(app, "doc@hailong.example", ("reader", "31117")))
    assert province.get(reader, PATH).status_code == 403
