import gzip
import html
import re
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forms.questionnaire import parse
from forms.speakers import SPOKEN as SPOKEN_LANGUAGES
from survey import period, schema
from survey.db import session
from survey.storage import points
from survey.storage.points import ServicePoint
from tests import province, recordings, sheets
from tests.province import Place
from tests.recordings import tagged

NONE, SPOKEN = "chưa có bản đọc", "Người dân ở đây nói tiếng khác"


def _players(client: FlaskClient, address: str) -> list[str]:
    return re.findall(r'src="(/audio/\w+)"', client.get(address).get_data(as_text=True))


def _reverse(app: Flask, place: Place) -> None:
    with app.app_context():
        point: ServicePoint = points.any_of(session(), place.point)
        point.scale_order = "reversed"
        session().commit()


def _unit_page(client: FlaskClient) -> str:
    shown = client.get("/results/units/31117", base_url="https://localhost", follow_redirects=True)
    return html.unescape(shown.get_data(as_text=True))


def test_nothing_is_heard_where_nothing_was_recorded(client: FlaskClient, place: Place) -> None:
    assert "<audio" not in client.get(f"/p/{place.token}").get_data(as_text=True)


def test_every_question_has_its_recording_and_none_is_fetched_unasked(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    client.get(f"/p/{place.token}")  # the stencil without recordings is cut
    recordings.put_in(app)
    page = client.get(f"/p/{place.token}").get_data(as_text=True)
    assert page.count('<audio controls preload="none"') == page.count("<fieldset") == 7
    names = ("overall", "A", "B", "C", "D", "E", "visit")
    heard = [client.get(address).data for address in _players(client, f"/p/{place.token}")]
    assert heard == [tagged(name) for name in names]
    hidden = sheets.fields(page)
    again = client.post(f"/p/{place.token}", data=hidden).get_data(as_text=True)
    assert again.count("<audio") == 7


def test_the_details_after_the_thank_you_are_heard_too(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    recordings.put_in(app)
    sent = sheets.answer(client, place.token)
    more = client.get(f"{sent.location}/more").get_data(as_text=True)
    assert more.count("<audio") == more.count("<fieldset") > 2


def test_a_recording_of_old_words_is_not_played_for_new_ones(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    recordings.put_in(app)
    before = _players(client, f"/p/{place.token}")
    with app.app_context():
        definition = recordings.questionnaire(session()).definition
        changed = parse(definition.replace("nơi đón tiếp người dân", "chỗ đón tiếp người dân"))
        with mock.patch.object(schema, "shipped", return_value=[changed]):
            schema.publish(session(), period.today())
        session().commit()
    assert _players(client, f"/p/{place.token}") == [before[0], *before[2:]]


def test_a_reversed_scale_is_never_read_in_the_official_order(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    recordings.put_in(app)
    _reverse(app, place)
    assert len(_players(client, f"/p/{place.token}")) == 1  # the visit alone reads the same
    recordings.put_in(app, scale_order="reversed")
    heard = [client.get(address).data for address in _players(client, f"/p/{place.token}")]
    assert heard[0] == tagged("overall-reversed")
    assert len(heard) == 7


def test_each_language_has_its_own_recordings(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    recordings.put_in(app, "en")
    assert _players(client, f"/p/{place.token}") == []
    assert len(_players(client, f"/p/{place.token}?lang=en")) == 7
    assert 'aria-label="Listen"' in client.get(f"/p/{place.token}?lang=en").get_data(as_text=True)


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_every_language_a_unit_can_be_marked_with_is_reached_and_heard(
    app: Flask, client: FlaskClient, place: Place, language: str
) -> None:
    recordings.publish_wording(app, "Hồ Văn Xuân", language)
    recordings.put_in(app, language)
    page = client.get(f"/p/{place.token}").get_data(as_text=True)
    (name,) = re.findall(rf'href="\?lang={language}">([^<]*)</a>', page)
    assert name.strip()
    assert len(_players(client, f"/p/{place.token}?lang={language}")) == 7


def test_a_wording_in_a_language_without_a_name_is_no_link(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    recordings.publish_wording(app, "Somebody", "xx")
    assert 'lang="xx"' not in client.get(f"/p/{place.token}").get_data(as_text=True)


def test_a_recording_comes_in_parts_and_is_kept_for_a_year(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    recordings.put_in(app)
    address, whole = _players(client, f"/p/{place.token}")[0], tagged("overall")
    answer = client.get(address)
    assert answer.content_type == "audio/mpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Accept-Ranges"] == "bytes"
    part = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, whole[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert client.get(address, headers={"Range": "bytes=99999-"}).status_code == 416
    same = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert "Set-Cookie" not in answer.headers


def test_no_missing_recording_is_remembered_as_missing(client: FlaskClient, place: Place) -> None:
    answer = client.get("/audio/0123456789abcdef")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_form_may_play_only_what_is_ours(client: FlaskClient, place: Place) -> None:
    policy = client.get(f"/p/{place.token}").headers["Content-Security-Policy"]
    assert "media-src 'self'" in policy


def test_recordings_cost_the_form_a_few_hundred_bytes(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    def weight() -> int:
        answer = client.get(f"/p/{place.token}", headers={"Accept-Encoding": "gzip"})
        assert b"<form" in gzip.decompress(answer.data)
        return len(answer.data)

    before = weight()
    recordings.put_in(app)
    assert 0 < weight() - before < 600


@pytest.fixture
def marked(manager: FlaskClient) -> FlaskClient:
    """The manager of a unit where Khmer is spoken, as he says."""
    path = "/units/31117/languages"
    assert province.post(manager, path, languages="km").status_code == 303
    return manager


def test_a_manager_marks_his_unit_and_is_told_what_is_missing(
    app: Flask, marked: FlaskClient
) -> None:
    assert f"Tiếng Khmer: {NONE}" in _unit_page(marked)
    page = province.get(marked, "/units/31117/languages").get_data(as_text=True)
    assert re.search(r'<input[^>]*checked[^>]*value="km"', page)
    assert "Phiếu chưa có bản dịch tiếng này" in page
    recordings.publish_wording(app, "")
    page = province.get(marked, "/units/31117/languages").get_data(as_text=True)
    assert "chưa được người bản ngữ duyệt" in page
    assert "Còn thiếu 7 bản ghi âm" in page


def test_the_warning_ends_when_words_are_reviewed_and_recorded(
    app: Flask, marked: FlaskClient
) -> None:
    recordings.publish_wording(app, "")
    recordings.put_in(app, "km")
    assert NONE in _unit_page(marked)
    recordings.publish_wording(app, "Sơn Thị A")
    assert NONE not in _unit_page(marked)
    assert "Tiếng Khmer: đã có bản đọc" in _unit_page(marked)


def test_a_unit_without_a_mark_is_asked_and_a_mark_can_be_taken_back(
    app: Flask, marked: FlaskClient
) -> None:
    assert SPOKEN not in _unit_page(marked)
    assert province.post(marked, "/units/31117/languages").status_code == 303
    page = _unit_page(marked)
    assert SPOKEN in page
    assert "Khmer" not in page


def test_an_unknown_language_is_refused(manager: FlaskClient) -> None:
    assert province.post(manager, "/units/31117/languages", languages="xx").status_code == 422


def test_nobody_marks_a_unit_that_is_not_his(app: Flask, manager: FlaskClient) -> None:
    page = "/units/31117/languages"
    assert province.get(manager, "/units/31120/languages").status_code == 404
    refused = province.post(manager, "/units/31120/languages", page, languages="km")
    assert refused.status_code == 404
    reader = province.person(app, "xem@hailong.example", ("reader", "31117"))
    client = province.sign_in(app, reader)
    assert province.get(client, page).status_code == 403
    assert SPOKEN not in _unit_page(client)
