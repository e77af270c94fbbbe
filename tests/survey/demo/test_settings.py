from flask import Flask
from flask.testing import FlaskClient

from survey.demo.settings import SHOWN, shown
from tests import sheets
from tests.province import Place


def test_the_demonstration_shows_every_page_and_says_what_it_is(
    app: Flask, client: FlaskClient, place: Place
) -> None:
    app.config.from_mapping(shown(app.config | {"PURPOSE": "demo"}))
    privacy = client.get("/privacy").get_data(as_text=True)
    assert SHOWN["CONTROLLER_NAME"] in privacy
    assert "bản dùng thử" in privacy
    assert "hailong.example" in client.get("/.well-known/security.txt").get_data(as_text=True)
    thanks = client.get(sheets.answer(client, place.token).location).get_data(as_text=True)
    assert 'name="number"' in thanks
    assert 'name="trips"' in thanks


def test_what_was_set_stays_and_a_real_installation_gets_nothing(app: Flask) -> None:
    own = app.config | {"PURPOSE": "demo", "CONTROLLER_NAME": "Sở Nội vụ"}
    assert "CONTROLLER_NAME" not in shown(own)
    assert shown(app.config | {"PURPOSE": "real"}) == {}
