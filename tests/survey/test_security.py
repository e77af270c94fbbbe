import base64
import hashlib
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.security import CITIZEN_SCRIPT
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
        assert ("script-src" in policy) == (path == f"/p/{place.token}")


@pytest.mark.parametrize("kind", ["style", "script"])
def test_what_is_inline_is_what_the_policy_knows(
    client: FlaskClient, place: Place, kind: str
) -> None:
    answer = client.get(f"/p/{place.token}")
    page = answer.get_data(as_text=True)
    (inline,) = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert re.search(rf"{kind}-src [^;]*'sha256-{re.escape(digest)}'", policy)
    assert "style=" not in page
    assert not re.search(r"\son[a-z]+=", page)


def test_the_script_is_served_without_its_comments_and_indents() -> None:
    assert "addEventListener" in CITIZEN_SCRIPT
    assert not re.search(r"^( |//)", CITIZEN_SCRIPT, re.MULTILINE)


def test_the_script_asks_for_nothing_that_a_browser_inside_an_app_lacks() -> None:
    missing = r"crypto|clipboard|cookie|download|window\.open|alert\(|eval|=>|`|\b(let|const)\b"
    assert re.findall(missing, CITIZEN_SCRIPT) == []


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
    assert client.get("/healthz").get_json()["status"] == "ok"
    app.extensions["engine"].dispose()
