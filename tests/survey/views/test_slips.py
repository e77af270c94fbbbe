"""The form behind a one-time code, and what happens when it cannot be taken."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey import invitations, period
from survey.db import session
from survey.storage import invitations as codes
from survey.storage import point_codes, points
from survey.storage.code_tokens import check_character
from tests import dossiers, province, sheets
from tests.province import Place

CHOSEN = {"overall": "2", "A": "4"}


@pytest.fixture
def code(app: Flask, place: Place) -> Iterator[str]:
    yield dossiers.issue(app, place.point)[0]


def _open(client: FlaskClient, code: str) -> dict[str, str]:
    answer = client.get(f"/m/{code}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return sheets.fields(answer.get_data(as_text=True))


def _send(client: FlaskClient, code: str, hidden: dict[str, str], **chosen: str) -> TestResponse:
    return client.post(f"/m/{code}", data=hidden | (chosen or CHOSEN))


def _resend(client: FlaskClient, refused: TestResponse) -> TestResponse:
    """Press the button of a page that offers to send the same answers on."""
    page = refused.get_data(as_text=True)
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action, page
    return client.post(action[1], data=sheets.fields(page))


def test_a_code_opens_the_form_of_its_counter_and_its_answer_is_labelled(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    known = {"field": "Hộ tịch", "agency": "UBND phường Ninh Kiều", "on_time": False}
    code = dossiers.invite(app, place.point, **known)
    page = client.get(f"/m/{code}").get_data(as_text=True)
    assert "Phường Ninh Kiều" in page
    assert "Quầy 1: Hộ tịch" in page
    sent = _send(client, code, sheets.fields(page))
    assert sent.status_code == 303
    assert "Xin cảm ơn" in client.get(sent.location).get_data(as_text=True)
    (stored,) = sheets.stored(app)
    assert stored.channel == "invitation"
    assert (stored.field, stored.deciding_agency, stored.on_time) == tuple(known.values())
    assert list(stored.answers[:2]) == [2, 4]


def test_the_thank_you_has_no_trace_of_the_code(client: FlaskClient, code: str) -> None:
    sent = _send(client, code, _open(client, code))
    assert code not in sent.location
    page = client.get(sent.location).get_data(as_text=True)
    assert code not in page.lower().replace(" ", "").replace("-", "")


def test_a_resend_of_the_same_sheet_gets_the_same_thank_you(
    app: Flask, client: FlaskClient, code: str
) -> None:
    hidden = _open(client, code)
    first, second = (_send(client, code, hidden) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(sheets.stored(app)) == 1


def test_who_looks_at_a_used_code_sees_what_he_sees_of_an_unused_one(
    client: FlaskClient, place: Place, app: Flask
) -> None:
    used, unused = dossiers.issue(app, place.point, 2)
    _send(client, used, _open(client, used))

    def shown(code: str) -> str:
        page = client.get(f"/m/{code}").get_data(as_text=True)
        return re.sub(r'name="sheet" value="[^"]*"', "", page)

    assert shown(used) == shown(unused)
    # Nor does a form that is no answer tell, which would leave an unused code unused.
    for code in (used, unused):
        assert client.post(f"/m/{code}", data=_open(client, code)).status_code == 422
        assert client.post(f"/m/{code}", data=CHOSEN).status_code == 400


def test_a_used_code_says_so_when_sent_and_the_answer_goes_on_as_an_open_one(
    app: Flask, client: FlaskClient, code: str
) -> None:
    _send(client, code, _open(client, code))
    refused = _send(client, code, _open(client, code), overall="5")
    assert refused.status_code == 409
    assert "Mã này đã được dùng" in refused.get_data(as_text=True)
    assert sheets.focused(refused.get_data(as_text=True)) == "Mỗi mã chỉ gửi được một phiếu"
    assert len(sheets.stored(app)) == 1
    assert _resend(client, refused).status_code == 303
    by_channel = {row.channel: row.answers[0] for row in sheets.stored(app)}
    assert by_channel == {"invitation": 2, "qr": 5}


def test_other_content_on_a_used_sheet_can_only_go_on_as_an_open_answer(
    app: Flask, client: FlaskClient, code: str
) -> None:
    hidden = _open(client, code)
    _send(client, code, hidden)
    other = _send(client, code, hidden, overall="1")
    assert other.status_code == 409
    assert _resend(client, other).status_code == 303
    assert sorted(row.channel for row in sheets.stored(app)) == ["invitation", "qr"]


def test_the_sheet_of_a_code_is_worth_nothing_elsewhere(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    code, other = dossiers.issue(app, place.point, 2)
    hidden = _open(client, code)
    assert client.post(f"/p/{place.token}", data=hidden | CHOSEN).status_code == 400
    assert _send(client, other, hidden).status_code == 400
    assert sheets.stored(app) == []


def test_after_72_hours_a_code_has_ended_and_the_open_form_is_offered(
    app: Flask, client: FlaskClient, place: Place, code: str
) -> None:
    with time_machine.travel(period.now() + timedelta(hours=71, minutes=59)):
        hidden = _open(client, code)
    with time_machine.travel(period.now() + timedelta(hours=72, minutes=1)):
        ended = client.get(f"/m/{code}")
        assert ended.status_code == 410
        page = ended.get_data(as_text=True)
        assert "Mã này đã hết hạn" in page
        assert f'href="/p/{place.token}?lang=vi"' in page
        # Who had the form open in time is not late.
        assert _send(client, code, hidden).status_code == 303
    assert [row.channel for row in sheets.stored(app)] == ["invitation"]


def test_a_form_kept_open_for_days_is_sent_on_as_an_open_answer(
    app: Flask, client: FlaskClient, code: str
) -> None:
    hidden = _open(client, code)
    with time_machine.travel(period.now() + timedelta(hours=73)):
        late = _send(client, code, hidden)
        assert late.status_code == 410
        assert _resend(client, late).status_code == 303
    assert [row.channel for row in sheets.stored(app)] == ["qr"]


def test_used_or_not_a_code_that_is_over_looks_the_same(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    used, unused = dossiers.issue(app, place.point, 2)
    _send(client, used, _open(client, used))
    for days in (4, 40):
        with time_machine.travel(period.now() + timedelta(days=days)):
            with app.app_context():
                codes.expire(session(), period.today())
                session().commit()
            first, second = (client.get(f"/m/{code}") for code in (used, unused))
            assert (first.status_code, second.status_code) == (410, 410)
            assert first.get_data() == second.get_data()
            assert "hết hạn" in first.get_data(as_text=True)
            assert client.post(f"/m/{used}", data=CHOSEN).status_code == 410


def test_what_was_never_a_code_is_told_from_what_was_mistyped(client: FlaskClient) -> None:
    body = "abcdefghjkm"
    never = client.get(f"/m/{body}{check_character(body)}")
    assert never.status_code == 404
    assert "Không có mã này" in never.get_data(as_text=True)
    for wrong in ("abcdefghjkm2", "abc", "a" * 300):
        typed = client.get(f"/m/{wrong}")
        assert typed.status_code == 404
        assert "Mã gõ nhầm" in typed.get_data(as_text=True)
        sent = client.post(f"/m/{wrong}", data=CHOSEN)
        assert sent.status_code == 404
        assert sent.get_data(as_text=True).count(" autofocus") <= 1
    assert 'name="code"' in never.get_data(as_text=True)  # where to type it again


def test_a_code_is_typed_on_the_first_page_however_it_is_written(
    client: FlaskClient, code: str
) -> None:
    written = (invitations.shown(code), code, f"https://hailong.example.vn/m/{code}")
    for typed in written:
        answer = client.get("/", query_string={"code": typed, "lang": "en"})
        assert answer.location == f"/m/{code}?lang=en"


def test_a_counter_that_was_closed_or_given_a_new_code_still_takes_its_slips(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    first, second = dossiers.issue(app, place.point, 2)
    with app.app_context():
        point = points.any_of(session(), place.point)
        point_codes.issue(session(), point, period.now())
        session().commit()
    assert _send(client, first, _open(client, first)).status_code == 303
    with app.app_context():
        points.close(points.any_of(session(), place.point), period.now())
        session().commit()
    sent = _send(client, second, _open(client, second))
    assert client.get(sent.location).status_code == 200
    assert [row.channel for row in sheets.stored(app)] == ["invitation"] * 2


def test_an_answer_that_is_withdrawn_does_not_give_the_code_back(
    app: Flask, client: FlaskClient, code: str
) -> None:
    sent = _send(client, code, _open(client, code))
    page = client.get(sent.location).get_data(as_text=True)
    receipt = re.search(r'class="receipt">([2-9A-Z-]+)<', page)
    assert receipt
    client.post("/receipt", data={"code": receipt[1], "withdraw": "answer"})
    assert sheets.stored(app) == []
    assert _send(client, code, _open(client, code)).status_code == 409


def test_the_form_of_a_code_runs_its_script_and_takes_other_languages(
    client: FlaskClient, code: str
) -> None:
    answer = client.get(f"/m/{code}?lang=en")
    assert "script-src 'sha256-" in answer.headers["Content-Security-Policy"]
    assert '<html lang="en">' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_ten_people_with_one_code_at_once_bring_one_invited_answer(
    app: Flask, client: FlaskClient, code: str
) -> None:
    opened = [_open(client, code) for _ in range(10)]
    statuses: list[int] = []

    def send(hidden: dict[str, str]) -> None:
        statuses.append(_send(app.test_client(), code, hidden).status_code)

    threads = [threading.Thread(target=send, args=(hidden,)) for hidden in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [409] * 9
    assert len(sheets.stored(app)) == 1


def test_both_databases_use_a_code_up_together_with_its_answer(both_app: Flask) -> None:
    place = province.build(both_app)
    code, client = dossiers.issue(both_app, place.point)[0], both_app.test_client()
    hidden = _open(client, code)
    assert _send(client, code, hidden).status_code == 303
    assert _send(client, code, hidden).status_code == 303
    assert _send(client, code, _open(client, code)).status_code == 409
    assert [row.channel for row in sheets.stored(both_app)] == ["invitation"]
