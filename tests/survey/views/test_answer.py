import re
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from forms.questionnaire import parse
from survey import period, schema
from survey.db import session
from survey.storage import code_tokens, points, questionnaires
from survey.storage.receipts import Receipt
from survey.storage.responses import Response
from tests import province, sheets
from tests.province import Place

FULL = OperationalError("INSERT", {"answers": b"secret"}, Exception("disk is full"))


def _stored(app: Flask) -> list[Response]:
    with app.app_context():
        return list(session().scalars(select(Response)))


def _kept(page: str) -> set[tuple[str, str]]:
    return set(re.findall(r'<input type="radio" name="(\w+)" value="([\w-]+)" checked', page))


def test_the_form_names_unit_and_counter_and_asks_six_questions(
    client: FlaskClient, place: Place
) -> None:
    page = client.get(f"/p/{place.token}").get_data(as_text=True)
    assert "Phường Ninh Kiều" in page
    assert "Quầy 1: Hộ tịch" in page
    assert page.count("<fieldset") == 7  # six questions and the visit
    assert page.count('type="radio"') == 5 + 3 * 7 + 2 * 8 + 3
    assert "Tôi không gặp việc này" in page
    assert "Bỏ qua" in page
    assert "Chưa nhận kết quả" in page
    assert "Không ghi tên" in page
    assert re.search(r"<button>Gửi phiếu</button>", page)


def test_the_scale_has_faces_and_words_and_no_digits(client: FlaskClient, place: Place) -> None:
    page = client.get(f"/p/{place.token}").get_data(as_text=True)
    words = re.findall(r"<label.*?<span>(.*?)</span></label>", page, re.DOTALL)
    assert words[:5] == [
        f'<svg aria-hidden="true" focusable="false"><use href="#f{face}"/></svg>{label}'
        for face, label in enumerate(
            ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"], 1
        )
    ]
    assert not any(re.search(r"\d", re.sub("<.*?>", "", label)) for label in words)


def test_the_form_needs_no_script_no_cookie_and_no_other_request(
    client: FlaskClient, place: Place
) -> None:
    answer = client.get(f"/p/{place.token}")
    page = answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#|data:,|/p/)', page)
    sent = sheets.answer(client, place.token)
    assert "Set-Cookie" not in sent.headers


def test_vietnamese_comes_first_and_english_by_its_link(client: FlaskClient, place: Place) -> None:
    page = client.get(f"/p/{place.token}", headers={"Accept-Language": "en"})
    assert '<html lang="vi">' in page.get_data(as_text=True)
    assert f'href="/p/{place.token}?lang=en"' in page.get_data(as_text=True)
    english = client.get(f"/p/{place.token}?lang=en").get_data(as_text=True)
    assert '<html lang="en">' in english
    assert "How satisfied are you" in english
    assert "Gửi" not in english
    khmer = client.get(f"/p/{place.token}?lang=km").get_data(as_text=True)
    assert '<html lang="vi">' in khmer
    assert "ភាសាខ្មែរ" not in khmer


def test_an_english_answer_is_stored_with_its_wording(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token, "en")
    sent = client.post(f"/p/{place.token}?lang=en", data=hidden | {"overall": "4"})
    assert "Thank you" in client.get(sent.location).get_data(as_text=True)
    (stored,) = _stored(app)
    with app.app_context():
        version = questionnaires.current(session(), "mot-cua")
        assert stored.wording_hash == parse(version.definition).wordings["en"].hash
    assert stored.language == "en"


def test_the_same_submission_twice_is_one_answer_and_the_same_thank_you_page(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    first, second = (sheets.send(client, place.token, hidden) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(_stored(app)) == 1


def test_other_content_on_a_sent_sheet_keeps_the_first_and_offers_another_person(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    first = sheets.send(client, place.token, hidden, overall="1")
    conflict = sheets.send(client, place.token, hidden, overall="5", C="4", visit="ask")
    page = conflict.get_data(as_text=True)
    assert conflict.status_code == 409
    assert "Người khác trả lời" in page
    assert first.location in page
    assert len(_stored(app)) == 1
    offered = sheets.fields(page)
    assert offered["sheet"] != hidden["sheet"]
    other = client.post(f"/p/{place.token}", data=offered)
    assert other.status_code == 303
    assert other.location != first.location
    assert sorted(row.answers[:4] for row in _stored(app)) == [
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
    assert _kept(page) == {("A", "not-met"), ("B", "skip"), ("visit", "collect")}
    assert sheets.fields(page) == hidden
    assert _stored(app) == []


@pytest.mark.parametrize("level", ["0", "6", "9", "5 ", "", "x", "not-met"])
def test_a_level_outside_the_scale_is_never_stored(
    app: Flask, client: FlaskClient, place: Place, level: str
) -> None:
    hidden = sheets.open_form(client, place.token)
    answer = sheets.send(client, place.token, hidden, overall=level, A="4")
    stored = _stored(app)
    if level:
        assert answer.status_code == 422
        assert stored == []
    else:
        assert [row.answers[:2] for row in stored] == [bytes([6, 4])]


def test_an_unknown_field_or_item_is_ignored(app: Flask, client: FlaskClient, place: Place) -> None:
    hidden = sheets.open_form(client, place.token)
    sheets.send(client, place.token, hidden, overall="4", A1="5", Z="1", batch="7")
    assert [row.answers for row in _stored(app)] == [bytes([4, 6, 6, 6, 6, 6]) + bytes(16)]


@pytest.mark.parametrize("typed", ["zzzzzzzz", "22222222", "-", "%00", "ab2cd3ef" * 20])
def test_a_wrong_code_says_what_to_do_and_offers_to_type_it(
    client: FlaskClient, place: Place, typed: str
) -> None:
    answer = client.get(f"/p/{typed}")
    assert answer.status_code == 404
    assert "Mã không đúng" in answer.get_data(as_text=True)
    assert 'name="code"' in answer.get_data(as_text=True)


def test_the_first_page_leads_from_a_typed_code_to_its_form(
    client: FlaskClient, place: Place
) -> None:
    typed = f"{place.token[:4].upper()} {place.token[4:]}"
    answer = client.get("/", query_string={"code": typed}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Quầy 1: Hộ tịch" in answer.get_data(as_text=True)
    whole = client.get("/", query_string={"code": f"https://hailong.example.vn/p/{place.token}/"})
    assert whole.location == f"/p/{place.token}"
    assert client.get(f"/p/{place.token}/").status_code == 200
    assert client.get("/?code=%20-").status_code == 302
    assert client.get("/").status_code == 200


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
        assert sheets.send(client, place.token, hidden).status_code == 303
        assert client.post(f"/p/{place.token}", data={"overall": "5"}).status_code == 410
    assert len(_stored(app)) == 1


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
    assert sorted(row.answers[0] for row in _stored(app)) == [1, 2, 5]


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
        orders = {(row.scale_order, row.drawn) for row in _stored(app)}
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
        new = points.issue_code(session(), point, period.now()).token
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
        assert "quá 3 ngày" in page
        assert _kept(page) == {("overall", "2"), ("E", "skip"), ("visit", "ask")}
        assert _stored(app) == []
        again = sheets.send(client, place.token, sheets.fields(page), overall="2")
        assert again.status_code == 303


def test_a_late_copy_of_a_sheet_that_arrived_is_still_the_same_answer(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    first = sheets.send(client, place.token, hidden)
    with time_machine.travel(period.now() + timedelta(hours=73)):
        assert sheets.send(client, place.token, hidden).location == first.location
    assert len(_stored(app)) == 1


def test_a_sheet_sent_on_the_third_day_is_taken(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    with time_machine.travel(period.now() + timedelta(hours=71)):
        assert sheets.send(client, place.token, hidden).status_code == 303
        assert _stored(app)[0].business_day == period.today()
        assert _stored(app)[0].duration_class == 5


@pytest.mark.parametrize("sheet", ["", "forged", "WyJhIl0.forged.forged"])
def test_a_forged_sheet_is_not_stored_and_keeps_what_was_chosen(
    app: Flask, client: FlaskClient, place: Place, sheet: str
) -> None:
    answer = client.post(f"/p/{place.token}", data={"sheet": sheet, "overall": "5", "A": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert _kept(page) == {("overall", "5"), ("A", "1")}
    assert _stored(app) == []
    assert sheets.send(client, place.token, sheets.fields(page)).status_code == 303


def test_a_sheet_of_another_counter_is_not_accepted_here(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.other_token)
    assert sheets.send(client, place.token, hidden).status_code == 400
    assert _stored(app) == []


def test_a_form_opened_before_the_questionnaire_changed_is_stored_under_its_own_version(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    with app.app_context():
        old = questionnaires.current(session(), "mot-cua")
        definition = old.definition.replace("nơi đón tiếp người dân", "chỗ đón tiếp người dân")
        changed = parse(definition)
        with mock.patch.object(schema, "shipped", return_value=[changed]):
            schema.publish(session(), period.today())
        session().commit()
        new = questionnaires.current(session(), "mot-cua")
    assert (old.version, new.version) == (1, 2)
    assert "chỗ đón tiếp" in client.get(f"/p/{place.token}").get_data(as_text=True)
    assert sheets.send(client, place.token, hidden).status_code == 303
    assert [row.questionnaire_id for row in _stored(app)] == [old.id]


def test_a_test_point_says_so_and_its_sheets_are_marked(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    page = client.get(f"/p/{place.test_token}").get_data(as_text=True)
    assert "Phiếu thử" in page
    sent = sheets.answer(client, place.test_token)
    assert "Phiếu thử" in client.get(sent.location).get_data(as_text=True)
    assert [row.channel for row in _stored(app)] == ["test"]


def test_a_point_may_show_the_scale_reversed_or_half_and_half(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    def first_choice() -> str:
        page = client.get(f"/p/{place.token}").get_data(as_text=True)
        found = re.search(r'name="overall" value="(\d)"', page)
        assert found
        return found[1]

    for order, expected in (("official", {"1"}), ("reversed", {"5"}), ("split", {"1", "5"})):
        with app.app_context():
            points.any_of(session(), place.point).scale_order = order
            session().commit()
        assert {first_choice() for _ in range(30)} == expected
    sheets.answer(client, place.token)
    assert _stored(app)[0].scale_order in {"official", "reversed"}


def test_drawn_items_come_from_all_sixteen(app: Flask, client: FlaskClient, place: Place) -> None:
    for _ in range(60):
        sheets.answer(client, place.token)
    drawn = [row.drawn.split() for row in _stored(app)]
    assert all(len(set(codes)) == 3 for codes in drawn)
    assert len({code for codes in drawn for code in codes}) == 16


def test_a_database_that_cannot_write_loses_nothing(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    with mock.patch("survey.storage.responses.add", side_effect=FULL):
        answer = sheets.send(client, place.token, hidden, overall="4", B="2")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "Chưa gửi được" in page
    assert sheets.fields(page) == hidden | {"overall": "4", "B": "2"}
    again = client.post(re.findall(r'action="([^"]+)"', page)[0], data=sheets.fields(page))
    assert again.status_code == 303
    assert len(_stored(app)) == 1


def test_a_name_that_looks_like_markup_is_shown_as_text(app: Flask, client: FlaskClient) -> None:
    place = province.build(app)
    with app.app_context():
        points.describe(points.any_of(session(), place.point), "<b>Quầy</b> & {{ 7*7 }}", None)
        session().commit()
    page = client.get(f"/p/{place.token}").get_data(as_text=True)
    assert "&lt;b&gt;Quầy&lt;/b&gt; &amp; {{ 7*7 }}" in page


def test_both_databases_take_what_the_form_sends(both_app: Flask) -> None:
    place = province.build(both_app)
    client = both_app.test_client()
    assert sheets.answer(client, place.token).status_code == 303
    hidden = sheets.open_form(client, place.token)
    sheets.send(client, place.token, hidden, overall="1")
    assert sheets.send(client, place.token, hidden, overall="1").status_code == 303
    assert sheets.send(client, place.token, hidden, overall="2").status_code == 409
    assert len(_stored(both_app)) == 2
