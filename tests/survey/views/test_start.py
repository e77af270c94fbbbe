import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.db import session
from survey.storage import points
from tests import province, sheets
from tests.province import Place

DONE = "✓ Đã xong"


def _page(client: FlaskClient, path: str) -> str:
    answer = province.get(client, path)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def _trial(page: str) -> str:
    """Return the path of the form on trial that a page offers."""
    found = re.search(r'href="https://hailong.example.vn(/p/\w+\?trial=[^"]+)"', page)
    assert found, page
    return found[1]


def test_a_manager_of_one_unit_names_a_counter_and_goes_on_to_its_code(
    app: Flask, manager: FlaskClient
) -> None:
    first = _page(manager, "/start")
    assert "Thuộc đơn vị" not in first
    assert "Quầy thử" not in first
    sent = province.post(manager, "/start", name=" quầy 9 ", field="Hộ tịch")
    assert sent.status_code == 303
    page = _page(manager, sent.location)
    assert "Quầy 9" in page
    assert page.count(DONE) == 1
    with app.app_context():
        point = points.any_of(session(), sent.location.partition("=")[2])
        assert (point.field, point.is_test) == ("Hộ tịch", False)
        assert points.unit_on(session(), point, period.today()).code == "31117"


def test_a_manager_of_several_units_is_asked_which(app: Flask, place: Place) -> None:
    client = province.sign_in(app, place.provincial)
    assert "Thuộc đơn vị" in _page(client, "/start")
    assert province.post(client, "/start", name="Quầy 9").status_code == 422
    sent = province.post(client, "/start", name="Quầy 9", unit="31120")
    assert "Phường Cái Khế" in _page(client, sent.location)


@pytest.mark.parametrize("name", ["", "quầy 1:  HỘ tịch"], ids=["empty", "taken"])
def test_a_name_that_does_not_do_is_refused_with_the_reason(
    manager: FlaskClient, name: str
) -> None:
    refused = province.post(manager, "/start", name=name)
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "invalid-feedback" in page
    assert "Chưa lưu được" in page


def test_a_counter_that_exists_can_be_chosen_and_a_trial_counter_not(
    manager: FlaskClient, place: Place
) -> None:
    page = _page(manager, "/start")
    assert f'value="{place.point}"' in page
    assert page.count("<option") == 1
    assert "Quầy 1: Hộ tịch" in _page(manager, f"/start?point={place.point}")


def test_with_more_counters_than_one_list_holds_the_page_says_where_the_others_are(
    app: Flask, manager: FlaskClient
) -> None:
    assert "Không thấy quầy cần tìm?" not in _page(manager, "/start")
    with app.app_context():
        for number in range(points.PAGE_SIZE):
            points.add(session(), "31117", f"Bàn {number}", period.now(), period.today())
        session().commit()
    assert "Không thấy quầy cần tìm?" in _page(manager, "/start")


def test_a_counter_of_another_unit_is_not_found(manager: FlaskClient, place: Place) -> None:
    for path in (f"/start?point={place.other_point}", f"/start/{place.other_point}/poster.pdf"):
        assert province.get(manager, path).status_code == 404


def test_a_step_is_ticked_once_it_is_done(manager: FlaskClient, place: Place) -> None:
    path = f"/start?point={place.point}"
    assert _page(manager, path).count(DONE) == 1

    pdf = province.get(manager, f"/start/{place.point}/poster.pdf")
    assert pdf.data.startswith(b"%PDF")
    page = _page(manager, path)
    assert page.count(DONE) == 2
    assert "Chưa nhận phiếu thử nào" in page

    trial = _trial(page)
    sent = sheets.send(manager, place.token, sheets.fields(_page(manager, trial)))
    assert sent.status_code == 303
    page = _page(manager, path)
    assert page.count(DONE) == 3
    assert "Đã nhận <strong>1 phiếu thử" in page
    assert "Chưa nhận phiếu thật nào" in page
    assert "/results/units/31117" in page


def test_the_last_step_is_done_when_there_are_enough_answers(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    for _ in range(10):
        sheets.answer(app.test_client(), place.token)
    page = _page(manager, f"/start?point={place.point}")
    assert "Đã nhận 10 phiếu thật" in page
    assert page.count(DONE) == 3  # all but the trial


def test_without_a_public_address_there_is_a_next_step_and_no_code(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    app.config["PUBLIC_BASE_URL"] = None
    page = _page(manager, f"/start?point={place.point}")
    assert "PUBLIC_BASE_URL" in page
    assert "<svg" not in page
    asked = province.get(manager, f"/start/{place.point}/poster.pdf")
    assert asked.location == f"/start?point={place.point}"
    assert _page(manager, asked.location).count(DONE) == 1


def test_a_closed_counter_leads_to_where_it_is_opened_again(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    with app.app_context():
        points.close(points.any_of(session(), place.point), period.now())
        session().commit()
    page = _page(manager, f"/start?point={place.point}")
    assert "Quầy này đã đóng" in page
    assert "poster.pdf" not in page
    assert "trial=" not in page


def test_the_steps_are_reached_from_the_counter_and_from_the_list(
    manager: FlaskClient, place: Place
) -> None:
    assert f"/start?point={place.point}" in _page(manager, f"/points/{place.point}")
    assert 'href="/start"' in _page(manager, "/points")
