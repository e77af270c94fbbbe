"""Every route: who may reach it. A new public route must be added here on purpose."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import access
from tests import province
from tests.province import Place

PUBLIC = {
    "answer.find",
    "answer.show",
    "answer.submit",
    "bootstrap.static",
    "health.show",
    "method.show",
    "security.forgot_password",
    "security.login",
    "security.logout",
    "security.reset_password",
    "static",
    "thanks.show",
    "thanks.submit",
}


def test_the_public_routes_are_exactly_these(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint in endpoints if access.is_public(endpoint, app)} == PUBLIC


def test_every_other_route_sends_a_stranger_to_sign_in(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC:
            continue
        path = re.sub(r"<[^>]+>", "x", rule.rule.replace("<any(csv, xlsx, json):form>", "csv"))
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = client.open(path, method=method)
            assert answer.status_code == 302, (method, path)
            assert answer.location.startswith("/login")


def test_every_route_of_ours_names_its_readers(app: Flask) -> None:
    ours = {"answer", "thanks", "dashboard", "method", "start", "points", "imports", "health"}
    for endpoint, view in app.view_functions.items():
        if endpoint.partition(".")[0] in ours:
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
