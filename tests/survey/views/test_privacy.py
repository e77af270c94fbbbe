import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import period, tokens
from survey.storage import comment_batches, contacts, scans
from survey.views import offers
from tests import province, sheets
from tests.province import Place

MakeApp = Callable[..., Flask]
NAMED = {
    "CONTROLLER_NAME": "Văn phòng UBND thành phố Cần Thơ",
    "CONTROLLER_ADDRESS": "Số 2 Hoà Bình, Ninh Kiều",
    "CONTROLLER_CONTACT": "0292 000 0000, dulieu@cantho.example",
}
KEY = contacts.new_key()
LANGUAGES = ["", "?lang=en"]


def _page(app: Flask, look: str = "") -> str:
    answer = app.test_client().get(f"/privacy{look}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    text = re.sub(r"<[^>]+>", "", answer.get_data(as_text=True).partition("<main>")[2])
    return html.unescape(text)


@pytest.mark.parametrize("look", LANGUAGES)
def test_the_controller_is_named_as_the_settings_name_him(make_app: MakeApp, look: str) -> None:
    page = _page(make_app(**NAMED), look)
    for said in NAMED.values():
        assert said in page
    assert "one-stop" not in page
    assert "một cửa" not in page


def test_without_a_controller_the_page_says_whom_to_ask(make_app: MakeApp) -> None:
    assert "xin gặp cán bộ phụ trách bộ phận một cửa" in _page(make_app())
    without_contact = NAMED | {"CONTROLLER_CONTACT": ""}
    assert "xin gặp cán bộ phụ trách bộ phận một cửa" in _page(make_app(**without_contact))


def test_a_demonstration_says_that_nobody_collects_anything(demo_app: Flask) -> None:
    page = _page(demo_app)
    assert "Đây là bản dùng thử" in page
    assert "một cửa" not in page


@pytest.mark.parametrize("look", LANGUAGES)
def test_every_time_on_the_page_is_the_one_the_program_keeps(make_app: MakeApp, look: str) -> None:
    settings = {"BACKUP_DAYS": 47, "REQUEST_WORKING_DAYS": 3, "REQUEST_DAYS": 16}
    settings |= {"FORM_HOURS": 120, "SMALLEST_GROUP": 13}
    page = _page(make_app(CONTACT_KEYS=KEY, DATA_LAW="Luật A", **settings), look)
    found = [int(number) for number in re.findall(r"(?<![\d:])\d+(?![\d:])", page)]
    nonce = timedelta(hours=120) + tokens.NONCE_SPARE
    assert found == [
        13,
        comment_batches.RAW_KEPT.days,
        comment_batches.MASKED_KEPT.days * 12 // 365,
        contacts.KEPT_AFTER_CLOSING.days,
        contacts.KEPT_AT_MOST.days,
        nonce.days,
        scans.KEPT.days,
        *(47, 3, 16),
    ]
    assert page.count(f"{period.DAILY_CLOSE:%H:%M}") == 2
    assert page.rstrip().count("Luật A") == 1


def test_where_no_number_is_asked_for_none_is_spoken_of(make_app: MakeApp) -> None:
    assert "Số được mã hoá" in _page(make_app(CONTACT_KEYS=KEY))
    assert "Số được mã hoá" not in _page(make_app())


def test_what_is_agreed_to_beside_a_number_are_the_times_it_is_kept(app: Flask) -> None:
    with app.test_request_context("/"):
        days = [int(number) for number in re.findall(r"\d+", offers.consent())]
    assert days == [contacts.KEPT_AFTER_CLOSING.days, contacts.KEPT_AT_MOST.days]


def test_the_page_is_one_link_away_in_the_language_one_reads(
    client: FlaskClient, place: Place
) -> None:
    sent = sheets.answer(client, place.token)
    for page in ("/?lang=en", f"/p/{place.token}?lang=en", f"{sent.location}?lang=en"):
        shown = client.get(page).get_data(as_text=True)
        assert '<a href="/privacy?lang=en">Privacy</a>' in shown
    assert '<html lang="en">' in client.get("/privacy?lang=en").get_data(as_text=True)


def test_the_administrator_is_told_what_to_set_and_nobody_else(
    make_app: MakeApp, client: FlaskClient
) -> None:
    app = make_app(**NAMED)
    place = province.build(app)
    admin = province.person(app, "quantri@hailong.example", ("province-admin", "92"))
    page = province.get(province.sign_in(app, admin), "/start").get_data(as_text=True)
    assert "<code>SECURITY_CONTACT</code>" in page
    assert "<code>CONTROLLER_NAME</code>" not in page
    other = province.get(province.sign_in(app, place.manager), "/start").get_data(as_text=True)
    assert "SECURITY_CONTACT" not in other


def test_health_names_what_is_not_set(make_app: MakeApp) -> None:
    app = make_app(**NAMED)
    assert app.test_client().get("/healthz").get_json() == {
        "status": "ok",
        "unset": ["SECURITY_CONTACT"],
    }
