import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from survey import closing, period
from survey.db import session
from survey.storage import questionnaires
from survey.storage.responses import Response
from tests import province, sheets
from tests.province import Place

FULL = OperationalError("UPDATE", {"answers": "secret"}, Exception("disk is full"))
MakeApp = Callable[..., Flask]


@pytest.fixture(autouse=True)
def no_decoys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask no more than the answers call for; test_offers.py asks the rest."""
    monkeypatch.setattr("survey.tokens.Thanks.is_decoy", lambda _thanks, _factor: False)


def _thanks(client: FlaskClient, place: Place, **chosen: str) -> str:
    return sheets.answer(client, place.token, **chosen).location.partition("?")[0]


def _text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def _asked(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'type="radio" name="(\w+)"', page)))


def _levels(app: Flask) -> dict[str, int]:
    (stored,) = sheets.stored(app)
    with app.app_context():
        codes = questionnaires.current(session(), "mot-cua").item_codes
    return {code: level for code, level in zip(codes, stored.answers, strict=True) if level}


def _stored(app: Flask) -> Response:
    (stored,) = sheets.stored(app)
    return stored


def _close(app: Flask) -> None:
    with app.app_context():
        tomorrow = period.now() + timedelta(days=1)
        closing.close_day(session(), period.today(), at=tomorrow, threshold=10)
        session().commit()


def test_thirty_seconds_more_puts_what_was_drawn_and_the_details_of_what_was_not_liked(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place, overall="4", B="2", C="4")
    assert f'href="{location}/more"' in _text(client, location)
    asked = _asked(_text(client, f"{location}/more"))
    drawn = set(_stored(app).drawn.split())
    assert len(drawn) == 3
    assert set(asked) == drawn | {"B1", "B2", "B3", "B4"}
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize(("level", "follows"), [("2", True), ("5", False)])
def test_thirty_seconds_are_said_of_the_drawn_questions_and_the_rest_has_its_own_heading(
    app: Flask, client: FlaskClient, place: Place, level: str, follows: bool
) -> None:
    page = _text(client, f"{_thanks(client, place, overall='4', B=level)}/more")
    drawn, _heading, rest = page.partition("<h2>Nếu còn thời gian:</h2>")
    assert "3 câu đầu mất khoảng 30 giây" in drawn
    assert set(_asked(drawn)) == set(_stored(app).drawn.split())
    assert bool(_asked(rest)) is follows


def test_the_details_join_the_answer_and_left_ones_are_put_and_left(both_app: Flask) -> None:
    place, client = province.build(both_app), both_app.test_client()
    location = _thanks(client, place, overall="4", B="2")
    sent = client.post(f"{location}/more", data={"B1": "1", "B2": "not-met", "B3": "skip"})
    assert sent.status_code == 303
    levels = _levels(both_app)
    assert (levels["overall"], levels["B"]) == (4, 2)
    assert [levels[code] for code in ("B1", "B2", "B3", "B4")] == [1, 9, 6, 6]
    assert set(_stored(both_app).drawn.split()) <= set(levels)
    after = _text(client, sent.location)
    assert "Đã nhận phần trả lời thêm" in after
    assert f"{location}/more" not in after


def test_an_item_that_was_not_put_is_not_taken(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place, overall="4", B="2")
    client.post(f"{location}/more", data={"B1": "1", "overall": "1", "B": "5", "visit": "ask"})
    assert (_levels(app)["overall"], _levels(app)["B"]) == (4, 2)
    assert _stored(app).visit is None


def test_details_sent_again_count_once_and_the_first_stand(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place, overall="4", B="2")
    first = client.post(f"{location}/more", data={"B1": "1"})
    again = client.post(f"{location}/more", data={"B1": "1"})
    other = client.post(f"{location}/more", data={"B1": "5"})
    assert [reply.status_code for reply in (first, again, other)] == [303, 303, 409]
    assert "Lần gửi đầu tiên được giữ nguyên" in other.get_data(as_text=True)
    assert _levels(app)["B1"] == 1
    assert client.get(f"{location}/more").location.startswith(location)


def test_an_empty_or_forged_form_of_details_comes_back_and_stores_nothing(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place, overall="4", B="2")
    before = _stored(app).answers
    empty = client.post(f"{location}/more", data={"B1": "skip"})
    assert empty.status_code == 422
    assert "chưa chọn câu nào" in empty.get_data(as_text=True)
    assert sheets.kept(empty.get_data(as_text=True)) == {("B1", "skip")}
    assert client.post(f"{location}/more", data={"B1": "7"}).status_code == 422
    assert _stored(app).answers == before


def test_after_the_close_nothing_is_added_and_a_kind_page_says_so(both_app: Flask) -> None:
    place, client = province.build(both_app), both_app.test_client()
    location = _thanks(client, place, overall="4", B="2")
    before = _stored(both_app).answers
    _close(both_app)
    page = _text(client, location)
    assert "30 giây" not in page
    assert "Có ai giúp" not in page
    for reply in (
        client.get(f"{location}/more"),
        client.post(f"{location}/more", data={"B1": "1"}),
        client.post(f"{location}/told", data={"helped_by": "family"}),
    ):
        assert reply.status_code == 410
        assert "không thay đổi" in reply.get_data(as_text=True)
        assert '<span class="receipt">' in reply.get_data(as_text=True)
    assert (_stored(both_app).answers, _stored(both_app).helped_by) == (before, None)


def test_a_copy_of_details_that_arrives_after_the_close_is_told_it_was_received(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place, overall="4", B="2")
    client.post(f"{location}/more", data={"B1": "1"})
    _close(app)
    late = client.post(f"{location}/more", data={"B1": "1"})
    assert late.status_code == 409
    assert "Phần này Ông/Bà đã gửi rồi" in late.get_data(as_text=True)
    assert _levels(app)["B1"] == 1


@pytest.mark.parametrize(
    ("sent", "told"),
    [("nobody", "nobody"), ("family", "family"), ("official", "official")],
)
def test_one_tap_says_who_helped(
    app: Flask, client: FlaskClient, place: Place, sent: str, told: str
) -> None:
    location = _thanks(client, place)
    assert "Có ai giúp Ông/Bà trả lời không?" in _text(client, location)
    reply = client.post(f"{location}/told", data={"helped_by": sent})
    assert reply.status_code == 303
    assert _stored(app).helped_by == told
    assert "Có ai giúp Ông/Bà trả lời không?" not in _text(client, reply.location)
    assert client.post(f"{location}/told", data={"helped_by": sent}).status_code == 303
    assert client.post(f"{location}/told", data={"helped_by": "nobody2"}).status_code == 422


def test_who_helped_is_one_of_three(app: Flask, client: FlaskClient, place: Place) -> None:
    location = _thanks(client, place)
    wrong = client.post(f"{location}/told", data={"helped_by": "the official"})
    assert wrong.status_code == 422
    assert "<details open>" in wrong.get_data(as_text=True)
    assert _stored(app).helped_by is None
    # The links of that page, such as another language, lead back and not into a 405.
    assert client.get(f"{location}/told?lang=en").location == f"{location}?lang=en"


def test_no_extra_question_is_asked_or_taken_unless_the_province_says_so(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place)
    assert "biên lai" not in _text(client, location)
    assert client.post(f"{location}/told", data={"paid_extra": "yes"}).status_code == 422
    assert _stored(app).paid_extra is None


def test_the_province_switches_questions_on_and_each_is_optional(make_app: MakeApp) -> None:
    app = make_app(EXTRA_QUESTIONS="apology paid")
    place, client = province.build(app), app.test_client()
    location = _thanks(client, place)
    assert _asked(_text(client, location)) == ["paid_extra", "apology"]
    assert client.post(f"{location}/told", data={}).status_code == 422
    sent = client.post(f"{location}/told", data={"apology": "not-late", "trips": "1"})
    assert sent.status_code == 303
    stored = _stored(app)
    assert (stored.apology, stored.paid_extra, stored.trips) == ("not-late", None, None)
    assert _asked(_text(client, location)) == []


def test_a_second_form_is_not_lost_when_the_database_cannot_write(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place, overall="4", B="2")
    with mock.patch("survey.storage.additions.put", side_effect=FULL):
        busy = client.post(f"{location}/more", data={"B1": "1"})
    page = busy.get_data(as_text=True)
    assert busy.status_code == 503
    assert sheets.fields(page) == {"B1": "1"}
    client.post(re.findall(r'action="([^"]+)"', page)[0], data=sheets.fields(page))
    assert _levels(app)["B1"] == 1


def test_the_words_are_those_of_the_version_that_was_answered(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place, overall="4", B="2")
    with app.app_context():
        old = questionnaires.current(session(), "mot-cua")
        values: dict[str, Any] = {
            "measure_hash": old.measure_hash,
            "wording_hashes": old.wording_hashes,
            "item_codes": old.item_codes,
            "on": period.today(),
        }
        changed = old.definition.replace("niêm yết thủ tục", "treo bảng thủ tục")
        questionnaires.put(session(), code="mot-cua", definition=changed, **values)
        session().commit()
    assert "niêm yết thủ tục" in _text(client, f"{location}/more")


def test_only_a_thank_you_address_of_ours_leads_to_a_second_form(
    client: FlaskClient, place: Place
) -> None:
    signed = _thanks(client, place).rpartition("/")[2]
    for wrong in (f"/p/{place.token}/thanks/forged", f"/p/{place.other_token}/thanks/{signed}"):
        assert client.get(f"{wrong}/more").status_code == 404
        assert client.post(f"{wrong}/more", data={"B1": "1"}).status_code == 404
        assert client.post(f"{wrong}/told", data={"helped_by": "family"}).status_code == 404


def test_a_trial_can_be_tried_to_the_end(app: Flask, client: FlaskClient, place: Place) -> None:
    location = sheets.answer(client, place.test_token, overall="4", B="2").location
    assert client.post(f"{location}/more", data={"B1": "1"}).status_code == 303
    assert _stored(app).channel == "test"


def test_details_can_be_added_until_the_close_also_after_three_days(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = _thanks(client, place, overall="4", B="2")
    with time_machine.travel(period.now() + timedelta(hours=80)):
        assert client.post(f"{location}/more", data={"B1": "1"}).status_code == 303
    assert _levels(app)["B1"] == 1
