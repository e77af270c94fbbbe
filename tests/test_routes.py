"""Every route: who may reach it. A new public route must be added here on purpose."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import access
from tests import province
from tests.province import Place

PUBLIC = {
    "afterwards.back",
    "afterwards.more",
    "afterwards.send_more",
    "afterwards.tell",
    "answer.find",
    "answer.others",
    "answer.show",
    "answer.submit",
    "audio.play",
    "bootstrap.static",
    "health.show",
    "method.show",
    "privacy.show",
    "receipts.find",
    "receipts.submit",
    "security.forgot_password",
    "security.login",
    "security.logout",
    "security.mf_recovery",
    "security.reset_password",
    "security.two_factor_token_validation",
    "slips.show",
    "slips.submit",
    "static",
    "thanks.show",
    "thanks.submit",
    "well_known.show",
}
LIBRARIES = {"static", "bootstrap", "security"}


def test_the_public_routes_are_exactly_these(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint in endpoints if access.is_public(endpoint, app)} == PUBLIC


def test_every_other_route_sends_a_stranger_to_sign_in(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC:
            continue
        path = rule.rule.replace("<any(csv, xlsx, json):form>", "csv")
        path = re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", path))
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = client.open(path, method=method)
            assert answer.status_code == 302, (method, path)
            assert answer.location.startswith("/login")


def test_every_route_of_ours_names_its_readers(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint.partition(".")[0] not in LIBRARIES:
            assert getattr(view, "is_public", False) or getattr(view, "roles", None), endpoint


def test_a_signed_in_user_without_the_role_is_refused(
    app: Flask, manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.view_functions["points.listing"], "roles", frozenset({"other"}))
    assert manager.get("/points", base_url="https://localhost").status_code == 403


def test_a_route_that_forgets_to_say_who_may_reach_it_is_closed(app: Flask, place: Place) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 302
    manager = province.sign_in(app, place.manager)
    assert manager.get("/forgotten", base_url="https://localhost").status_code == 403
