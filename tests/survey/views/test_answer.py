import re
from datetime import timedelta
from unittest import mock

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from forms.questionnaire import parse
from survey import period, schema
from survey.db import session
from survey.storage import points, questionnaires
from tests import province, sheets
from tests.province import Place


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
    assert not re.search(r'(src|href)="(?!#|data:,|/p/|/privacy|\?)', page)
    sent = sheets.answer(client, place.token)
    assert "Set-Cookie" not in sent.headers


def test_vietnamese_comes_first_and_english_by_its_link(client: FlaskClient, place: Place) -> None:
    page = client.get(f"/p/{place.token}", headers={"Accept-Language": "en"})
    assert '<html lang="vi">' in page.get_data(as_text=True)
    assert 'hreflang="en" href="?lang=en"' in page.get_data(as_text=True)
    english = client.get(f"/p/{place.token}?lang=en").get_data(as_text=True)
    assert '<html lang="en">' in english
    assert "How satisfied are you" in english
    assert "Gửi" not in english
    khmer = client.get(f"/p/{place.token}?lang=km").get_data(as_text=True)
    assert '<html lang="vi">' in khmer
    assert "ភាសាខ្មែរ" not in khmer
    assert '<html lang="vi">' in client.get("/?lang=km").get_data(as_text=True)
    assert '<html lang="en">' in client.get("/?lang=en").get_data(as_text=True)


def test_an_english_answer_is_stored_with_its_wording(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token, "en")
    sent = client.post(f"/p/{place.token}?lang=en", data=hidden | {"overall": "4"})
    assert "Thank you" in client.get(sent.location).get_data(as_text=True)
    (stored,) = sheets.stored(app)
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
    assert len(sheets.stored(app)) == 1


def test_an_unknown_field_or_item_is_ignored(app: Flask, client: FlaskClient, place: Place) -> None:
    hidden = sheets.open_form(client, place.token)
    sheets.send(client, place.token, hidden, overall="4", A1="5", Z="1", batch="7")
    assert [row.answers for row in sheets.stored(app)] == [bytes([4, 6, 6, 6, 6, 6]) + bytes(16)]


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


def test_a_sheet_sent_on_the_third_day_is_taken(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    hidden = sheets.open_form(client, place.token)
    with time_machine.travel(period.now() + timedelta(hours=71)):
        assert sheets.send(client, place.token, hidden).status_code == 303
        assert sheets.stored(app)[0].business_day == period.today()
        assert sheets.stored(app)[0].duration_class == 5


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
    assert [row.questionnaire_id for row in sheets.stored(app)] == [old.id]


def test_a_test_point_says_so_and_its_sheets_are_marked(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    page = client.get(f"/p/{place.test_token}").get_data(as_text=True)
    assert "Phiếu thử" in page
    sent = sheets.answer(client, place.test_token)
    assert "Phiếu thử" in client.get(sent.location).get_data(as_text=True)
    assert [row.channel for row in sheets.stored(app)] == ["test"]


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
    assert sheets.stored(app)[0].scale_order in {"official", "reversed"}


def test_drawn_items_come_from_all_sixteen(app: Flask, client: FlaskClient, place: Place) -> None:
    for _ in range(60):
        sheets.answer(client, place.token)
    drawn = [row.drawn.split() for row in sheets.stored(app)]
    assert all(len(set(codes)) == 3 for codes in drawn)
    assert len({code for codes in drawn for code in codes}) == 16


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
    assert len(sheets.stored(both_app)) == 2
