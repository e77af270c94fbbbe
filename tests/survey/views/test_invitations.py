"""The page that issues one-time codes."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey.db import session
from survey.storage import audit_entries
from survey.storage.invitations import Invitation
from survey.views import invitations as view
from tests import dossiers, province, sheets
from tests.posters import codes, pages
from tests.province import Place

PATH = "/invitations"


def _send(
    client: FlaskClient, listed: bytes | None = None, *, button: str = "submit", **data: str
) -> TestResponse:
    fields = {"csrf_token": province.csrf_token(client, PATH), "form": "csv", button: "1"} | data
    if listed is not None:
        fields["file"] = (BytesIO(listed), "returned.csv")  # type: ignore[assignment]
    answer = client.post(
        PATH, data=fields, headers=province.referer(PATH), base_url="https://localhost"
    )
    answer.get_data()  # a file left open is a warning
    answer.close()
    return answer


def _stored(app: Flask) -> int:
    with app.app_context():
        return session().scalar(select(func.count()).select_from(Invitation)) or 0


def _code(answer: TestResponse, line: int = 1) -> str:
    return answer.get_data().decode("utf-8-sig").splitlines()[line].split(";")[1]


def test_the_page_offers_the_open_counters_of_the_subtree_that_count(
    manager: FlaskClient, place: Place
) -> None:
    page = province.get(manager, PATH).get_data(as_text=True)
    assert "Phường Ninh Kiều – Quầy 1: Hộ tịch</option>" in page
    assert "Quầy 2: Đất đai" not in page
    assert "Quầy thử" not in page
    assert ">Phiếu mời</a>" in page


def test_a_number_of_slips_is_handed_over_as_a_pdf_whose_codes_open_the_form(
    app: Flask, client: FlaskClient, manager: FlaskClient, place: Place
) -> None:
    answer = _send(manager, point=place.point, n="3", form="pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=phieu-moi-1.pdf"
    found = codes(pages(answer.get_data())[0])
    assert len(found) == 3
    for address in found:
        assert client.get(address.removeprefix("https://hailong.example.vn")).status_code == 200


def test_a_list_is_checked_first_and_issued_afterwards(
    app: Flask, client: FlaskClient, manager: FlaskClient, place: Place
) -> None:
    listed = dossiers.export([dossiers.row(1), dossiers.row(2)])
    tried = _send(manager, listed, point="*", button="check").get_data(as_text=True)
    assert "Kiểm tra thử: cấp được 2 mã. Chưa cấp gì." in tried
    assert "Các cột không đọc, không lưu: Họ tên." in tried
    assert _stored(app) == 0
    code = _code(_send(manager, listed, point="*"))
    client.post(
        f"/m/{code}",
        data=sheets.fields(client.get(f"/m/{code}").get_data(as_text=True)) | {"overall": "1"},
    )
    (stored,) = sheets.stored(app)
    assert (stored.channel, stored.deciding_agency) == ("invitation", "UBND phường Ninh Kiều")
    again = _send(manager, listed, point="*").get_data(as_text=True)
    assert "Không còn hồ sơ nào cần cấp mã" in again


def test_a_wrong_list_says_what_to_correct_and_issues_nothing(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    wrong = _send(manager, dossiers.export([dossiers.row(1, number="x")]), point="*")
    assert wrong.status_code == 422
    assert "Dòng 2: số hồ sơ không đúng dạng" in wrong.get_data(as_text=True)
    nameless = _send(manager, "Họ tên\nA\n".encode(), point="*")
    assert nameless.status_code == 422
    assert "Không nhận ra cột số hồ sơ" in nameless.get_data(as_text=True)
    assert _stored(app) == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"point": "*", "n": "5"}, "xin chọn một quầy"),
        ({"n": "5"}, "Xin chọn quầy"),
        ({"point": "P"}, "Xin điền số phiếu hoặc chọn một danh sách"),
        ({"point": "P", "n": "0"}, "từ 1 đến 20.000"),
        ({"point": "P", "n": "nhiều"}, "Xin ghi một số, ví dụ 120."),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_field(
    app: Flask, manager: FlaskClient, place: Place, data: dict[str, str], words: str
) -> None:
    data = {key: place.point if value == "P" else value for key, value in data.items()}
    answer = _send(manager, **data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert _stored(app) == 0


def test_a_pdf_of_thousands_is_refused_in_favour_of_a_zip(
    app: Flask, manager: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "IN_A_PDF", 5)
    answer = _send(manager, point=place.point, n="6", form="pdf")
    assert answer.status_code == 422
    assert "Xin chọn tệp ZIP" in answer.get_data(as_text=True)
    assert _stored(app) == 0
    assert _send(manager, point=place.point, n="6", form="zip").status_code == 200


def test_the_next_printing_waits_for_the_first_without_issuing_anything(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    with view._press:
        busy = _send(manager, point=place.point, n="1", form="pdf")
    assert busy.status_code == 303
    assert "Đang in một bộ phiếu khác" in province.get(manager, PATH).get_data(as_text=True)
    assert _stored(app) == 0


def test_another_commune_neither_issues_here_nor_sees_what_was_issued(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    assert _send(manager, point=place.other_point, n="1").status_code == 422
    foreign = dossiers.export([dossiers.row(1, point="Quầy 2: Đất đai")])
    assert _send(manager, foreign, point="*").status_code == 422
    dossiers.issue(app, place.other_point, 2)
    assert "Các lần cấp" not in province.get(manager, PATH).get_data(as_text=True)
    assert province.post(manager, f"{PATH}/1/discard", PATH).status_code == 404
    assert _stored(app) == 2


def _cells(page: str) -> list[str]:
    """Return the lines of a table that hold figures: a form beside them has a token of its own."""
    return [line for line in page.splitlines() if "<td>" in line and "<form" not in line]


def test_an_issue_is_listed_without_saying_what_was_used_and_can_be_discarded(
    app: Flask, client: FlaskClient, manager: FlaskClient, place: Place
) -> None:
    code = _code(_send(manager, point=place.point, n="7"))
    before = province.get(manager, PATH).get_data(as_text=True)
    assert "<td>1</td>" in before
    assert "<td>7</td>" in before
    hidden = sheets.fields(client.get(f"/m/{code}").get_data(as_text=True))
    client.post(f"/m/{code}", data=hidden | {"overall": "1"})
    after = province.get(manager, PATH).get_data(as_text=True)
    assert _cells(after) == _cells(before)
    gone = province.post(manager, f"{PATH}/1/discard", PATH)
    assert gone.status_code == 303
    assert "Đã hủy 7 mã" in province.get(manager, PATH).get_data(as_text=True)
    assert _stored(app) == 0
    with app.app_context():
        acts = [(entry.act, entry.actor) for entry in audit_entries.page(session()).rows]
    assert acts[:2] == [
        ("discard invitations", place.manager),
        ("issue invitations", place.manager),
    ]


def test_a_clerk_may_issue_and_a_reader_may_not(app: Flask, place: Place) -> None:
    clerk = province.sign_in(app, province.person(app, "c@hailong.example", ("clerk", "31117")))
    assert _send(clerk, point=place.point, n="1").status_code == 200
    reader = province.sign_in(app, province.person(app, "r@hailong.example", ("reader", "31117")))
    assert province.get(reader, PATH).status_code == 403
