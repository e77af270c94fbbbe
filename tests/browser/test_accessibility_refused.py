"""Pages of a citizen that take a clock, a full disk or many tries to reach, without violation."""

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from survey import period
from survey.db import session
from survey.storage import point_codes, points
from tests import dossiers, province, sheets
from tests.browser.conftest import Pages
from tests.browser.test_accessibility import LOOKS, SIZES, violations_at_every_size
from tests.province import Place

FULL = OperationalError("INSERT", {}, Exception("disk is full"))


def slip(app: Flask, place: Place, look: str) -> TestResponse:
    return app.test_client().get(f"/m/{dossiers.issue(app, place.point)[0]}{look}")


def slip_ended(app: Flask, place: Place, look: str) -> TestResponse:
    code = dossiers.issue(app, place.point)[0]
    with time_machine.travel(period.now() + timedelta(hours=73)):
        return app.test_client().get(f"/m/{code}{look}")


def slip_used(app: Flask, place: Place, look: str) -> TestResponse:
    client, code = app.test_client(), dossiers.issue(app, place.point)[0]
    address = f"/m/{code}{look}"
    for _person in range(2):
        hidden = sheets.fields(client.get(address).get_data(as_text=True))
        reply = client.post(address, data=hidden | {"overall": "4"})
    return reply


def code_revoked(app: Flask, place: Place, look: str) -> TestResponse:
    with app.app_context():
        point_codes.revoke(session(), points.any_of(session(), place.point), period.now())
        session().commit()
    return app.test_client().get(f"/p/{place.token}{look}")


def sheet_late(app: Flask, place: Place, look: str) -> TestResponse:
    client = app.test_client()
    hidden = sheets.open_form(client, place.token)
    with time_machine.travel(period.now() + timedelta(hours=80)):
        return client.post(f"/p/{place.token}{look}", data=hidden | {"overall": "4"})


def busy(app: Flask, place: Place, look: str) -> TestResponse:
    with mock.patch("survey.storage.points.by_token", side_effect=FULL):
        return app.test_client().get(f"/p/{place.token}{look}")


def busy_with_an_answer(app: Flask, place: Place, look: str) -> TestResponse:
    client = app.test_client()
    hidden = sheets.open_form(client, place.token)
    with mock.patch("survey.storage.responses.add", side_effect=FULL):
        return client.post(f"/p/{place.token}{look}", data=hidden | {"overall": "4"})


def too_many_receipts(app: Flask, place: Place, look: str) -> TestResponse:
    client = app.test_client()
    for _time in range(21):
        reply = client.post(f"/receipt{look}", data={"code": "ABCDE-23456"})
    return reply


STATUSES: dict[Callable[[Flask, Place, str], TestResponse], int] = {
    slip: 200,
    slip_ended: 410,
    slip_used: 409,
    code_revoked: 410,
    sheet_late: 410,
    busy: 503,
    busy_with_an_answer: 503,
    too_many_receipts: 429,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("reach", STATUSES, ids=lambda reach: reach.__name__)
def test_a_page_that_is_hard_to_reach_has_no_violation(
    pages: Pages,
    make_app: Callable[..., Flask],
    reach: Callable[[Flask, Place, str], TestResponse],
    look: str,
) -> None:
    app = make_app(RATELIMIT_ENABLED=True)
    reply = reach(app, province.build(app), look)
    assert reply.status_code == STATUSES[reach]
    page = pages.open(*SIZES["phone"])
    page.set_content(reply.get_data(as_text=True))
    assert page.locator("main h1, main h2, header h1").count()
    assert violations_at_every_size(page) == []
