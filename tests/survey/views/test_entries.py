import html
import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey import closing, period
from survey.db import session
from survey.storage import points
from survey.storage.responses import Response
from survey.storage.users import CLERK, READER
from tests import posters, province, results, sheets
from tests.province import Place

TUESDAY = datetime(2026, 10, 20, 9, tzinfo=period.VIETNAM)
TODAY = {"channel": "paper", "on": "2026-10-20"}


@pytest.fixture(autouse=True)
def tuesday() -> object:
    with time_machine.travel(TUESDAY) as traveller:
        yield traveller


@pytest.fixture
def clerk(app: Flask, place: Place) -> FlaskClient:
    return province.sign_in(app, province.person(app, "nhap@hailong.example", (CLERK, "31117")))


def _open(client: FlaskClient, place: Place) -> dict[str, str]:
    page = province.get(client, f"/entries/{place.point}")
    assert page.status_code == 200
    return sheets.fields(page.get_data(as_text=True))


def _send(
    client: FlaskClient, place: Place, hidden: dict[str, str] | None = None, **chosen: str
) -> TestResponse:
    hidden = hidden or _open(client, place)
    values = {"sheet": hidden["sheet"]} | TODAY | (chosen or sheets.CHOICES)
    return province.post(client, f"/entries/{place.point}", **values)


def _text(answer: TestResponse) -> str:
    return html.unescape(answer.get_data(as_text=True))


def _after(client: FlaskClient, sent: TestResponse) -> str:
    assert sent.status_code == 303
    return _text(province.get(client, sent.location))


def test_a_paper_sheet_is_stored_with_its_day_and_its_channel(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    page = _after(clerk, _send(clerk, place, **sheets.CHOICES, on="2026-10-17"))
    assert "Đã lưu phiếu, mã biên nhận" in page
    stored = sheets.stored(app)[0]
    assert (stored.channel, stored.business_day) == ("paper", date(2026, 10, 17))
    assert (stored.unit_code, stored.code_id, stored.signs) == ("31117", None, "")
    assert (stored.language, stored.scale_order, stored.visit) == ("vi", "official", "submit")
    assert stored.answers == bytes([5, 4, 3, 6, 9, 6]) + bytes(16)


def test_an_answer_on_the_telephone_is_another_channel(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    _send(clerk, place, channel="phone", overall="2")
    assert [row.channel for row in sheets.stored(app)] == ["phone"]


def test_the_next_sheet_keeps_the_day_and_the_way_but_no_choice(
    clerk: FlaskClient, place: Place
) -> None:
    page = _after(clerk, _send(clerk, place, channel="phone", on="2026-10-17", overall="2"))
    assert sheets.kept(page) == set()
    assert re.search(r'value="phone"[^>]*checked|checked[^>]*value="phone"', page)
    assert 'value="2026-10-17"' in page


def test_a_sheet_typed_in_wrong_is_taken_back_with_its_receipt(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    page = _after(clerk, _send(clerk, place))
    found = re.search(r"mã biên nhận ([2-9A-Z]{5}-[2-9A-Z]{5})\.", page)
    assert found
    assert 'href="/receipt"' in page
    app.test_client().post("/receipt", data={"code": found[1], "withdraw": "answer"})
    assert sheets.stored(app) == []


def test_a_second_press_stores_nothing_and_the_back_button_asks_first(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    hidden = _open(clerk, place)
    assert _send(clerk, place, hidden).status_code == 303
    assert _send(clerk, place, hidden).status_code == 303
    assert len(sheets.stored(app)) == 1
    other = _send(clerk, place, hidden, overall="1")
    assert other.status_code == 409
    assert ("overall", "1") in sheets.kept(_text(other))
    assert len(sheets.stored(app)) == 1
    assert _send(clerk, place, sheets.fields(_text(other)), overall="1").status_code == 303
    assert len(sheets.stored(app)) == 2


def test_a_page_left_open_for_days_keeps_what_was_chosen(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    hidden = _open(clerk, place)
    with time_machine.travel(TUESDAY + timedelta(days=4)):
        again = province.sign_in(app, "nhap@hailong.example")
        late = _send(again, place, hidden, overall="4")
        assert late.status_code == 410
        assert "mở quá lâu" in _text(late)
        assert ("overall", "4") in sheets.kept(_text(late))
        assert _send(again, place, sheets.fields(_text(late)), overall="4").status_code == 303
    assert len(sheets.stored(app)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on": "2026-10-21"}, "Ngày này chưa tới."),
        ({"on": "2025-06-30"}, "Ngày này quầy chưa mở."),
        ({"on": ""}, "Xin ghi ngày người dân trả lời."),
        ({"channel": "qr"}, "Lựa chọn này không có trong danh sách."),
        ({"overall": "", "A": "skip"}, "phiếu chưa có mức hài lòng nào"),
        ({"overall": "6"}, "có ô chưa đúng"),
    ],
)
def test_a_wrong_sheet_says_what_is_wrong_and_stores_nothing(
    app: Flask, clerk: FlaskClient, place: Place, wrong: dict[str, str], said: str
) -> None:
    refused = _send(clerk, place, **({"overall": "4"} | wrong))
    assert refused.status_code == 422
    assert said in _text(refused)
    assert sheets.stored(app) == []


def test_a_month_that_has_closed_takes_no_more_sheets(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    with app.app_context():
        closing.close_day(session(), date(2026, 10, 6), at=period.now(), threshold=10)
        session().commit()
    assert _send(clerk, place, overall="4", on="2026-09-30").status_code == 303
    with app.app_context():
        closing.close_day(session(), date(2026, 10, 7), at=period.now(), threshold=10)
        session().commit()
    refused = _send(clerk, place, overall="4", on="2026-09-30")
    assert refused.status_code == 422
    assert "Tháng 9/2026 đã chốt" in _text(refused)
    assert len(sheets.stored(app)) == 1


def test_no_sheet_is_typed_in_for_a_unit_that_had_the_counter_before(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    with app.app_context():
        moved = points.any_of(session(), place.other_point)
        points.move(session(), moved, "31117", date(2026, 10, 20))
        session().commit()
    sheet = sheets.fields(_text(province.get(clerk, f"/entries/{place.other_point}")))
    path, values = f"/entries/{place.other_point}", {"sheet": sheet["sheet"], "overall": "1"}
    refused = province.post(clerk, path, **values, channel="paper", on="2026-10-19")
    assert refused.status_code == 422
    assert "thuộc một đơn vị khác" in _text(refused)
    assert province.post(clerk, path, **values, **TODAY).status_code == 303


def test_nobody_types_in_for_a_counter_outside_his_units(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    assert province.get(clerk, f"/entries/{place.other_point}").status_code == 404
    reader = province.sign_in(app, province.person(app, "xem@hailong.example", (READER, "31117")))
    assert province.get(reader, f"/entries/{place.point}").status_code == 403


def test_who_has_one_counter_comes_straight_to_it_and_others_choose(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    assert province.get(clerk, "/entries").location == f"/entries/{place.point}"
    provincial = province.sign_in(app, place.provincial)
    page = _text(province.get(provincial, "/entries"))
    assert "Phường Cái Khế – Quầy 2: Đất đai" in page
    assert "Quầy thử" not in page
    chosen = province.get(provincial, f"/entries?point={place.other_point}")
    assert chosen.location == f"/entries/{place.other_point}"


def test_a_unit_without_counters_is_told_what_to_do(app: Flask, place: Place) -> None:
    with app.app_context():
        points.move(session(), points.any_of(session(), place.point), "31120", period.today())
        points.move(session(), points.any_of(session(), place.other_point), "31120", period.today())
        session().commit()
    manager = province.sign_in(app, place.manager)
    assert "Chưa có quầy nào." in _text(province.get(manager, "/entries"))


def test_typed_sheets_are_counted_apart_and_written_in_the_log(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    for _ in range(12):
        assert _send(clerk, place, overall="4", A="4").status_code == 303
    with app.app_context():
        closing.close_day(session(), period.today(), at=period.now(), threshold=10)
        session().commit()
    manager = province.sign_in(app, place.manager)
    assert "phiếu giấy 12" in results.words(manager, "/results/units/31117/2026-10")
    provincial = province.person(app, "tinh@hailong.example", ("province-admin", "92"))
    log = _text(province.get(province.sign_in(app, provincial), "/audit"))
    assert log.count(f"{place.point}") >= 12
    assert "paper 2026-10-20" in log


def test_the_form_on_paper_is_handed_over_for_the_counter(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    path = f"/entries/{place.point}/paper.pdf"
    assert f'href="{path}"' in _text(province.get(clerk, f"/entries/{place.point}"))
    file = province.get(clerk, path)
    assert file.mimetype == "application/pdf"
    assert "Phường Ninh Kiều Quầy 1: Hộ tịch" in posters.texts(file.data)[0]
    with app.app_context():
        points.any_of(session(), place.point).name = "Quầy 😀"
        session().commit()
    assert "Bước tiếp theo: đổi tên" in _text(
        province.get(clerk, province.get(clerk, path).location)
    )


def test_typing_fast_is_no_sign_of_irregular_answering(
    app: Flask, clerk: FlaskClient, place: Place
) -> None:
    for _ in range(8):
        _send(clerk, place, **dict.fromkeys(("overall", "A", "B", "C", "D", "E"), "5"))
    rows: list[Response] = sheets.stored(app)
    assert [row.signs for row in rows] == [""] * 8
