import base64
import hashlib
import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.province import Place


def test_every_page_is_protected_by_its_headers(client: FlaskClient, place: Place) -> None:
    for path in ("/", f"/p/{place.token}", "/login", "/nowhere", "/healthz", "/static/manager.css"):
        with client.get(path) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "script-src" not in policy


def test_the_inline_style_is_the_one_the_policy_knows(client: FlaskClient, place: Place) -> None:
    answer = client.get(f"/p/{place.token}")
    style = re.search(r"<style>(.*?)</style>", answer.get_data(as_text=True), re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "style=" not in answer.get_data(as_text=True)


def test_plain_http_has_no_strict_transport(make_app: Callable[..., Flask]) -> None:
    app = make_app(PUBLIC_BASE_URL="http://127.0.0.1:8000")
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers
    assert app.config["SESSION_COOKIE_SECURE"] is False


def test_a_body_larger_than_any_form_of_ours_is_refused(client: FlaskClient, place: Place) -> None:
    answer = client.post(f"/p/{place.token}", data={"overall": "5" * 70_000})
    assert answer.status_code == 413
    assert "quá lớn" in answer.get_data(as_text=True)


def test_pages_are_never_kept_and_files_may_be(client: FlaskClient, place: Place) -> None:
    assert client.get(f"/p/{place.token}").headers["Cache-Control"] == "no-store"
    assert client.get("/login").headers["Cache-Control"] == "no-store"
    with client.get("/static/manager.css") as file:
        assert "no-store" not in file.headers["Cache-Control"]


def test_the_health_page_asks_the_database(app: Flask, client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    app.extensions["engine"].dispose()
