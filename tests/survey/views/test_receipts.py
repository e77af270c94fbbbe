import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import closing, period
from survey.db import session
from survey.period import Period
from survey.storage import contacts, withdrawals
from survey.storage.comments import Comment
from survey.storage.contacts import Contact
from tests import province, sheets
from tests.province import Place

MakeApp = Callable[..., Flask]
KEY = contacts.new_key()
CALL = {"text": "Ghế chờ ít quá.", "number": "0912345678", "consent": "1", "call": "1"}


def _receipt(client: FlaskClient, location: str) -> str:
    page = client.get(location).get_data(as_text=True)
    found = re.search(r'class="receipt">([2-9A-Z-]+)<', page)
    assert found
    return found[1]


def _ask(client: FlaskClient, code: str, **more: str) -> tuple[int, str]:
    reply = client.post("/receipt", data={"code": code} | more)
    return reply.status_code, reply.get_data(as_text=True)


def _close(app: Flask) -> None:
    with app.app_context():
        tomorrow = period.now() + timedelta(days=1)
        closing.close_day(session(), period.today(), at=tomorrow, threshold=10)
        session().commit()


def _counts(app: Flask) -> dict[str, int]:
    month = period.containing(period.today())
    with app.app_context():
        found = withdrawals.by_point(session(), ["31117", "31120"], month)
        assert withdrawals.by_point(session(), ["31120"], month) == []
        assert withdrawals.by_point(session(), ["31117"], Period(month.end, month.end)) == []
        return {row.what: row.n for row in found}


def _left(app: Flask) -> tuple[int, int, int]:
    """Return how many answers, comments and numbers there are."""
    with app.app_context():
        comments, numbers = (len(session().scalars(select(t)).all()) for t in (Comment, Contact))
    return len(sheets.stored(app)), comments, numbers


def test_the_thank_you_page_and_the_entry_lead_to_the_receipt(
    client: FlaskClient, place: Place
) -> None:
    location = sheets.answer(client, place.token).location
    page = client.get(location).get_data(as_text=True)
    code = _receipt(client, location).replace("-", "")
    assert sheets.fields(page.partition('action="/receipt"')[2]) == {"code": code}
    assert 'href="/receipt"' in client.get("/").get_data(as_text=True)
    assert client.get("/receipt").status_code == 200


def test_a_code_says_that_the_answer_was_received_and_never_how_it_was(
    client: FlaskClient, place: Place
) -> None:
    code = _receipt(client, sheets.answer(client, place.token).location)
    pages = [_ask(client, typed) for typed in (code, f" {code.lower().replace('-', '')} ")]
    assert pages[0] == pages[1]
    status, page = pages[0]
    assert status == 200
    assert "Đã nhận phiếu." in page
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).lower()
    assert "hài lòng" not in words.replace("hài lòng ", "", 1)  # the title names the service
    assert "quầy" not in words


@pytest.mark.parametrize("code", ["", "ABCDE-23456", "x" * 500, "ẵ🙂", "ABCDE23456789"])
def test_a_code_that_is_not_ours_is_said_and_stays_in_its_box(
    client: FlaskClient, place: Place, code: str
) -> None:
    status, page = _ask(client, code)
    assert status == 404
    assert "Không có mã biên nhận này" in page
    assert f'value="{code}"' in page


def test_until_the_close_the_whole_answer_can_be_withdrawn(both_app: Flask) -> None:
    place, client = province.build(both_app), both_app.test_client()
    kept = sheets.open_form(client, place.token)
    location = sheets.send(client, place.token, kept).location
    code = _receipt(client, location)
    assert 'value="answer"' in _ask(client, code)[1]
    status, page = _ask(client, code, withdraw="answer")
    assert status == 200
    assert "đã rút lại phiếu này" in page
    assert _left(both_app) == (0, 0, 0)
    assert _ask(client, code, withdraw="answer")[1] == page
    assert 'value="answer"' not in page
    # A copy still on its way brings nothing back: of the sheet, or of what follows it.
    assert sheets.send(client, place.token, kept).status_code == 303
    assert client.post(f"{location}/told", data={"helped_by": "family"}).status_code == 410
    assert client.post(location, data={"text": "Chờ lâu."}).status_code == 409
    assert _left(both_app) == (0, 0, 0)
    assert _counts(both_app) == {"answer": 1}


def test_after_the_close_the_answer_stays_and_the_page_says_why(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    code = _receipt(client, sheets.answer(client, place.token).location)
    _close(app)
    status, page = _ask(client, code)
    assert status == 200
    assert "Đã nhận phiếu. Phiếu không rút lại được nữa" in page
    assert "06:00" in page
    assert 'value="answer"' not in page
    status, page = _ask(client, code, withdraw="answer")
    assert status == 200
    assert "không rút lại được nữa" in page
    assert "đã rút lại phiếu này" not in page
    assert _left(app)[0] == 1
    assert _counts(app) == {}


def test_after_the_close_taking_all_back_says_what_went_and_what_stayed(make_app: MakeApp) -> None:
    app = make_app(CONTACT_KEYS=KEY)
    place, client = province.build(app), app.test_client()
    location = sheets.answer(client, place.token).location
    code = _receipt(client, location)
    client.post(location, data=CALL)
    _close(app)
    page = _ask(client, code, withdraw="answer")[1]
    assert "Phiếu vẫn được giữ và được tính" in page
    assert "Góp ý đã xoá." in page
    assert "Số điện thoại đã xoá." in page
    assert _left(app) == (1, 0, 0)
    page = _ask(client, code, withdraw="answer")[1]
    assert "Phiếu vẫn được giữ và được tính" in page
    assert "đã xoá." not in page, "nothing was left to go"
    assert "được tính" not in _ask(client, code)[1], "said to whoever asked, when asked"


def test_comment_and_number_can_be_withdrawn_at_any_time(make_app: MakeApp) -> None:
    app = make_app(CONTACT_KEYS=KEY)
    place, client = province.build(app), app.test_client()
    location = sheets.answer(client, place.token).location
    code = _receipt(client, location)
    client.post(location, data=CALL)
    _close(app)
    assert _left(app) == (1, 1, 1)
    assert "không còn ở đây" in _ask(client, code, withdraw="contact")[1]
    assert _left(app) == (1, 1, 0)
    client.post(location, data=CALL)  # a copy still on its way
    assert _left(app) == (1, 1, 0)
    assert "Góp ý không còn ở đây" in _ask(client, code, withdraw="comment")[1]
    assert _left(app) == (1, 0, 0)
    client.post(location, data=CALL)
    assert _left(app) == (1, 0, 0)
    assert _counts(app) == {"comment": 1, "contact": 1}


def test_a_comment_goes_with_its_number_and_a_whole_answer_with_both(make_app: MakeApp) -> None:
    app = make_app(CONTACT_KEYS=KEY)
    place, client = province.build(app), app.test_client()
    locations = [sheets.answer(client, place.token).location for _person in range(2)]
    codes = [_receipt(client, location) for location in locations]
    for location in locations:
        client.post(location, data=CALL)
    _ask(client, codes[0], withdraw="comment")
    assert _left(app) == (2, 1, 1)
    _ask(client, codes[1], withdraw="answer")
    assert _left(app) == (1, 0, 0)
    assert _counts(app) == {"answer": 1, "comment": 2, "contact": 2}


def test_a_comment_on_its_way_when_it_was_withdrawn_does_not_arrive(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    location = sheets.answer(client, place.token).location
    _ask(client, _receipt(client, location), withdraw="comment")
    assert client.post(location, data={"text": "Chờ lâu."}).status_code == 409
    assert _left(app) == (1, 0, 0)
    assert _counts(app) == {}


def test_withdrawn_trials_are_not_counted(app: Flask, client: FlaskClient, place: Place) -> None:
    location = sheets.answer(client, place.test_token).location
    _ask(client, _receipt(client, location), withdraw="answer")
    assert _left(app) == (0, 0, 0)
    assert _counts(app) == {}


def test_nothing_else_can_be_withdrawn(client: FlaskClient, place: Place) -> None:
    code = _receipt(client, sheets.answer(client, place.token).location)
    assert _ask(client, code, withdraw="everything")[0] == 400


def test_wrong_codes_have_a_budget_and_right_ones_cost_nothing(make_app: MakeApp) -> None:
    app = make_app(RATELIMIT_ENABLED=True)
    place, client = province.build(app), app.test_client()
    code = _receipt(client, sheets.answer(client, place.token).location)
    assert [_ask(client, code)[0] for _time in range(30)] == [200] * 30
    statuses = [_ask(client, "ABCDE-23456")[0] for _time in range(21)]
    assert statuses == [404] * 20 + [429]


def test_the_page_keeps_how_it_is_read(client: FlaskClient, place: Place) -> None:
    code = _receipt(client, sheets.answer(client, place.token).location)
    page = client.post("/receipt?lang=en&size=1", data={"code": code}).get_data(as_text=True)
    assert '<html lang="en" class="size1">' in page
    assert 'action="/receipt?lang=en&amp;size=1"' in page
