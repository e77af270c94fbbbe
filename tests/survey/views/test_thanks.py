import re
from datetime import timedelta
from io import BytesIO
from unittest import mock

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from survey import period
from survey.db import session
from survey.storage.comments import Comment
from tests import sheets
from tests.province import Place

FULL = OperationalError("INSERT", {"text": "secret"}, Exception("disk is full"))


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
    location, _page = _thanks(client, place)
    data = {"text": "  Ghế chờ ít quá.  "}
    first, second = client.post(location, data=data), client.post(location, data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert _comments(app) == ["Ghế chờ ít quá."]
    assert "Đã nhận góp ý" in client.get(first.location).get_data(as_text=True)


def test_an_empty_comment_is_said_and_not_stored(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, _page = _thanks(client, place)
    answer = client.post(location, data={"text": " \n "})
    assert answer.status_code == 422
    assert "chưa viết gì" in answer.get_data(as_text=True)
    assert _comments(app) == []


def test_a_comment_that_is_too_long_stays_in_its_box(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, _page = _thanks(client, place)
    long = "Tôi chờ lâu. " * 200
    answer = client.post(location, data={"text": long})
    assert answer.status_code == 422
    assert "2000" in answer.get_data(as_text=True)
    assert long.strip() in answer.get_data(as_text=True)
    assert _comments(app) == []


def test_a_second_other_comment_is_said_and_stays_in_its_box(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, _page = _thanks(client, place)
    client.post(location, data={"text": "Chờ lâu."})
    second = client.post(location, data={"text": "Và nóng."})
    page = second.get_data(as_text=True)
    assert second.status_code == 409
    assert "Góp ý trước của Ông/Bà đã được nhận" in page
    assert "<p>Và nóng.</p>" in page
    assert "<textarea" not in page
    assert _comments(app) == ["Chờ lâu."]


def test_a_comment_after_three_days_stays_in_its_box(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, _page = _thanks(client, place)
    with time_machine.travel(period.now() + timedelta(hours=73)):
        assert "<textarea" not in client.get(location).get_data(as_text=True)
        late = client.post(location, data={"text": "Cảm ơn."})
    assert late.status_code == 422
    assert "Cảm ơn." in late.get_data(as_text=True)
    assert _comments(app) == []


def test_a_comment_is_not_lost_when_the_database_cannot_write(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, _page = _thanks(client, place)
    with mock.patch("survey.storage.comments.add", side_effect=FULL):
        busy = client.post(location, data={"text": "Cảm ơn."})
    page = busy.get_data(as_text=True)
    assert busy.status_code == 503
    assert sheets.fields(page) == {"text": "Cảm ơn."}
    again = client.post(re.findall(r'action="([^"]+)"', page)[0], data=sheets.fields(page))
    assert again.status_code == 303
    assert _comments(app) == ["Cảm ơn."]


def test_a_file_in_place_of_a_comment_is_no_comment(client: FlaskClient, place: Place) -> None:
    location, _page = _thanks(client, place)
    assert client.post(location, data={"text": (BytesIO(b"x"), "x.txt")}).status_code == 422


def test_the_language_of_a_comment_is_one_that_is_offered(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location, _page = _thanks(client, place)
    client.post(f"{location}?lang={'x' * 500}", data={"text": "Hay."})
    with app.app_context():
        assert session().scalars(select(Comment.language)).all() == ["vi"]


def test_a_forged_thank_you_address_is_not_found(client: FlaskClient, place: Place) -> None:
    location, _page = _thanks(client, place)
    signed = location.rpartition("/")[2]
    assert client.get(f"/p/{place.token}/thanks/forged").status_code == 404
    assert client.get(f"/p/{place.other_token}/thanks/{signed}").status_code == 404
    assert client.post(f"/p/{place.token}/thanks/forged", data={"text": "x"}).status_code == 404


def test_what_a_citizen_wrote_is_shown_as_text(client: FlaskClient, place: Place) -> None:
    location, _page = _thanks(client, place)
    text = "</textarea><script>1</script>" + "x" * 2000
    answer = client.post(location, data={"text": text})
    assert answer.status_code == 422
    assert "<script>" not in answer.get_data(as_text=True)


def test_the_page_offers_the_form_to_another_person(client: FlaskClient, place: Place) -> None:
    _location, page = _thanks(client, place)
    assert re.search(rf'href="/p/{place.token}\?lang=vi">Người khác trả lời<', page)
