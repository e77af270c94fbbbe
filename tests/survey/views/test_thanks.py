import re
from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import period
from survey.db import session
from survey.storage.comments import Comment
from tests import sheets
from tests.province import Place


def _thanks(client: FlaskClient, place: Place) -> tuple[str, str]:
    location = sheets.answer(client, place.token).location
    return location, client.get(location).get_data(as_text=True)


def _comments(app: Flask) -> list[str]:
    with app.app_context():
        return list(session().scalars(select(Comment.text)))


def test_the_receipt_is_shown_and_says_nothing_about_the_levels(
    client: FlaskClient, place: Place
) -> None:
    _location, page = _thanks(client, place)
    assert re.search(r'class="receipt">[2-9A-Z]{5}-[2-9A-Z]{5}<', page)
    # Visible words only: the style sheet has digits of its own.
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "Hài lòng" not in words
    assert "hài lòng" not in words


def test_the_page_says_a_comment_is_no_complaint_and_where_to_send_one(
    client: FlaskClient, place: Place
) -> None:
    _location, page = _thanks(client, place)
    assert "không thay cho phản ánh, kiến nghị, khiếu nại, tố cáo" in page
    assert 'href="https://dichvucong.gov.vn"' in page


def test_a_comment_is_stored_once_however_often_it_is_sent(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, page = _thanks(client, place)
    data = sheets.fields(page) | {"text": "  Ghế chờ ít quá.  "}
    first, second = client.post(location, data=data), client.post(location, data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert _comments(app) == ["Ghế chờ ít quá."]
    assert "Đã nhận góp ý" in client.get(first.location).get_data(as_text=True)


def test_an_empty_comment_is_said_and_not_stored(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, page = _thanks(client, place)
    answer = client.post(location, data=sheets.fields(page) | {"text": " \n "})
    assert answer.status_code == 422
    assert "chưa viết gì" in answer.get_data(as_text=True)
    assert _comments(app) == []


def test_a_comment_that_is_too_long_stays_in_its_box(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, page = _thanks(client, place)
    long = "Tôi chờ lâu. " * 200
    answer = client.post(location, data=sheets.fields(page) | {"text": long})
    assert answer.status_code == 422
    assert "2000" in answer.get_data(as_text=True)
    assert long.strip() in answer.get_data(as_text=True)
    assert _comments(app) == []


def test_a_comment_sent_too_late_or_with_a_forged_form_stays_in_its_box(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, page = _thanks(client, place)
    data = sheets.fields(page) | {"text": "Cảm ơn."}
    with time_machine.travel(period.now() + timedelta(hours=73)):
        late = client.post(location, data=data)
        assert late.status_code == 422
        assert "Cảm ơn." in late.get_data(as_text=True)
        forged = client.post(location, data={"sheet": "x", "text": "Cảm ơn."})
        assert forged.status_code == 422
        assert _comments(app) == []
        fresh = sheets.fields(late.get_data(as_text=True)) | {"text": "Cảm ơn."}
        assert client.post(location, data=fresh).status_code == 303
    assert _comments(app) == ["Cảm ơn."]


def test_a_forged_thank_you_address_is_not_found(client: FlaskClient, place: Place) -> None:
    location, _page = _thanks(client, place)
    signed = location.rpartition("/")[2]
    assert client.get(f"/p/{place.token}/thanks/forged").status_code == 404
    assert client.get(f"/p/{place.other_token}/thanks/{signed}").status_code == 404
    assert client.post(f"/p/{place.token}/thanks/forged", data={"text": "x"}).status_code == 404


def test_what_a_citizen_wrote_is_shown_as_text(client: FlaskClient, place: Place) -> None:
    location, _page = _thanks(client, place)
    answer = client.post(location, data={"sheet": "x", "text": "</textarea><script>1</script>"})
    assert "<script>" not in answer.get_data(as_text=True)


def test_the_page_offers_the_form_to_another_person(client: FlaskClient, place: Place) -> None:
    _location, page = _thanks(client, place)
    assert re.search(rf'href="/p/{place.token}">Người khác trả lời<', page)
