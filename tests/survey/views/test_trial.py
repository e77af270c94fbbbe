"""The form on trial: handed out by a signed-in manager only, and never counted."""

import html
import re
from datetime import timedelta
from urllib.parse import urljoin

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import period, tokens
from survey.db import session
from survey.storage import points, responses
from survey.storage.comments import Comment
from tests import sheets
from tests.province import Place

TRIAL = "phiếu này để thử, không được tính"


@pytest.fixture
def trial(app: Flask, place: Place) -> str:
    with app.app_context():
        return f"/p/{place.token}?trial={tokens.trial(place.token)}"


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _counts(app: Flask, place: Place) -> tuple[int, int]:
    """Return how many answers and how many trials the counter has."""
    with app.app_context():
        point = points.any_of(session(), place.point)
        return responses.count(session(), point), responses.trials(session(), point)


def test_a_trial_says_so_and_is_stored_but_never_counted(
    app: Flask, client: FlaskClient, place: Place, trial: str
) -> None:
    page = _page(client, trial)
    assert TRIAL in page
    sent = sheets.send(client, place.token, sheets.fields(page))
    assert sent.status_code == 303
    assert _counts(app, place) == (0, 1)
    thanks = _page(client, sent.location)
    assert TRIAL in thanks
    # From here that link would lead to a form that counts.
    assert "Người khác trả lời" not in thanks


def test_a_comment_on_trial_is_marked_as_one(
    app: Flask, client: FlaskClient, place: Place, trial: str
) -> None:
    sent = sheets.send(client, place.token, sheets.fields(_page(client, trial)))
    assert client.post(sent.location, data={"text": "Thử góp ý."}).status_code == 303
    with app.app_context():
        assert session().scalars(select(Comment.is_test)).one()


def test_the_address_of_the_poster_is_never_a_trial(
    app: Flask, client: FlaskClient, place: Place, trial: str
) -> None:
    page = _page(client, f"/p/{place.token}")
    assert "Phiếu thử" not in page
    sheets.send(client, place.token, sheets.fields(page))
    assert _counts(app, place) == (1, 0)


def test_a_forged_foreign_or_old_trial_hands_out_no_form_at_all(
    app: Flask, client: FlaskClient, place: Place, trial: str
) -> None:
    with app.app_context():
        foreign = tokens.trial(place.other_token)
    paths = [f"/p/{place.token}?trial={text}" for text in ("", "x", foreign)]
    pages = [client.get(path) for path in [*paths, trial[:-1]]]
    with time_machine.travel(period.now() + timedelta(minutes=61)):
        pages.append(client.get(trial))
    assert {page.status_code for page in pages} == {410}
    for page in pages:
        assert "Mã quét thử này đã hết hạn" in page.get_data(as_text=True)
        assert 'name="sheet"' not in page.get_data(as_text=True)


def test_a_trial_lasts_for_an_hour(client: FlaskClient, trial: str) -> None:
    with time_machine.travel(period.now() + timedelta(minutes=59)):
        assert TRIAL in _page(client, trial)


def test_another_language_and_a_refusal_leave_a_trial_a_trial(
    client: FlaskClient, place: Place, trial: str
) -> None:
    page = _page(client, trial)
    english = re.search(r'hreflang="en" href="([^"]+)"', page)
    assert english
    address = urljoin(trial, html.unescape(english[1]))
    page = _page(client, address)
    assert "this form is for testing" in page
    assert '<form method="post" autocomplete' in page  # without an action: back to its address
    refused = client.post(address, data=sheets.fields(page))
    assert refused.status_code == 422
    again = refused.get_data(as_text=True)
    assert "this form is for testing" in again
    assert "trial=" in again


def test_a_closed_counter_cannot_be_tried(
    app: Flask, client: FlaskClient, place: Place, trial: str
) -> None:
    with app.app_context():
        points.close(points.any_of(session(), place.point), period.now())
        session().commit()
    assert "không còn nhận phiếu" in client.get(trial).get_data(as_text=True)


def test_a_trial_sent_twice_with_other_choices_still_says_that_it_is_one(
    client: FlaskClient, place: Place, trial: str
) -> None:
    hidden = sheets.fields(_page(client, trial))
    sheets.send(client, place.token, hidden)
    conflict = sheets.send(client, place.token, hidden, overall="1")
    assert conflict.status_code == 409
    assert TRIAL in conflict.get_data(as_text=True)
